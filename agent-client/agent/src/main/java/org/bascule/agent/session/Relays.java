package org.bascule.agent.session;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.bascule.agent.tls.SeenCertificate;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;

/** The way to the other end of a session. */
@FunctionalInterface
public interface Relays {

    /** Joins; the future fails if that cannot be done in time. */
    CompletableFuture<? extends Transport> join(RelayTransport.RelayJoin join);

    /** Over WebSockets. The client is made with the first session and kept: most devices idle most of the time. */
    static Relays overWebSocket(ServerTrust trust, Executor executor) {
        Duration within = Duration.ofSeconds(35);
        Supplier<HttpClient> client = new Supplier<>() {
            private volatile @org.jspecify.annotations.Nullable HttpClient http;

            @Override
            public synchronized HttpClient get() {
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
        };
        return join -> RelayTransport.join(client.get(), join, within);
    }
}
