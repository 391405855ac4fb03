package org.bascule.domain.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
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
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.people.Users;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.SignIns;
import org.bascule.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an HTTP server that answers as the identity provider's event list does: filtered by time, oldest first, as many as are asked for. */
class LoginEventsTest {

    private static final String TOKEN = "e30."
            + Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString("{\"sub\":\"service\"}".getBytes(StandardCharsets.UTF_8))
            + ".x";

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
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile Runnable meanwhile = () -> {};

    private volatile int status = 200;

    private final List<JsonObject> adminEvents = new CopyOnWriteArrayList<>();
    private boolean shuffled;

    private record Event(
            String id,
            Instant time,
            String type,
            String client,
            String subject,
            String user,
            String error,
            Map<String, String> details,
            String session) {

        Event(String id, Instant time, String user, String error) {
            this(id, time, "LOGIN_ERROR", "bascule-web", "", user, error, Map.of(), "");
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
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
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        String body;
        if (path.endsWith("/token")) {
            String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            body = form.contains("client_secret=s%26cret") ? "{\"access_token\":\"" + TOKEN + "\"}" : "{}";
        } else {
            assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer " + TOKEN);
            assertThat(query).contains("direction=asc").contains("first=0");
            if (path.endsWith("/admin-events")) {
                JsonArrayBuilder page = Json.createArrayBuilder();
                adminEvents.forEach(page::add);
                body = page.build().toString();
            } else {
                requests.add(query);
                asked.add(path);
                body = page(query);
                Runnable once = meanwhile;
                meanwhile = () -> {};
                once.run();
            }
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Oldest first; those of one millisecond in no order. */
    private String page(String query) {
        long from = number(query, "dateFrom");
        List<Event> found = new ArrayList<>(events.stream()
                .filter(event -> event.time().toEpochMilli() >= from)
                .toList());
        if (shuffled) {
            Collections.shuffle(found);
        }
        found.sort(Comparator.comparing(Event::time));
        JsonArrayBuilder page = Json.createArrayBuilder();
        found.stream().limit(number(query, "max")).forEach(event -> page.add(json(event)));
        return page.build().toString();
    }

    private static JsonObjectBuilder json(Event event) {
        JsonObjectBuilder details = Json.createObjectBuilder().add("username", event.user());
        event.details().forEach(details::add);
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", event.id())
                .add("time", event.time().toEpochMilli())
                .add("type", event.type())
                .add("clientId", event.client())
                .add("userId", event.subject())
                .add("ipAddress", "203.0.113.77")
                .add("details", details);
        if (!event.session().isEmpty()) {
            json.add("sessionId", event.session());
        }
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

    /** As if the realm had said that something happened. */
    private void poll() {
        domain.get(LoginEvents.class).wake(sample.id);
        domain.get(LoginEvents.class).pollWoken();
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
            assertThat(row.detail()).isEqualTo("browser: login error: invalid_user_credentials");
        });
    }

    private void happens(String type, String client, String subject, String error) {
        happens(type, client, subject, error, Map.of(), "");
    }

    private void happens(
            String type, String client, String subject, String error, Map<String, String> details, String session) {
        events.add(new Event(
                "event-" + events.size(),
                domain.clock.instant(),
                type,
                client,
                subject,
                "anna",
                error,
                details,
                session));
        domain.clock.advance(Duration.ofSeconds(1));
    }

    @Test
    void loginsAndLogOutsOfEveryClientAreAuditedOnceWithTheProgram() {
        String subject = sample.user("Anna").userId();
        Map<String, String> firefox = Map.of("user_agent", "Firefox <b>1</b>");
        happens("LOGIN", "bascule-web", subject, "", firefox, "s1");
        happens("OAUTH2_DEVICE_CODE_TO_TOKEN", "bascule-cli", subject, "");
        happens("OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR", "bascule-cli", subject, "access_denied");
        happens("REVOKE_GRANT", "bascule-cli", subject, "");
        happens("LOGOUT", "bascule-web", subject, "", firefox, "s1");
        poll();
        poll();
        assertThat(audited())
                .extracting(row -> row.userId() + " " + row.userName() + " " + row.outcome() + " " + row.detail())
                .containsExactly(
                        "null anna denied command line: oauth2 device code to token error: access_denied",
                        subject + " Anna success command line: oauth2 device code to token",
                        subject + " Anna success browser: login, with Firefox <b>1</b>");
        assertThat(audited("logout"))
                .extracting(row -> row.userId() + " " + row.address() + " " + row.detail())
                .containsExactly(
                        subject + " 203.0.113.77 browser: logout, with Firefox <b>1</b>",
                        subject + " 203.0.113.77 command line: revoke grant");
    }

    /** The browser may come to this server after its realm was asked. */
    @Test
    void whoSignsInForTheFirstTimeIsTheDomainsUserFromThenOn() {
        String subject = "44444444-4444-4444-8444-" + sample.id.substring(24);
        happens("LOGIN", "bascule-web", subject, "");
        happens("LOGIN_ERROR", "bascule-web", "55555555-4444-4444-8444-" + sample.id.substring(24), "user_disabled");
        poll();
        assertThat(audited())
                .extracting(row -> row.userId() + " " + row.outcome())
                .containsExactly("null denied", subject + " success");
        assertThat(audited("user.add")).singleElement().satisfies(row -> assertThat(row.resourceId())
                .isEqualTo(subject));
    }

    /** The list tells what somebody typed, who may have come by a company's provider. */
    @Test
    void whatWasPreparedUnderANameIsLeftToTheSignIn() throws Exception {
        domain.transactions.run(() -> domain.get(Users.class).create(sample.owner(), sample.root, "anna"));
        String subject = "44444444-4444-4444-8444-" + sample.id.substring(24);
        events.add(
                new Event("first", domain.clock.instant(), "LOGIN", "bascule-web", subject, "anna", "", Map.of(), ""));
        poll();
        assertThat(audited()).singleElement().satisfies(row -> {
            assertThat(row.userId()).isNull();
            assertThat(row.userName()).isEqualTo("anna");
        });
        assertThat(domain.get(Identities.class).actor(sample.id, subject, null)).isEmpty();
    }

    /** What happens in a realm is told by it; what got lost is found within a minute. */
    @Test
    void realmThatSaysNothingIsAskedNowAndThenAndOneThatDoesAtOnce() {
        LoginEvents polled = domain.get(LoginEvents.class);
        polled.poll();
        int atStart = requests.size();
        assertThat(atStart).isPositive();
        domain.clock.advance(Turns.QUIET.minusSeconds(1));
        polled.poll();
        polled.pollWoken();
        assertThat(requests).hasSize(atStart);
        events.add(event(1));
        domain.clock.advance(Turns.QUIET.plusSeconds(2));
        polled.poll();
        assertThat(audited()).hasSize(1);

        int before = requests.size();
        events.add(event(2));
        polled.wake(sample.id);
        polled.pollWoken();
        assertThat(audited()).hasSize(2);
        assertThat(requests.size()).isGreaterThan(before);
        events.add(event(3));
        polled.poll();
        assertThat(audited()).hasSize(2);
        domain.clock.advance(Turns.SETTLED);
        polled.poll();
        assertThat(audited()).hasSize(3);
    }

    /** Whoever wakes a realm that is being read wakes it for what that reading did not find. */
    @Test
    void whatHappensWhileARealmIsReadIsReadSoon() {
        LoginEvents polled = domain.get(LoginEvents.class);
        meanwhile = () -> {
            polled.wake(sample.id);
            polled.pollWoken();
        };
        polled.poll();
        events.add(event(1));
        domain.clock.advance(Turns.SETTLED);
        polled.poll();
        assertThat(audited()).hasSize(1);
    }

    @Test
    void realmWhoseEventsCannotBeStoredIsAskedLessOftenAndStopsNoOther() {
        Sample other = new Sample(domain);
        LoginEvents polled = domain.get(LoginEvents.class);
        events.add(new Event("event-1", Instant.ofEpochMilli(1L << 49), "anna", "invalid_user_credentials"));
        polled.poll();
        assertThat(asked).anyMatch(path -> path.contains(realm(other)));
        int atStart = requests.size();
        polled.poll();
        assertThat(requests).hasSize(atStart);
    }

    private String realm(Sample of) {
        return domain.get(Identities.class).domainOfId(of.id).orElseThrow().realm();
    }

    @Test
    void changesOfAccountsAndLocksAreAuditedAndOldNamesOfTheSameLeftOut() {
        String subject = sample.user("Anna").userId();
        happens("UPDATE_CREDENTIAL", "bascule-web", subject, "", Map.of("credential_type", "password"), "");
        happens("UPDATE_PASSWORD", "bascule-web", subject, "");
        happens("UPDATE_CREDENTIAL", "bascule-web", subject, "", Map.of("credential_type", "otp"), "");
        happens("UPDATE_TOTP", "bascule-web", subject, "");
        happens("REMOVE_CREDENTIAL", "bascule-web", subject, "", Map.of("credential_type", "webauthn"), "");
        happens("SEND_RESET_PASSWORD", "bascule-web", subject, "");
        happens("VERIFY_EMAIL", "bascule-web", subject, "");
        happens("USER_DISABLED_BY_TEMPORARY_LOCKOUT", "bascule-web", subject, "");
        happens("OAUTH2_DEVICE_AUTH", "bascule-cli", "", "");
        happens("SOMETHING_NEW", "bascule-web", subject, "");
        poll();
        assertThat(sample.audited(null))
                .extracting(row -> row.code() + " " + row.outcome() + " " + row.detail())
                .containsExactly(
                        "account.lock denied browser: user disabled by temporary lockout",
                        "account.change success browser: verify email",
                        "account.reset success browser: send reset password",
                        "account.factor success browser: remove credential: webauthn",
                        "account.factor success browser: update credential: otp",
                        "account.password success browser: update credential: password");
        assertThat(sample.audited(null)).allSatisfy(row -> {
            boolean isDone = row.userId() != null;
            assertThat(isDone)
                    .as("nobody locks himself out")
                    .isNotEqualTo(row.code().equals("account.lock"));
            assertThat(isDone ? row.userId() : row.resourceId()).isEqualTo(subject);
            assertThat(isDone ? row.userName() : row.resourceName()).isEqualTo("Anna");
        });
    }

    /** What was begun with the former password, in a browser or a program, and not the session in which it was changed. */
    @Test
    void aNewPasswordEndsAllOtherSignInsOfTheUser() throws Exception {
        Caller anna = sample.user("anna");
        String present = signIn(anna, SignIns.Client.BROWSER, "present");
        String other = signIn(anna, SignIns.Client.BROWSER, "other");
        String program = signIn(anna, SignIns.Client.PROGRAM, "present");
        String owners = signIn(sample.owner(), SignIns.Client.BROWSER, "owners");
        domain.clock.advance(Duration.ofSeconds(1));
        happens(
                "UPDATE_CREDENTIAL",
                "bascule-web",
                anna.userId(),
                "",
                Map.of("credential_type", "password"),
                "present");
        domain.clock.advance(Duration.ofSeconds(1));
        String later = signIn(anna, SignIns.Client.BROWSER, "later");
        poll();
        assertThat(List.of(present, other, program, owners, later))
                .filteredOn(id -> domain.transactions.inNew(
                        () -> domain.get(SignIns.class).isLive(sample.id, id)))
                .containsExactly(present, owners, later);
    }

    private String signIn(Caller who, SignIns.Client client, String session) {
        Instant now = domain.clock.instant();
        return domain.transactions
                .<Optional<String>, RuntimeException>inNew(() -> domain.get(SignIns.class)
                        .present(
                                sample.id,
                                who.userId(),
                                new SignIns.Presented(
                                        client,
                                        session,
                                        now,
                                        "192.0.2.1",
                                        null,
                                        Duration.ofHours(1),
                                        now.plus(Duration.ofHours(9)))))
                .orElseThrow();
    }

    @Test
    void whatOthersChangeInTheRealmIsAuditedAndWhatThisServerChangesIsNot() {
        adminEvents.add(adminEvent("a1", "service", "users/1"));
        adminEvents.add(adminEvent("a2", "66666666-4444-4444-8444-444444444444", "users/2"));
        poll();
        poll();
        assertThat(sample.audited(null)).singleElement().satisfies(row -> {
            assertThat(row.code()).isEqualTo("realm.change");
            assertThat(row.detail()).isEqualTo("update user users/2");
            assertThat(row.userName()).isEqualTo("66666666-4444-4444-8444-444444444444");
            assertThat(row.address()).isEqualTo("192.0.2.55");
        });
    }

    private JsonObject adminEvent(String id, String who, String path) {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("time", domain.clock.instant().toEpochMilli())
                .add("operationType", "UPDATE")
                .add("resourceType", "USER")
                .add("resourcePath", path)
                .add(
                        "authDetails",
                        Json.createObjectBuilder().add("userId", who).add("ipAddress", "192.0.2.55"))
                .build();
    }

    @Test
    void logOutThatWasRecordedHereIsNotRecordedAgainHoweverLateItIsRead() {
        Caller anna = sample.user("Anna");
        SignIns signIns = domain.get(SignIns.class);
        String signIn = domain.transactions
                .inNew(() -> signIns.present(sample.id, anna.userId(), presented()))
                .orElseThrow();
        domain.live.clear();
        happens("LOGOUT", "bascule-web", anna.userId(), "", Map.of(), "session-" + sample.id);
        domain.clock.advance(Duration.ofMinutes(10));
        assertThat(domain.transactions.<Boolean, RuntimeException>inNew(() -> signIns.isLive(sample.id, signIn)))
                .isTrue();
        poll();
        assertThat(domain.transactions.<Boolean, RuntimeException>inNew(() -> signIns.isLive(sample.id, signIn)))
                .isFalse();
        assertThat(domain.live).contains(new LiveEvent.CredentialEnded(sample.id, signIn));
        assertThat(audited("logout")).hasSize(1);
    }

    private SignIns.Presented presented() {
        return new SignIns.Presented(
                SignIns.Client.BROWSER,
                "session-" + sample.id,
                domain.clock.instant(),
                "192.0.2.1",
                null,
                Duration.ofHours(1),
                domain.clock.instant().plus(Duration.ofHours(10)));
    }

    /** Nobody asked for an hour, in which much happened, some of it at once. */
    @Test
    void nothingIsMissedHoweverMuchHappenedMeanwhile() {
        poll();
        shuffled = true;
        domain.clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 2_500; i++) {
            events.add(event(i));
            if (i % 130 == 0) {
                domain.clock.advance(Duration.ofMillis(10));
            }
        }
        poll();
        assertThat(count()).isEqualTo(2_500);
        domain = domain.restarted();
        poll();
        assertThat(count()).isEqualTo(2_500);
    }

    private long count() {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select count(*) from bascule_audit.audit_event where domain_id = :domain and code = 'login'")
                .number();
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

    /** Whoever held the realm's database up made it late: it is looked for now and then, and after a start. */
    @Test
    void muchLaterEventIsNotMissedEither() {
        domain.clock.advance(Duration.ofMinutes(30));
        Event late = event(1);
        domain.clock.advance(Duration.ofMinutes(10));
        events.add(event(2));
        poll();
        events.add(0, late);
        domain.clock.advance(Duration.ofMinutes(5));
        events.add(event(3));
        poll();
        assertThat(audited()).hasSize(3);
    }

    @Test
    void eventFromTheFutureHidesNoneOfThePresent() {
        events.add(new Event("future", domain.clock.instant().plus(Duration.ofDays(1)), "user", "e"));
        poll();
        domain.clock.advance(Duration.ofSeconds(10));
        events.add(event(1));
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
    }

    @Test
    void hostileNamesAreStoredBounded() {
        events.add(new Event("event-1", domain.clock.instant(), "<script>\u0000\n" + "x".repeat(5_000), "e"));
        poll();
        assertThat(audited()).singleElement().satisfies(row -> assertThat(row.userName())
                .startsWith("<script>\u0000\n")
                .hasSize(256));
    }

    /** It cannot say anything while it is away. */
    @Test
    void realmThatSaysSomethingIsAskedAtOnceAlsoInAPause() {
        LoginEvents polled = domain.get(LoginEvents.class);
        status = 500;
        polled.poll();
        status = 200;
        events.add(event(1));
        polled.poll();
        assertThat(audited()).isEmpty();
        poll();
        assertThat(audited()).hasSize(1);
    }
}
