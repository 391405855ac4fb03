package org.bascule.domain.corporate;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.domain.token.ApiTokens;
import org.bascule.domain.token.SignIns;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A domain whose providers tests set up, and an HTTP server that describes itself as one. */
abstract class ProviderTesting {
    static final String SECRET = "pssst-4711";

    final TestDomain domain = new TestDomain().started();
    final Sample sample = new Sample(domain);
    final Caller owner = sample.owner();
    final IdentityProviders providers = domain.get(IdentityProviders.class);
    final CorporateUsers users = domain.get(CorporateUsers.class);
    final Authorization authorization = domain.get(Authorization.class);
    final HttpServer server = server();
    final String issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    final AtomicReference<String> document = new AtomicReference<>(discovery(issuer));

    HttpServer server() {
        try {
            HttpServer made = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            made.createContext("/", exchange -> {
                byte[] body = Objects.requireNonNull(document.get()).getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            made.start();
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String discovery(String issuer) {
        return """
               {"issuer":"%s","authorization_endpoint":"%s/auth","token_endpoint":"%s/token","jwks_uri":"%s/keys"}"""
                .formatted(issuer, issuer, issuer, issuer);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    ProviderChange oidc(@Nullable String secret, GroupMapping... groups) {
        return new ProviderChange(
                "Company", true, new Oidc(issuer, "bascule", "groups"), secret, List.of(groups), null);
    }

    ProviderChange partner(String folder) {
        return new ProviderChange(
                "Partner",
                true,
                new Oidc(issuer, "bascule", "groups"),
                SECRET,
                List.of(),
                new Partner(Set.of(folder), domain.clock.instant().plus(Duration.ofDays(30))));
    }

    ProviderView create(ProviderChange change) throws RefusedException {
        return create(owner, change);
    }

    ProviderView create(Caller caller, ProviderChange change) throws RefusedException {
        return domain.transactions.inNew(() -> providers.create(caller, change));
    }

    ProviderView change(ProviderView before, ProviderChange change) throws RefusedException {
        return domain.transactions.inNew(() -> providers.change(owner, before.id(), before.revision(), change));
    }

    void refused(Problem problem, Caller caller, ProviderChange change) {
        assertThatExceptionOfType(RefusedException.class)
                .as(change.toString())
                .isThrownBy(() -> create(caller, change))
                .matches(e -> e.problem() == problem, problem.code());
    }

    StoredProvider stored(ProviderView view) {
        return domain.transactions.inNew(
                () -> domain.get(ProviderStore.class).find(sample.id, view.id()).orElseThrow());
    }

    /** As a sign-in with the provider does. */
    void vouch(ProviderView view, Caller user, String... theirs) {
        domain.transactions.inNew(() -> {
            users.vouched(sample.id, user.userId(), stored(view));
            users.follow(sample.id, user.actor(), stored(view), Set.of(theirs));
            return true;
        });
    }

    boolean allows(Caller caller, Permission permission, String resource) {
        return domain.transactions.inNew(() -> authorization.allows(caller, permission, resource));
    }

    List<String> groupsOf(Caller user) {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select group_id from group_member where domain_id = :domain and member_id = :user order by group_id")
                .set("user", user.userId())
                .list(row -> row.text(1));
    }

    void refusedChange(Problem problem, Caller caller, ProviderView before, ProviderChange change) {
        assertThatExceptionOfType(RefusedException.class)
                .as(change.toString())
                .isThrownBy(() -> domain.transactions.inNew(
                        () -> providers.change(caller, before.id(), before.revision(), change)))
                .matches(e -> e.problem() == problem, problem.code());
    }

    boolean mayPass(Delegation delegation, Caller caller, String resource, Validity validity) {
        return domain.transactions.inNew(() -> delegation.mayPass(caller, Permission.TERMINAL, resource, validity));
    }

    String token(Caller caller) throws RefusedException {
        return domain.transactions.inNew(() -> domain.get(ApiTokens.class)
                .create(caller, "t", Set.of("terminal"), Set.of(sample.root), Duration.ofDays(9))
                .secret()
                .reveal());
    }

    boolean counts(String token) {
        return domain.transactions.inNew(() -> domain.get(ApiTokens.class)
                .presented(ApiTokenSecret.parse(token).orElseThrow(), "192.0.2.7")
                .isPresent());
    }

    String signIn(Caller user, @Nullable String provider, @Nullable Duration lasting) {
        return domain.transactions.inNew(() -> domain.get(SignIns.class)
                .present(
                        sample.id,
                        user.userId(),
                        new SignIns.Presented(
                                SignIns.Client.BROWSER,
                                domain.ids.next(),
                                domain.clock.instant(),
                                "192.0.2.7",
                                null,
                                Duration.ofHours(2),
                                domain.clock.instant().plus(Duration.ofHours(10)),
                                provider,
                                lasting == null ? null : domain.clock.instant().plus(lasting)))
                .orElseThrow());
    }

    boolean isLive(String signIn) {
        return domain.transactions.inNew(() -> domain.get(SignIns.class).isLive(sample.id, signIn));
    }
}
