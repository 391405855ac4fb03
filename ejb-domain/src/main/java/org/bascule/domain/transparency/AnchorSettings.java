package org.bascule.domain.transparency;

import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Where heads are kept outside the database.
 *
 * @param file {@code bascule.audit.anchor-file}: a file that is only appended to, best on another machine's disk
 * @param syslog a syslog server, where {@code bascule.audit.syslog.host} is set
 */
public record AnchorSettings(Optional<Path> file, Optional<Syslog> syslog) {

    static AnchorSettings configured() {
        Config config = ConfigProvider.getConfig();
        return new AnchorSettings(
                text(config, "bascule.audit.anchor-file").map(Path::of),
                text(config, "bascule.audit.syslog.host")
                        .map(host -> new Syslog(
                                host,
                                config.getOptionalValue("bascule.audit.syslog.port", Integer.class)
                                        .orElse(6514),
                                Path.of(config.getValue("bascule.audit.syslog.ca-file", String.class)))));
    }

    /**
     * Whether audit records go to the syslog server, too: {@code bascule.audit.syslog.records}, {@code true} or {@code false}, which is the default.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static boolean recordsConfigured() {
        return recordsWanted(text(ConfigProvider.getConfig(), "bascule.audit.syslog.records"));
    }

    static boolean recordsWanted(Optional<String> value) {
        return switch (value.orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("bascule.audit.syslog.records must be true or false");
        };
    }

    private static Optional<String> text(Config config, String name) {
        return config.getOptionalValue(name, String.class).map(String::trim).filter(value -> !value.isEmpty());
    }

    /**
     * A syslog server that takes RFC 5424 messages over TLS (RFC 5425).
     *
     * @param host {@code bascule.audit.syslog.host}: as its certificate names it
     * @param port {@code bascule.audit.syslog.port}, default 6514
     * @param caFile {@code bascule.audit.syslog.ca-file}: PEM, the CAs that may have issued its certificate
     */
    public record Syslog(String host, int port, Path caFile) {

        public Syslog {
            if (host.isEmpty() || port < 1 || port > 65_535) {
                throw new IllegalArgumentException("a syslog server has a name and a port of 1 to 65535");
            }
        }
    }
}
