package org.bascule.domain.database;

import java.util.Optional;

/** What is remembered for as long as the present transaction lasts, and by nobody outside of it. */
public interface PresentTransaction {

    /** What was remembered under the key; empty without a transaction. */
    Optional<Object> get(Object key);

    /** Remembers a value. Without a transaction nothing happens. */
    void put(Object key, Object value);
}
