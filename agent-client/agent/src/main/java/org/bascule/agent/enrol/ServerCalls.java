package org.bascule.agent.enrol;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.tls.ConnectionFailure;
import org.bascule.agent.tls.SeenCertificate;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;

/** The few HTTP calls of a device that has no channel. */
public final class ServerCalls {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MAX_INSTALLATION = 128 * 1_024;

    private final String server;
    private final HttpClient client;

    /** An answer with its text, cut at the length that was asked for. */
    public record Answer(int status, String body) {}

    public ServerCalls(String server, ServerTrust trust) {
        this.server = server;
        this.client = HttpClient.newBuilder()
                .sslContext(trust.context(new SeenCertificate()))
                .sslParameters(ServerTrust.parameters())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /** Fails with {@code SERVER} and a sentence if there is no answer. */
    public Answer post(String path, String json, int maxAnswer) throws EnrolException, InterruptedException {
        return send(
                HttpRequest.newBuilder(URI.create(server + path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(json)),
                maxAnswer);
    }

    /** The root that the server shows: to be compared by a person, or with what is known from elsewhere. */
    RootPublicKey installationRoot() throws EnrolException, InterruptedException {
        Answer answer = send(HttpRequest.newBuilder(URI.create(server + "/api/installation")), MAX_INSTALLATION);
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

    private Answer send(HttpRequest.Builder request, int maxAnswer) throws EnrolException, InterruptedException {
        try {
            HttpResponse<java.io.InputStream> response = client.send(
                    request.timeout(TIMEOUT)
                            .header("Accept", "application/json, application/problem+json")
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (java.io.InputStream body = response.body()) {
                return new Answer(
                        response.statusCode(), new String(body.readNBytes(maxAnswer), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new EnrolException(
                    Reason.SERVER, "The server cannot be reached: " + ConnectionFailure.describe(e) + ".", e);
        }
    }
}
