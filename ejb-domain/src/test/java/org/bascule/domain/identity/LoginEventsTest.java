package org.bascule.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an HTTP server that answers as the identity provider's event list does: filtered by time, oldest first, in pages. */
class LoginEventsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @SuppressWarnings("NullAway.Init")
    private TestDomain domain;

    @SuppressWarnings("NullAway.Init")
    private Sample sample;

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile int status = 200;

    private record Event(
            String id, Instant time, String type, String client, String subject, String user, String error) {

        Event(String id, Instant time, String user, String error) {
            this(id, time, "LOGIN_ERROR", "bascule-web", "", user, error);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Path secret = Files.writeString(directory.resolve("secret"), "s&cret\n");
        domain = new TestDomain()
                .with(
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        new Settings.LoginEvents("bascule-server", secret))
                .started();
        sample = new Sample(domain);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String body;
        if (path.endsWith("/token")) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            body = form.contains("client_secret=s%26cret") ? "{\"access_token\":\"token\"}" : "{}";
        } else {
            requests.add(query);
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer token");
            body = page(query);
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String page(String query) {
        long from = number(query, "dateFrom");
        JsonArrayBuilder page = Json.createArrayBuilder();
        events.stream()
                .filter(event -> event.time().toEpochMilli() >= from)
                .filter(event -> List.of(query.split("&", -1)).contains("type=" + event.type()))
                .skip(number(query, "first"))
                .limit(number(query, "max"))
                .forEach(event -> page.add(json(event)));
        return page.build().toString();
    }

    private static JsonObjectBuilder json(Event event) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", event.id())
                .add("time", event.time().toEpochMilli())
                .add("type", event.type())
                .add("clientId", event.client())
                .add("userId", event.subject())
                .add("ipAddress", "203.0.113.77")
                .add("details", Json.createObjectBuilder().add("username", event.user()));
        if (!event.error().isEmpty()) {
            json.add("error", event.error());
        }
        return json;
    }

    private static long number(String query, String name) {
        for (String part : query.split("&", -1)) {
            if (part.startsWith(name + "=")) {
                return Long.parseLong(part.substring(name.length() + 1));
            }
        }
        throw new AssertionError(name + " is missing in " + query);
    }

    private void poll() {
        domain.get(LoginEvents.class)
                .poll(
                        domain.settings.loginEvents().orElseThrow(),
                        domain.get(Identities.class).domainOfId(sample.id).orElseThrow());
    }

    private List<AuditEntry> audited() {
        return audited("login");
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    private Event event(int number) {
        return new Event("event-" + number, domain.clock.instant(), "user" + number, "invalid_user_credentials");
    }

    @Test
    void failedLoginIsAuditedOnceWithNameAndAddress() {
        events.add(event(1));
        poll();
        poll();
        domain.clock.advance(Duration.ofSeconds(5));
        events.add(event(2));
        poll();
        assertThat(audited()).extracting(AuditEntry::userName).containsExactly("user2", "user1");
        assertThat(audited()).allSatisfy(row -> {
            assertThat(row.outcome()).isEqualTo("denied");
            assertThat(row.address()).isEqualTo("203.0.113.77");
            assertThat(row.detail()).isEqualTo("invalid_user_credentials");
        });
    }

    private void happens(String type, String client, String subject, String error) {
        events.add(new Event("event-" + events.size(), domain.clock.instant(), type, client, subject, "anna", error));
        domain.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void loginsAndLogOutsOfTheCommandLineAreAuditedAndThoseOfTheWebAreNot() {
        String subject = sample.user("Anna").userId();
        happens("LOGIN", "bascule-web", subject, "");
        happens("OAUTH2_DEVICE_CODE_TO_TOKEN", "bascule-cli", subject, "");
        happens("OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR", "bascule-cli", subject, "access_denied");
        happens("LOGIN", "bascule-cli", "44444444-4444-4444-8444-444444444444", "");
        happens("REVOKE_GRANT", "bascule-cli", subject, "");
        happens("LOGOUT", "bascule-web", subject, "");
        poll();
        poll();
        assertThat(audited())
                .extracting(row -> row.userId() + " " + row.userName() + " " + row.outcome() + " " + row.detail())
                .containsExactly(
                        "null anna success command line: login",
                        "null anna denied access_denied",
                        subject + " Anna success command line: oauth2 device code to token");
        assertThat(audited("logout"))
                .extracting(row -> row.userId() + " " + row.detail())
                .containsExactly(subject + " command line: revoke grant");
    }

    @Test
    void manyLoginsOfTheWebHideNothingBehindThem() {
        String subject = sample.user("Anna").userId();
        for (int i = 0; i < 1_100; i++) {
            happens("LOGIN", "bascule-web", subject, "");
        }
        happens("REVOKE_GRANT", "bascule-cli", subject, "");
        poll();
        poll();
        assertThat(audited("logout")).hasSize(1);
    }

    @Test
    void lateEventWithinTheOverlapIsNotMissed() {
        Event late = event(1);
        domain.clock.advance(Duration.ofSeconds(30));
        events.add(event(2));
        poll();
        events.add(0, late);
        poll();
        assertThat(audited()).hasSize(2);
    }

    @Test
    void nothingIsRecordedTwiceAfterARestart() {
        events.add(event(1));
        poll();
        domain = domain.restarted();
        poll();
        assertThat(audited()).hasSize(1);
    }

    @Test
    void moreThanAPageIsReadInPages() {
        List<Event> many = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            many.add(event(i));
        }
        events.addAll(many);
        poll();
        assertThat(audited()).hasSize(150);
        assertThat(requests).hasSize(2);
    }

    @Test
    void hostileNamesAreStoredBounded() {
        events.add(new Event("event-1", domain.clock.instant(), "<script>\u0000\n" + "x".repeat(5_000), "e"));
        poll();
        assertThat(audited()).singleElement().satisfies(row -> assertThat(row.userName())
                .startsWith("<script>\u0000\n")
                .hasSize(256));
    }

    @Test
    void providerThatIsAwayIsAskedLessAndLessOften() {
        status = 500;
        for (int second = 0; second < 600; second += 5) {
            poll();
            domain.clock.advance(Duration.ofSeconds(5));
        }
        status = 200;
        events.add(event(1));
        requests.clear();
        domain.clock.advance(Duration.ofMinutes(2));
        poll();
        assertThat(audited()).hasSize(1);
    }
}
