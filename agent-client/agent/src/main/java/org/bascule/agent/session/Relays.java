package org.bascule.agent.session;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.bascule.agent.tls.SeenCertificate;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The way to the other end of a session. */
@FunctionalInterface
public interface Relays {

    /**
     * Joins; the future fails if that cannot be done in time.
     *
     * @param early a connection of {@link #connect}
     */
    CompletableFuture<? extends Transport> join(RelayTransport.RelayJoin join, Optional<RelayTransport> early);

    /** Begins to join a relay at which a session is to go on. */
    default RelayDialer.Dialling dial(RelayTransport.RelayJoin join) {
        return new RelayDialer.Dialling(join(join, Optional.empty()), () -> {});
    }

    /** Connects to the relay that will probably be joined, while the handshake is answered. */
    default Optional<RelayTransport> connect(URI endpoint) {
        return Optional.empty();
    }

    /** Over WebSockets. The client is made with the first session and kept: most devices idle most of the time. */
    static Relays overWebSocket(ServerTrust trust, Executor executor) {
        Duration within = Duration.ofSeconds(35);
        return new Relays() {
            private @Nullable HttpClient http;

            private synchronized HttpClient http() {
                HttpClient present = http;
                if (present == null) {
                    present = HttpClient.newBuilder()
                            .sslContext(trust.context(new SeenCertificate()))
                            .sslParameters(ServerTrust.parameters())
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(Duration.ofSeconds(10))
                            .executor(executor)
                            .build();
                    http = present;
                }
                return present;
            }

            @Override
            public Optional<RelayTransport> connect(URI endpoint) {
                return Optional.of(RelayTransport.connect(http(), endpoint, within));
            }

            @Override
            public RelayDialer.Dialling dial(RelayTransport.RelayJoin join) {
                return RelayDialer.overWebSocket(http(), join);
            }

            @Override
            public CompletableFuture<? extends Transport> join(
                    RelayTransport.RelayJoin join, Optional<RelayTransport> early) {
                return RelayTransport.join(http(), join, within, early);
            }
        };
    }
}
