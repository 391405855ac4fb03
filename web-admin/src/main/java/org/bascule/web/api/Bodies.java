package org.bascule.web.api;

import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Members of request bodies that have more than one way of saying nothing. */
final class Bodies {

    private Bodies() {}

    /** Null where the member is missing, empty where it is null or empty: kept, or taken away. */
    static @Nullable String textOrEmpty(StrictJson body, String name, int maxLength) throws WireException {
        if (!body.object().containsKey(name)) {
            return null;
        }
        return body.has(name) ? body.text(name, maxLength) : "";
    }
}
