package org.bascule.domain.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.SignIns.Client;
import org.bascule.domain.token.SignIns.Presented;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against an HTTP server that takes what the identity provider is asked to end. */
class SignInsTest {

    private static final String ADDRESS = "192.0.2.9";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @SuppressWarnings("NullAway.Init")
    private TestDomain domain;

    @SuppressWarnings("NullAway.Init")
    private Sample sample;

    @SuppressWarnings("NullAway.Init")
    private SignIns signIns;

    @SuppressWarnings("NullAway.Init")
    private Caller user;

    private final List<String> deleted = new CopyOnWriteArrayList<>();
    private volatile int status = 204;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        domain = new TestDomain()
                .with(
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        new Settings.LoginEvents(
                                "bascule-server", Files.writeString(directory.resolve("secret"), "secret")))
                .started();
        sample = new Sample(domain);
        signIns = domain.get(SignIns.class);
        user = sample.user("u");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean token = exchange.getRequestURI().getPath().endsWith("/token");
        if (!token) {
            deleted.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        }
        byte[] body = (token ? "{\"access_token\":\"t\",\"expires_in\":60}" : "")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(token ? 200 : status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Optional<String> present(Caller caller, Client client, String session, String agent) {
        return domain.transactions.inNew(
                () -> signIns.present(sample.id, caller.userId(), presented(client, session, agent)));
    }

    private Presented presented(Client client, String session, @Nullable String agent) {
        return new Presented(
                client,
                session,
                domain.clock.instant(),
                ADDRESS,
                agent,
                client == Client.BROWSER ? Duration.ofMinutes(30) : SignIns.PROGRAM,
                domain.clock.instant().plus(Duration.ofHours(10)));
    }

    private String browser(Caller caller, String session) {
        return present(caller, Client.BROWSER, session, "Firefox").orElseThrow();
    }

    private List<SignInView> shown(Caller reader) throws RefusedException {
        return signIns.of(reader, user.userId(), Cursor.first(50)).items();
    }

    private static void refused(Problem problem, Refused call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call::run)
                .matches(e -> e.problem() == problem, problem.code());
    }

    private interface Refused {
        void run() throws Exception;
    }

    @Test
    void sessionOfTheRealmGoesOnUntilItEnds() {
        String first = browser(user, "s1");
        domain.clock.advance(Duration.ofSeconds(5));
        assertThat(browser(user, "s1")).isEqualTo(first);
        assertThat(browser(user, "s2")).isNotEqualTo(first);
        assertThat(present(user, Client.PROGRAM, "s1", "bascule")).isNotEqualTo(Optional.of(first));
        assertThat(browser(user, "")).isNotEqualTo(browser(user, ""));
        assertThat(signIns.isLive(sample.id, first)).isTrue();
        assertThat(signIns.isLive(new Sample(domain).id, first)).isFalse();
    }

    @Test
    void listShowsAddressProgramAndTimes() throws Exception {
        String id = browser(user, "s1");
        domain.clock.advance(Duration.ofSeconds(90));
        signIns.isLive(sample.id, id);
        present(user, Client.PROGRAM, "s2", "bascule/1\u202e\n" + "x".repeat(500));
        List<SignInView> shown = shown(user.by(new Credential(id, null, null)));
        assertThat(shown).hasSize(2).anySatisfy(one -> {
            assertThat(one.id()).isEqualTo(id);
            assertThat(one.client()).isEqualTo(Client.BROWSER);
            assertThat(one.address()).isEqualTo(ADDRESS);
            assertThat(one.userAgent()).isEqualTo("Firefox");
            assertThat(one.lastUsed()).isEqualTo(one.since().plusSeconds(90));
            assertThat(one.current()).isTrue();
        });
        assertThat(shown)
                .filteredOn(one -> one.client() == Client.PROGRAM)
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.userAgent()).startsWith("bascule/1x").hasSizeLessThanOrEqualTo(300);
                    assertThat(one.current()).isFalse();
                });
    }

    /** Ended here, for all with the same session of the realm, at the realm, and whatever was opened with it. */
    @Test
    void oneThatIsEndedEndsEverywhere() throws Exception {
        String browser = browser(user, "s1");
        String program = present(user, Client.PROGRAM, "s1", "bascule").orElseThrow();
        String other = browser(user, "s2");
        domain.transactions.run(() -> signIns.end(user, user.userId(), browser));
        assertThat(signIns.isLive(sample.id, browser)).isFalse();
        assertThat(signIns.isLive(sample.id, program)).isFalse();
        assertThat(signIns.isLive(sample.id, other)).isTrue();
        assertThat(domain.get(Credentials.class).live(List.of(browser, program, other)))
                .isEqualTo(Set.of(other));
        assertThat(deleted)
                .containsExactly(
                        "DELETE /admin/realms/" + sample.name + "/sessions/s1?isOffline=false",
                        "DELETE /admin/realms/" + sample.name + "/sessions/s1?isOffline=true");
        assertThat(domain.live)
                .contains(
                        new LiveEvent.CredentialEnded(sample.id, browser),
                        new LiveEvent.CredentialEnded(sample.id, program))
                .doesNotContain(new LiveEvent.CredentialEnded(sample.id, other));
        assertThat(sample.audited("sign-in.end")).singleElement().satisfies(entry -> {
            assertThat(entry.resourceId()).isEqualTo(user.userId());
            assertThat(entry.detail()).isEqualTo("browser at " + ADDRESS);
        });
        assertThat(shown(user)).extracting(SignInView::id).containsExactly(other);
        refused(Problem.NOT_FOUND, () -> signIns.end(user, user.userId(), browser));
    }

    @Test
    void tokenThatTheRealmGaveBeforeTheEndIsNobodysAndALaterOneIsNew() {
        String id = browser(user, "s1");
        Presented before = presented(Client.BROWSER, "s1", null);
        domain.clock.advance(Duration.ofSeconds(1));
        domain.transactions.run(() -> signIns.endedAtRealm(sample.id, "s1"));
        assertThat(signIns.present(sample.id, user.userId(), before)).isEmpty();
        domain.clock.advance(Duration.ofSeconds(1));
        assertThat(browser(user, "s1")).isNotEqualTo(id);
        assertThat(signIns.isLive(sample.id, id)).isFalse();
    }

    /** The realm tells of the end before the code of the sign-in, or a program's token, arrives here. */
    @Test
    void theEndOfASessionCountsForWhoeverComesWithItLater() {
        browser(user, "s1");
        Presented program = presented(Client.PROGRAM, "s1", null);
        Presented early = presented(Client.BROWSER, "s2", null);
        domain.clock.advance(Duration.ofSeconds(1));
        domain.transactions.run(() -> signIns.endedAtRealm(sample.id, user.userId(), "s1"));
        domain.transactions.run(() -> signIns.endedAtRealm(sample.id, user.userId(), "s2"));
        assertThat(signIns.present(sample.id, user.userId(), program)).isEmpty();
        assertThat(signIns.present(sample.id, user.userId(), early)).isEmpty();
        domain.clock.advance(Duration.ofSeconds(1));
        assertThat(present(user, Client.BROWSER, "s2", "Firefox")).isPresent();
    }

    @Test
    void nothingEndsIfTheRealmCannotBeAsked() {
        String id = browser(user, "s1");
        status = 500;
        refused(Problem.UNAVAILABLE, () -> domain.transactions.run(() -> signIns.end(user, user.userId(), id)));
        assertThat(signIns.isLive(sample.id, id)).isTrue();
        assertThat(sample.audited("sign-in.end")).isEmpty();
        // one that is gone there already can be ended
        status = 404;
        domain.transactions.run(() -> {
            try {
                signIns.end(user, user.userId(), id);
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(signIns.isLive(sample.id, id)).isFalse();
    }

    @Test
    void administratorsOfAUserEndSignInsAndOthersDoNot() throws Exception {
        String id = browser(user, "s1");
        Caller stranger = sample.user("s");
        refused(Problem.NOT_FOUND, () -> shown(stranger));
        refused(Problem.NOT_FOUND, () -> signIns.end(stranger, user.userId(), id));
        refused(Problem.NOT_FOUND, () -> signIns.end(stranger, stranger.userId(), id));
        refused(Problem.NOT_FOUND, () -> signIns.end(new Sample(domain).owner(), user.userId(), id));
        Caller token = user.by(new Credential("t", null, new Limits(Set.of(), Set.of(sample.root))));
        refused(Problem.FORBIDDEN, () -> signIns.end(token, user.userId(), id));
        assertThat(deleted).isEmpty();
        sample.entry(user.userId(), stranger.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(shown(stranger)).hasSize(1);
        domain.transactions.run(() -> {
            try {
                signIns.end(stranger, user.userId(), id);
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(signIns.isLive(sample.id, id)).isFalse();
    }

    @Test
    void ofAllNodesThatHearOfAnEndOneIsTheFirst() {
        browser(user, "s1");
        browser(user, "s2");
        List<TestDomain> nodes = IntStream.range(0, 4)
                .mapToObj(i -> domain.restarted())
                .peek(node -> node.get(SignIns.class))
                .toList();
        List<CompletableFuture<Boolean>> said = nodes.stream()
                .map(node -> CompletableFuture.supplyAsync(() ->
                        node.transactions.inNew(() -> node.get(SignIns.class).endedAtRealm(sample.id, "s1"))))
                .toList();
        assertThat(said.stream().filter(CompletableFuture::join)).hasSize(1);
        assertThat(domain.transactions.inNew(() -> signIns.allEnded(sample.id, user.userId())))
                .isTrue();
        assertThat(domain.transactions.inNew(() -> signIns.allEnded(sample.id, user.userId())))
                .isFalse();
    }

    @Test
    void areReadPageByPageLatestUseFirst() throws Exception {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            all.add(0, browser(user, "s" + i));
            // three of them at one time
            if (i % 3 == 0) {
                domain.clock.advance(Duration.ofSeconds(1));
            }
        }
        browser(sample.user("other"), "other");
        List<String> read = new ArrayList<>();
        @Nullable String next = null;
        do {
            Slice<SignInView> page = signIns.of(user, user.userId(), Cursor.checked(next, SignIns.KEYS, 2));
            page.items().forEach(item -> read.add(item.id()));
            next = page.next();
        } while (next != null);
        assertThat(read).isEqualTo(all);
        refused(
                Problem.INVALID,
                () -> signIns.of(
                        user,
                        user.userId(),
                        Cursor.checked(Cursor.encode(List.of("yesterday", all.get(0))), SignIns.KEYS, 2)));
    }

    @Test
    void oldOnesAreNotShownAndThenForgotten() throws Exception {
        String browser = browser(user, "s1");
        present(user, Client.PROGRAM, "s2", "bascule");
        domain.clock.advance(Duration.ofMinutes(31));
        assertThat(shown(user)).extracting(SignInView::client).containsExactly(Client.PROGRAM);
        domain.clock.advance(Duration.ofDays(32));
        domain.transactions.run(signIns::forget);
        assertThat(signIns.isLive(sample.id, browser)).isFalse();
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select count(*) from sign_in where domain_id = :domain")
                        .number())
                .isZero();
    }
}
