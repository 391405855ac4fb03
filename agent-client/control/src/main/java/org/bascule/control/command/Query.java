package org.bascule.control.command;

import org.bascule.control.server.Http;
import org.jspecify.annotations.Nullable;

/** An address with parameters; one without a value is left out. */
final class Query {

    private final StringBuilder address;
    private char next = '?';

    Query(String path) {
        address = new StringBuilder(path);
    }

    Query with(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            address.append(next).append(name).append('=').append(Http.encode(value));
            next = '&';
        }
        return this;
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
