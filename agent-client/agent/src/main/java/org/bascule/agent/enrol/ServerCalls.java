package org.bascule.agent.enrol;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.tls.ConnectionFailure;
import org.bascule.session.network.HttpAnswer;
import org.bascule.session.network.HttpCall;
import org.bascule.session.network.Network;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;

/** The few HTTP calls of a device that has no channel. */
public final class ServerCalls {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_INSTALLATION = 128 * 1_024;

    private final String server;
    private final Network network;

    /** An answer with its text, cut at the length that was asked for. */
    public record Answer(int status, String body) {}

    public ServerCalls(String server, Network network) {
        this.server = server;
        this.network = network;
    }

    /** Fails with {@code SERVER} and a sentence if there is no answer. */
    public Answer post(String path, String json, int maxAnswer) throws EnrolException {
        return send(
                call("POST", path).header("Content-Type", "application/json").body(json), maxAnswer);
    }

    /** The root that the server shows: to be compared by a person, or with what is known from elsewhere. */
    RootPublicKey installationRoot() throws EnrolException {
        Answer answer = send(call("GET", "/api/installation"), MAX_INSTALLATION);
        if (answer.status() != 200) {
            throw Enrolment.refusal(answer.status(), answer.body());
        }
        try {
            return RootPublicKey.parse(
                    StrictJson.parse(answer.body(), MAX_INSTALLATION).bytes("root", RootPublicKey.LENGTH));
        } catch (WireException e) {
            throw malformed(e);
        }
    }

    static EnrolException malformed(WireException e) {
        return new EnrolException(
                Reason.SERVER, "The server's answer cannot be understood: " + e.getMessage() + ".", e);
    }

    private HttpCall call(String method, String path) {
        return new HttpCall(method, URI.create(server + path), TIMEOUT)
                .header("Accept", "application/json, application/problem+json");
    }

    private Answer send(HttpCall call, int maxAnswer) throws EnrolException {
        try (HttpAnswer answer = network.send(call)) {
            return new Answer(answer.status(), new String(answer.body().readNBytes(maxAnswer), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new EnrolException(
                    Reason.SERVER, "The server cannot be reached: " + ConnectionFailure.describe(e) + ".", e);
        }
    }
}
