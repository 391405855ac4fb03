package org.bascule.domain.mail;

import java.util.Arrays;

/** What the addresses of a domain are told of. */
public enum Topic {
    /** Somebody at a device asks for help. */
    ASSISTANCE("assistance", "/assistance"),
    /** Somebody asks for access to something. */
    ACCESS("access", "/requests"),
    /** Somebody tried to register a machine again that is a device already. */
    CLAIMED("claimed", "/devices/%s"),
    /** A device's key came from another machine. */
    HARDWARE_CHANGED("hardware-changed", "/devices/%s"),
    /** Two machines showed a device's key at the same time. */
    CLONE("clone", "/devices/%s");

    private final String code;
    private final String page;

    Topic(String code, String page) {
        this.code = code;
        this.page = page;
    }

    public String code() {
        return code;
    }

    /** Path of the page that shows it. */
    String page(String resourceId) {
        return page.formatted(resourceId);
    }

    public static Topic ofCode(String code) {
        return Arrays.stream(values())
                .filter(topic -> topic.code.equals(code))
                .findFirst()
                .orElseThrow();
    }
}
