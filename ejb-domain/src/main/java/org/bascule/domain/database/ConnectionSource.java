package org.bascule.domain.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives a connection that takes part in the present transaction; closing it gives it back. */
@FunctionalInterface
public interface ConnectionSource {

    Connection get() throws SQLException;
}
