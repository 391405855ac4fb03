package org.bascule.domain.transparency;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where heads are kept outside the database.
 *
 * @param file {@code bascule.audit.anchor-file}: a file that is only appended to, best on another machine's disk
 * @param syslog a syslog server, where {@code bascule.audit.syslog.host} is set
 */
public record AnchorSettings(Optional<Path> file, Optional<Syslog> syslog) {

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
