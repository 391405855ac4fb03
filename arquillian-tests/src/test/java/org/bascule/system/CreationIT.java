package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Creations that are repeated with an idempotency key, and requests that are too large, over the whole system (API-1). */
@ExtendWith(RunningSystem.class)
class CreationIT {

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private HttpResponse<String> create(String name, String key) {
        JsonObject body = Json.createObjectBuilder()
                .add("name", name)
                .add("parent", api.rootFolder())
                .build();
        return api.post("/api/folders", body.toString(), "Idempotency-Key", key);
    }

    private static String key() {
        return UUID.randomUUID().toString();
    }

    @Test
    void aRepeatedCreationHasTheFirstAnswer() {
        String key = key();
        String name = "repeated " + key;
        HttpResponse<String> first = Api.expect(201, create(name, key));
        HttpResponse<String> again = Api.expect(201, create(name, key));
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("content-type"))
                .isEqualTo(first.headers().firstValue("content-type"));
        // without the key it is what it is: there is one of that name
        assertThat(create(name, key()).statusCode()).isEqualTo(409);
    }

    @Test
    void aKeyIsForOneRequest() {
        String key = key();
        Api.expect(201, create("one " + key, key));
        HttpResponse<String> other = Api.expect(409, create("two " + key, key));
        assertThat(Api.json(other).getString("type")).isEqualTo("urn:bascule:problem:idempotency-conflict");
        HttpResponse<String> malformed = Api.expect(422, create("three " + key, "short"));
        assertThat(Api.json(malformed).getJsonArray("errors").getJsonObject(0).getString("field"))
                .isEqualTo("Idempotency-Key");
    }

    @Test
    void eightAtOnceAreOneCreation() throws Exception {
        String key = key();
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Callable<HttpResponse<String>>> attempts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                attempts.add(() -> create("raced " + key, key));
            }
            List<String> bodies = new ArrayList<>();
            for (Future<HttpResponse<String>> attempt : pool.invokeAll(attempts)) {
                bodies.add(Api.expect(201, attempt.get()).body());
            }
            assertThat(bodies).hasSize(8).containsOnly(bodies.get(0));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void theSecretOfATokenIsGivenAgainToItsMakerAlone() {
        String key = key();
        JsonObject body = Json.createObjectBuilder()
                .add("folder", api.rootFolder())
                .add("expiresIn", 600)
                .add("uses", 1)
                .build();
        String path = "/api/enrolment-tokens";
        HttpResponse<String> first = Api.expect(201, api.post(path, body.toString(), "Idempotency-Key", key));
        HttpResponse<String> again = Api.expect(201, api.post(path, body.toString(), "Idempotency-Key", key));
        assertThat(Api.json(again).getString("token")).isEqualTo(Api.json(first).getString("token"));
        HttpResponse<String> another = system.api("viewer").post(path, body.toString(), "Idempotency-Key", key);
        assertThat(another.statusCode()).isEqualTo(403);
    }

    @Test
    void aRefusedCreationIsDecidedAnewAndAudited() {
        String key = key();
        JsonObject body = Json.createObjectBuilder()
                .add("name", "refused " + key)
                .add("parent", api.rootFolder())
                .build();
        Instant begun = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> refused =
                    system.api("viewer").post("/api/folders", body.toString(), "Idempotency-Key", key);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        }
        assertThat(api.items("/api/audit?limit=200&outcome=denied&from=" + begun))
                .filteredOn(row -> row.get("user").toString().contains("viewer"))
                .hasSize(2);
    }

    private static final String IMPORT = "/api/imports?format=csv&dryRun=true";

    private static HttpResponse<String> upload(Api api, HttpRequest.BodyPublisher body, String key) {
        return api.send("POST", IMPORT, body, "Content-Type", "text/csv", "Idempotency-Key", key);
    }

    /** Uploads hold a place of their user's two for as long as they take, and no transaction: nothing else waits for them. */
    @Test
    void anUploadHoldsNothingButItsPlace() throws Exception {
        String key = key();
        try (SlowUpload one = new SlowUpload(key);
                SlowUpload two = new SlowUpload(key);
                SlowUpload three = new SlowUpload(key)) {
            List<SlowUpload> uploads = List.of(one, two, three);
            Eventually.within(Duration.ofSeconds(20), "one of three is too many", () -> uploads.stream()
                    .anyMatch(SlowUpload::answered));
            SlowUpload refused =
                    uploads.stream().filter(SlowUpload::answered).findFirst().orElseThrow();
            assertThat(refused.status()).startsWith("HTTP/1.1 429");
            Api.expect(201, create("while somebody uploads " + key, key()));
            for (SlowUpload upload : uploads) {
                if (upload != refused) {
                    assertThat(upload.answered()).isFalse();
                    upload.finish();
                    assertThat(upload.status()).startsWith("HTTP/1.1 202");
                }
            }
        }
    }

    /** Says how long the body is, sends half of it, and takes its time. */
    private final class SlowUpload implements AutoCloseable {

        private static final String HALF = "kind,path\n";

        private final Socket socket;

        SlowUpload(String key) throws IOException {
            URI site = URI.create(system.url());
            socket = new Socket(site.getHost(), site.getPort());
            socket.setSoTimeout(20_000);
            send("POST " + IMPORT + " HTTP/1.1\r\nHost: " + site.getAuthority() + "\r\nAuthorization: Bearer "
                    + api.token().orElseThrow() + "\r\nContent-Type: text/csv\r\nIdempotency-Key: " + key
                    + "\r\nConnection: close\r\nContent-Length: " + (HALF.length() + 1) + "\r\n\r\n" + HALF);
        }

        private void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }

        boolean answered() {
            try {
                return socket.getInputStream().available() > 0;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void finish() throws IOException {
            send("\n");
        }

        /** The status line; waits for it. */
        String status() throws IOException {
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void anImportWithAKeyIsStartedOnce() {
        String key = key();
        String lines = "kind,path\nfolder,/imported " + key + "\n";
        HttpResponse<String> first = Api.expect(202, upload(api, HttpRequest.BodyPublishers.ofString(lines), key));
        HttpResponse<String> again = Api.expect(202, upload(api, HttpRequest.BodyPublishers.ofString(lines), key));
        assertThat(again.body()).isEqualTo(first.body());
        String job = "/api/imports/" + Api.json(first).getString("id");
        Eventually.within(Duration.ofSeconds(20), "the import is done", () -> api.getJson(job)
                .getString("state")
                .equals("done"));
        problem(403, "forbidden", upload(system.api("viewer"), HttpRequest.BodyPublishers.ofString(lines), key()));
        assertThat(Api.expect(200, api.get("/api/export?format=csv")).body())
                .startsWith("kind,")
                .endsWith("\r\n");
    }

    /** However a body arrives, and wherever the length is. */
    @Test
    void whatIsTooLargeIsRefusedWithAProblem() {
        String body = "{\"name\":\"" + "x".repeat(100_000) + "\"}";
        HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        problem(413, "too-large", api.send("POST", "/api/folders", chunked, "Content-Type", "application/json"));
        problem(
                413,
                "too-large",
                api.send(
                        "POST",
                        "/api/folders",
                        HttpRequest.BodyPublishers.ofString(body),
                        "Content-Type",
                        "application/json",
                        "Idempotency-Key",
                        key()));
        problem(422, "invalid", api.get("/api/devices?q=" + "x".repeat(1_000)));
        HttpResponse<String> query = api.get("/api/devices?q=" + "x".repeat(9_000));
        assertThat(query.statusCode()).as(query.body()).isEqualTo(414);
        HttpResponse<String> header = api.get("/api/devices", "X-Long", "x".repeat(30_000));
        assertThat(header.statusCode()).as(header.body()).isBetween(400, 499);
    }

    private static void problem(int status, String code, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonObject problem = Api.json(answer);
        assertThat(problem.getString("type")).isEqualTo("urn:bascule:problem:" + code);
        assertThat(problem.getString("reference")).isNotBlank();
    }
}
