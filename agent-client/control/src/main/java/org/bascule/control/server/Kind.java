package org.bascule.control.server;

import java.util.Locale;

/** What has a place in the folders of a domain, and therefore can be named by a path. */
public enum Kind {
    FOLDER("/api/folders"),
    DEVICE("/api/devices"),
    SUB_DEVICE("/api/sub-devices"),
    USER("/api/users"),
    GROUP("/api/groups");

    private final String path;

    Kind(String path) {
        this.path = path;
    }

    /** The list of all of them; for a sub-device only what its own address begins with. */
    public String path() {
        return path;
    }

    /** {@code sub-device}: as the API calls it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
