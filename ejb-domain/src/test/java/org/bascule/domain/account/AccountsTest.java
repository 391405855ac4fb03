package org.bascule.domain.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.IdentitySettings.Mail;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.people.UserView;
import org.bascule.domain.people.Users;
import org.bascule.domain.realm.DomainSignIn;
import org.bascule.domain.realm.SignInSettings;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.testing.TestTransactions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left when a realm fails in the middle: an HTTP server answers as it would. That a real one does it is tested elsewhere (AccountIT). */
class AccountsTest {

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
    private Caller owner;

    @SuppressWarnings("NullAway.Init")
    private Caller anna;

    @SuppressWarnings("NullAway.Init")
    private Accounts accounts;

    /** Method and end of the path, with what is answered in place of what usually is. */
    private final Map<String, String> answers = new ConcurrentHashMap<>();

    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, String> bodies = new ConcurrentHashMap<>();

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
                .with(new IdentitySettings(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Mail(
                                "127.0.0.1",
                                1,
                                Mail.Encryption.NONE,
                                "bascule@example.com",
                                Optional.empty(),
                                Optional.empty()))))
                .started();
        sample = new Sample(domain);
        owner = sample.owner();
        anna = sample.user("anna");
        accounts = domain.get(Accounts.class);
        answers.put("GET /users/" + anna.userId(), "{\"username\":\"anna\",\"email\":\"anna@old.example\"}");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString().replaceFirst("^/admin/realms/[^/?]+", "");
        String what = exchange.getRequestMethod() + " " + path;
        bodies.put(what, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        requests.add(what);
        String body = path.endsWith("/token")
                ? "{\"access_token\":\"t\",\"expires_in\":60}"
                : answers.getOrDefault(what, path.matches("/users/.+/.+") ? "[]" : "{}");
        boolean fails = failing.stream().anyMatch(what::endsWith);
        int status = Integer.parseInt(
                answers.getOrDefault("status " + what, fails ? what.equals("POST /users") ? "409" : "500" : "200"));
        if (what.equals("POST /users") && !fails) {
            exchange.getResponseHeaders().add("Location", "http://x/users/" + UUID.randomUUID());
        }
        if (what.startsWith("DELETE /users/")) {
            failing.remove("POST /users");
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static void refused(Problem problem, ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class).isThrownBy(work).satisfies(e -> assertThat(e.problem())
                .isEqualTo(problem));
    }

    private void signedIn() {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into sign_in (id, domain_id, user_id, client, realm_session, address, since, last_used, idle_seconds, until)
                        values (:id, :domain, :user, 'browser', 's1', '192.0.2.7', :now, :now, 1800, :until)""")
                .set("id", domain.ids.next())
                .set("user", anna.userId())
                .set("now", domain.clock.instant())
                .set("until", domain.clock.instant().plus(Duration.ofHours(10)))
                .update();
    }

    private long open() {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from sign_in where domain_id = :domain and ended is null")
                .number();
    }

    private List<String> notices() {
        return domain.sql
                .in(sample.id)
                .statement("select kind from notice where domain_id = :domain")
                .list(row -> row.text(1));
    }

    private void change(Optional<Boolean> enabled, Optional<String> email) throws RefusedException {
        long revision = domain.get(Users.class).user(owner, anna.userId()).revision();
        accounts.change(
                owner, anna.userId(), revision, null, null, new AccountChange(enabled, email, Optional.empty()));
    }

    @Test
    void whatWantsAFreshFactorWantsItForAccountsToo() throws Exception {
        domain.transactions.inNew(() -> domain.get(DomainSignIn.class)
                .change(
                        owner,
                        0,
                        new SignInSettings(
                                SignInSettings.DEFAULT.password(),
                                SignInSettings.DEFAULT.secondFactor(),
                                true,
                                SignInSettings.DEFAULT.session(),
                                new SignInSettings.FreshFactor(Set.of(Permission.MANAGE_USERS), 5))));
        for (TestTransactions.Action<RefusedException> work : List.<TestTransactions.Action<RefusedException>>of(
                () -> accounts.resetPassword(owner, anna.userId()),
                () -> accounts.resetFactors(owner, anna.userId()),
                () -> accounts.invite(owner, anna.userId()),
                () -> change(Optional.of(false), Optional.empty()))) {
            refused(Problem.FACTOR_NOT_FRESH, () -> domain.transactions.run(work));
        }
        assertThat(requests).isEmpty();
    }

    private UserView rename(Caller caller, String id, String name) throws RefusedException {
        long revision = domain.get(Users.class).user(owner, id).revision();
        return domain.transactions.inNew(() -> accounts.change(caller, id, revision, name, null, AccountChange.NONE));
    }

    private Caller tokenOf(String name, Instant issued) throws RefusedException {
        String issuer = domain.settings.issuerOf(sample.name);
        return domain.transactions.inNew(() -> domain.get(Identities.class)
                .signIn(new SignIn(issuer, anna.userId(), name, "192.0.2.7", null, null, true, issued)));
    }

    private List<@Nullable String> updates() {
        return sample.audited("user.update").stream()
                .map(row -> row.resourceName() + " " + row.changes())
                .toList();
    }

    @Test
    void whoHasAnAccountIsRenamedWithIt() throws Exception {
        Instant before = domain.clock.instant();
        UserView renamed = rename(owner, anna.userId(), " Anna.Berg ");
        assertThat(renamed.name()).isEqualTo("anna.berg");
        assertThat(requests).contains("PUT /users/" + anna.userId());
        assertThat(bodies.get("PUT /users/" + anna.userId()))
                .contains("\"username\":\"anna.berg\"")
                .contains("anna@old.example");
        String record = "anna.berg {\"name\":{\"before\":\"anna\",\"after\":\"anna.berg\"}}";
        assertThat(updates()).containsExactly(record);
        // a token that was given before says the former name for some minutes
        assertThat(tokenOf("anna", before).userName()).isEqualTo("anna.berg");
        assertThat(updates()).containsExactly(record);
        domain.clock.advance(Duration.ofMinutes(5));
        assertThat(tokenOf("anna.berg", domain.clock.instant()).userName()).isEqualTo("anna.berg");
        assertThat(updates()).containsExactly(record);
        // what the realm says from then on counts again
        assertThat(tokenOf("anna.c", domain.clock.instant()).userName()).isEqualTo("anna.c");
        assertThat(updates()).hasSize(2);
    }

    /** Whatever the realm does with a name, nothing else is half done. */
    @Test
    void theNameOfAnAccountIsChangedByItself() throws Exception {
        long revision = domain.get(Users.class).user(owner, anna.userId()).revision();
        AccountChange off = new AccountChange(Optional.of(false), Optional.empty(), Optional.empty());
        refused(
                Problem.INVALID,
                () -> domain.transactions.inNew(
                        () -> accounts.change(owner, anna.userId(), revision, "anna.berg", null, off)));
        refused(
                Problem.INVALID,
                () -> domain.transactions.inNew(() ->
                        accounts.change(owner, anna.userId(), revision, "anna.berg", sample.root, AccountChange.NONE)));
        assertThat(requests)
                .filteredOn(request -> request.contains("/users/"))
                .allMatch(request -> request.startsWith("GET "));
        assertThat(updates()).isEmpty();
    }

    @Test
    void theNameThatThereIsAsksTheRealmNothing() throws Exception {
        rename(owner, anna.userId(), "anna");
        rename(owner, anna.userId(), " Anna");
        assertThat(requests).isEmpty();
        assertThat(updates()).isEmpty();
    }

    @Test
    void aRealmThatRefusesANameTakesEverythingBack() throws Exception {
        answers.put("status PUT /users/" + anna.userId(), "409");
        refused(Problem.CONFLICT, () -> rename(owner, anna.userId(), "taken"));
        answers.put("status PUT /users/" + anna.userId(), "500");
        refused(Problem.UNAVAILABLE, () -> rename(owner, anna.userId(), "other"));
        answers.put("status PUT /users/" + anna.userId(), "400");
        refused(Problem.UNAVAILABLE, () -> rename(owner, anna.userId(), "other"));
        assertThat(domain.get(Users.class).user(owner, anna.userId()).name()).isEqualTo("anna");
        assertThat(updates()).isEmpty();
    }

    @Test
    void aNameThatComesFromElsewhereIsChangedThere() throws Exception {
        answers.put(
                "GET /users/" + anna.userId() + "/federated-identity",
                "[{\"identityProvider\":\"company\",\"userId\":\"1\",\"userName\":\"anna\"}]");
        refused(Problem.CONFLICT, () -> rename(owner, anna.userId(), "anna.berg"));
        answers.remove("GET /users/" + anna.userId() + "/federated-identity");
        answers.put("GET /users/" + anna.userId(), "{\"username\":\"anna\",\"federationLink\":\"directory\"}");
        refused(Problem.CONFLICT, () -> rename(owner, anna.userId(), "anna.berg"));
        assertThat(requests).noneMatch(request -> request.startsWith("PUT"));
        assertThat(updates()).isEmpty();
    }

    @Test
    void whoeverMayNotOrGivesNoNameRenamesNobody() throws Exception {
        Caller other = sample.user("other");
        refused(Problem.NOT_FOUND, () -> rename(other, anna.userId(), "eve"));
        sample.entry(sample.root, other.userId(), Permission.SEE_USERS, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> rename(other, anna.userId(), "eve"));
        sample.entry(sample.root, other.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        sample.delegable(sample.root, anna.userId(), Permission.TERMINAL);
        refused(Problem.DELEGATION, () -> rename(other, anna.userId(), "eve"));
        Caller token = owner.by(
                new Credential("t", null, new Limits(Set.of("manage-users", "see-users"), Set.of(sample.root))));
        refused(Problem.FORBIDDEN, () -> rename(token, anna.userId(), "eve"));
        refused(Problem.INVALID, () -> rename(owner, anna.userId(), "Änne"));
        refused(Problem.INVALID, () -> rename(owner, anna.userId(), "a\nb"));
        UserView awaited =
                domain.transactions.inNew(() -> domain.get(Users.class).create(owner, sample.root, "berta"));
        refused(Problem.CONFLICT, () -> rename(owner, anna.userId(), "berta"));
        assertThat(rename(owner, awaited.id(), "Änne").name())
                .as("nobody has an account yet")
                .isEqualTo("Änne");
        refused(Problem.CONFLICT, () -> rename(owner, owner.userId(), "root"));
        assertThat(requests).noneMatch(request -> request.startsWith("PUT"));
    }

    @Test
    void aNewPasswordEndsSignInsHereWhateverTheRealmDoes() throws Exception {
        signedIn();
        failing.add("/logout");
        assertThat(domain.transactions.inNew(() -> accounts.resetPassword(owner, anna.userId())))
                .isNotEmpty();
        assertThat(open()).isZero();
        assertThat(sample.audited("user.reset-password")).hasSize(1);
        assertThat(notices()).containsExactly("password-reset");
    }

    @Test
    void factorsThatAreGoneAreRecordedThoughTheNextOneIsNot() {
        signedIn();
        String path = "/users/" + anna.userId() + "/credentials";
        answers.put(
                "GET " + path,
                "[{\"id\":\"c3\",\"type\":\"password-history\"},{\"id\":\"c1\",\"type\":\"otp\"},{\"id\":\"c2\",\"type\":\"webauthn\"}]");
        failing.add("/c3");
        failing.add("/c2");
        refused(Problem.UNAVAILABLE, () -> domain.transactions.run(() -> accounts.resetFactors(owner, anna.userId())));
        assertThat(sample.audited("user.reset-factors"))
                .singleElement()
                .extracting(AuditEntry::changes)
                .asString()
                .contains("\"before\":\"otp\"");
        assertThat(notices()).containsExactly("factors-reset");
        assertThat(open()).isZero();
    }

    @Test
    void aNewAddressIsRecordedAndToldWhateverFailsAfterIt() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    change(Optional.empty(), Optional.of("anna@new.example"));
                    throw new IllegalStateException("later");
                }));
        assertThat(sample.audited("user.update")).hasSize(1);
        assertThat(notices()).containsExactly("address-changed");
    }

    /** The link for a new password goes to it: whoever has but the session of an administrator takes nothing over with it. */
    @Test
    void onesOwnAddressNeedsASecondFactorThatWasProvedAMomentAgo() throws Exception {
        answers.put("GET /users/" + owner.userId(), "{\"username\":\"owner\",\"email\":\"owner@old.example\"}");
        refused(Problem.CONFLICT, () -> domain.transactions.run(() -> changeOwnAddress(owner)));
        Instant now = domain.clock.instant();
        Caller proved = owner.by(new Credential("sign-in", now.minus(Duration.ofMinutes(6)), null));
        refused(Problem.FACTOR_NOT_FRESH, () -> domain.transactions.run(() -> changeOwnAddress(proved)));
        assertThat(requests).isEmpty();
        Caller fresh = owner.by(new Credential("sign-in", now.minus(Duration.ofMinutes(4)), null));
        domain.transactions.run(() -> changeOwnAddress(fresh));
        assertThat(requests).contains("PUT /users/" + owner.userId());
        assertThat(notices()).containsExactly("address-changed");
    }

    private void changeOwnAddress(Caller self) throws RefusedException {
        long revision = domain.get(Users.class).user(owner, owner.userId()).revision();
        accounts.change(
                self,
                owner.userId(),
                revision,
                null,
                null,
                new AccountChange(Optional.empty(), Optional.of("owner@new.example"), Optional.empty()));
    }

    @Test
    void whoeverIsSwitchedOffIsSignedOutHereWhateverTheRealmDoes() throws Exception {
        signedIn();
        failing.add("/users/" + anna.userId());
        domain.transactions.run(() -> change(Optional.of(false), Optional.empty()));
        assertThat(open()).isZero();
    }

    /** What the realm is asked about Anna by the work that comes again and again; other tests share the database. */
    private List<String> retryAfter(Duration pause) {
        domain.clock.advance(pause);
        requests.clear();
        domain.get(SignOutRetries.class).sweep();
        return requests.stream()
                .filter(request -> request.contains(anna.userId()))
                .toList();
    }

    /** Or a token that a program keeps would begin a new sign-in, as what ended is known to have ended earlier. */
    @Test
    void aRealmThatDidNotEndSessionsIsAskedAgainUntilItHas() throws Exception {
        String logout = "POST /users/" + anna.userId() + "/logout";
        failing.add("/logout");
        domain.transactions.inNew(() -> accounts.resetPassword(owner, anna.userId()));
        assertThat(retryAfter(Duration.ofSeconds(9))).isEmpty();
        assertThat(retryAfter(Duration.ofSeconds(2))).contains(logout);
        assertThat(retryAfter(Duration.ofSeconds(9))).isEmpty();
        failing.clear();
        assertThat(retryAfter(Duration.ofSeconds(10))).contains(logout).noneMatch(request -> request.startsWith("PUT"));
        assertThat(retryAfter(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void anAccountThatTheRealmDidNotSwitchOffIsSwitchedOffLater() throws Exception {
        failing.add("/users/" + anna.userId());
        domain.transactions.run(() -> change(Optional.of(false), Optional.empty()));
        failing.clear();
        assertThat(retryAfter(Duration.ofSeconds(11)))
                .containsSubsequence("PUT /users/" + anna.userId(), "POST /users/" + anna.userId() + "/logout");
        assertThat(retryAfter(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void whoeverIsSwitchedOnAgainBeforeThatIsSignedOutAtTheRealmFirst() throws Exception {
        failing.add("/users/" + anna.userId());
        failing.add("/logout");
        domain.transactions.run(() -> change(Optional.of(false), Optional.empty()));
        failing.remove("/users/" + anna.userId());
        refused(Problem.UNAVAILABLE, () -> domain.transactions.run(() -> change(Optional.of(true), Optional.empty())));
        failing.clear();
        requests.clear();
        domain.transactions.run(() -> change(Optional.of(true), Optional.empty()));
        assertThat(requests)
                .containsSubsequence("POST /users/" + anna.userId() + "/logout", "PUT /users/" + anna.userId());
        assertThat(retryAfter(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void nothingIsDueWhereTheRealmAnswered() throws Exception {
        domain.transactions.inNew(() -> accounts.resetPassword(owner, anna.userId()));
        domain.transactions.run(() -> accounts.resetFactors(owner, anna.userId()));
        domain.transactions.run(() -> change(Optional.of(false), Optional.empty()));
        assertThat(retryAfter(Duration.ofHours(1))).isEmpty();
    }

    @Test
    void anInvitationIsRecorded() throws Exception {
        domain.transactions.run(() -> accounts.invite(owner, anna.userId()));
        assertThat(sample.audited("user.invite")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.userId()).isEqualTo(owner.userId());
            assertThat(row.resourceId()).isEqualTo(anna.userId());
            assertThat(row.resourceName()).isEqualTo("anna");
            assertThat(row.changes()).isNull();
        });
    }

    @Test
    void nobodysMailboxIsFilled() throws Exception {
        for (int i = 0; i < 5; i++) {
            String address = "anna@%d.example".formatted(i);
            domain.transactions.run(() -> accounts.invite(owner, anna.userId()));
            domain.transactions.run(() -> change(Optional.empty(), Optional.of(address)));
        }
        requests.clear();
        refused(Problem.TOO_MANY_REQUESTS, () -> domain.transactions.run(() -> accounts.invite(owner, anna.userId())));
        refused(
                Problem.TOO_MANY_REQUESTS,
                () -> domain.transactions.run(() -> change(Optional.empty(), Optional.of("anna@new.example"))));
        assertThat(requests).isEmpty();
        domain.clock.advance(Duration.ofHours(1));
        domain.transactions.run(() -> accounts.invite(owner, anna.userId()));
    }

    private void found(String id, Duration age, String more) {
        answers.put(
                "GET /users?exact=true&username=berta",
                "[{\"id\":\"%s\",\"enabled\":true,\"createdTimestamp\":%d%s}]"
                        .formatted(id, domain.clock.instant().minus(age).toEpochMilli(), more));
        failing.add("POST /users");
        requests.clear();
    }

    private void create() throws RefusedException {
        domain.transactions.run(() -> accounts.create(owner, sample.root, "berta", null, null, false));
    }

    @Test
    void anAccountThatNobodyEverUsedBlocksItsNameForSomeMinutesOnly() throws Exception {
        String id = "33333333-4444-4444-8444-" + sample.id.substring(24);
        String awaited = ",\"requiredActions\":[\"UPDATE_PASSWORD\"]";
        found(id, Duration.ofMinutes(5), awaited);
        refused(Problem.CONFLICT, this::create);
        found(id, Duration.ofMinutes(15), "");
        refused(Problem.CONFLICT, this::create);
        found(id, Duration.ofMinutes(15), awaited + ",\"federationLink\":\"ldap\"");
        refused(Problem.CONFLICT, this::create);
        for (String used : List.of("/sessions", "/federated-identity")) {
            answers.put("GET /users/" + id + used, "[{}]");
            found(id, Duration.ofMinutes(15), awaited);
            refused(Problem.CONFLICT, this::create);
            answers.remove("GET /users/" + id + used);
        }
        found(anna.userId(), Duration.ofMinutes(15), awaited);
        refused(Problem.CONFLICT, this::create);
        found(id, Duration.ofMinutes(15), awaited);
        create();
        assertThat(requests).contains("DELETE /users/" + id);
    }
}
