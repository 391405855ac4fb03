package org.bascule.agent.ping;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.bascule.agent.tls.ConnectionFailure;
import org.bascule.session.network.HttpAnswer;
import org.bascule.session.network.HttpCall;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.wire.Json;

/** How far an access server is, by requests of HTTPS over the way that the control channel takes. Needs no running agent. */
public final class ServerPing {

    /** Answered to anybody. */
    private static final String PATH = "/api/installation";

    private static final int MAX_BODY = 128 * 1_024;
    private static final int OK = 200;

    private final Network network;
    private final Proxies proxies;

    /** @param network that leads through those proxies */
    public ServerPing(Network network, Proxies proxies) {
        this.network = network;
        this.proxies = proxies;
    }

    /**
     * Asks twice: the second time the connection stands. Blocks.
     *
     * @param server base URL
     * @param within for both together
     * @return {@code url}, {@code proxy} if there is one, and {@code roundTripMs}, or {@code error}, a part of a sentence
     */
    public JsonObject measure(String server, Duration within) {
        JsonObjectBuilder result = Json.createObjectBuilder().add("url", server);
        URI url = URI.create(server + PATH);
        proxies.leadingTo(url).ifPresent(proxy -> result.add("proxy", proxy.shown()));
        try {
            long first = ask(url, within);
            long second = ask(url, within.minusMillis(first));
            result.add("roundTripMs", Math.min(first, second));
        } catch (IOException e) {
            result.add("error", ConnectionFailure.describe(e));
        }
        return result.build();
    }

    /** Milliseconds until the beginning of the answer, at least one. */
    private long ask(URI url, Duration within) throws IOException {
        long begin = System.nanoTime();
        try (HttpAnswer answer = network.send(new HttpCall("GET", url, within))) {
            long taken = System.nanoTime() - begin;
            answer.body().readNBytes(MAX_BODY);
            if (answer.status() != OK) {
                throw new IOException("it answered with " + answer.status());
            }
            return Millis.of(taken);
        }
    }
}
