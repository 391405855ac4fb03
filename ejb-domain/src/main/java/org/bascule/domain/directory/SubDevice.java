package org.bascule.domain.directory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something behind a device that is reached through it (requirement DOM-4). Texts are hostile to show.
 *
 * @param device uid of the device
 * @param mac six pairs of lower-case hexadecimal digits with colons
 * @param ip IPv4 or IPv6 address
 * @param revision grows with each change; the entity tag
 */
public record SubDevice(
        String id,
        String device,
        String name,
        @Nullable String mac,
        @Nullable String ip,
        @Nullable String description,
        List<Service> services,
        long revision) {

    /** What it offers. */
    public record Service(Kind kind, int port) {

        /** How one talks to it. */
        public enum Kind {
            HTTP,
            HTTPS,
            SSH,
            RDP,
            VNC,
            TELNET,
            SERIAL,
            /** Anything else over TCP, such as the programming port of a controller. */
            TCP;

            public String code() {
                return name().toLowerCase(java.util.Locale.ROOT);
            }

            public static java.util.Optional<Kind> ofCode(String code) {
                return java.util.Arrays.stream(values())
                        .filter(kind -> kind.code().equals(code))
                        .findFirst();
            }
        }

        /** Reads {@link #text}; empty for what is none. */
        public static java.util.Optional<Service> parse(String text) {
            int colon = text.indexOf(':');
            String port = text.substring(colon + 1);
            if (colon < 0 || !port.matches("[1-9][0-9]{0,4}") || Integer.parseInt(port) > 65_535) {
                return java.util.Optional.empty();
            }
            return Kind.ofCode(text.substring(0, colon)).map(kind -> new Service(kind, Integer.parseInt(port)));
        }

        public Service {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + " is not within 1 and 65535");
            }
        }

        /** Such as {@code ssh:22}. */
        public String text() {
            return kind.code() + ":" + port;
        }
    }

    /** What a person says about one; null stands for nothing. */
    public record Facts(
            String name,
            @Nullable String mac,
            @Nullable String ip,
            @Nullable String description,
            List<Service> services) {}
}
