package org.bascule.domain.corporate;

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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.corporate.NotAdmittedException.Reason;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether and on what terms sign-ins are taken, with what the realm says about who came. */
class CorporateSignInsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller theirs = sample.user("theirs");
    private volatile boolean enabledAtRealm = true;
    private final Set<String> linked = ConcurrentHashMap.newKeySet();

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @SuppressWarnings("NullAway.Init")
    private TestDomain node;

    @SuppressWarnings("NullAway.Init")
    private String url;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        node = domain.with(
                url,
                new Settings.LoginEvents("bascule-server", Files.writeString(directory.resolve("secret"), "secret")));
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String answer =
                "{\"issuer\":\"%1$s\",\"authorization_endpoint\":\"%1$s/auth\",\"token_endpoint\":\"%1$s/t\",\"jwks_uri\":\"%1$s/keys\"}"
                        .formatted(url);
        if (path.endsWith("/token")) {
            answer = "{\"access_token\":\"t\",\"expires_in\":60}";
        } else if (path.endsWith("/federated-identity")) {
            String user = path.split("/")[5];
            assertThat(path).isEqualTo("/admin/realms/" + sample.name + "/users/" + user + "/federated-identity");
            answer = linked.contains(user) ? "[{\"identityProvider\":\"p\",\"userId\":\"u\"}]" : "[]";
        }
        if (path.endsWith("/users/" + theirs.userId())) {
            answer = "{\"enabled\":%s}".formatted(enabledAtRealm);
        }
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private ProviderView createProvider(@Nullable Partner partner) throws RefusedException {
        return domain.transactions.inNew(() -> domain.get(IdentityProviders.class)
                .create(
                        owner,
                        new ProviderChange(
                                "Company",
                                true,
                                new Oidc(url, "bascule", "groups"),
                                "pssst-4711",
                                List.of(),
                                partner)));
    }

    private CorporateSignIns.Admission admit(Caller caller) throws Exception {
        return admit(caller, null, null);
    }

    private CorporateSignIns.Admission admit(Caller caller, @Nullable String provider, @Nullable Instant vouchedAt)
            throws Exception {
        return node.transactions.inNew(
                () -> node.get(CorporateSignIns.class).admit(caller, caller.userId(), provider, vouchedAt));
    }

    private static void refused(Reason reason, ThrowingCallable signIn) {
        assertThatExceptionOfType(NotAdmittedException.class)
                .isThrownBy(signIn)
                .matches(e -> e.reason() == reason, reason.name());
    }

    /** Such as one that a provider's user set at the realm without ever finishing a sign-in here. */
    @Test
    void aPasswordOfWhomAProviderBroughtToTheRealmIsRefused() throws Exception {
        linked.add(theirs.userId());
        createProvider(null);
        refused(Reason.PROVIDER_MISSING, () -> admit(theirs));
        assertThat(admit(owner)).isEqualTo(CorporateSignIns.Admission.OWN);
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        "update sign_in_setting set corporate_only = true, break_glass = :owner where domain_id = :domain")
                .set("owner", owner.userId())
                .update());
        assertThat(admit(owner)).isEqualTo(CorporateSignIns.Admission.OWN);
        linked.clear();
        refused(Reason.CORPORATE_ONLY, () -> admit(theirs));
    }

    @Test
    void itIsSaidWhyAProvidersWordDoesNotCount() throws Exception {
        ProviderView company = createProvider(null);
        assertThat(admit(theirs, company.id(), domain.clock.instant()).provider())
                .isEqualTo(company.id());
        refused(
                Reason.VOUCHED_LONG_AGO,
                () -> admit(theirs, company.id(), domain.clock.instant().minus(CorporateSignIns.LONGEST)));
        refused(Reason.VOUCHED_LONG_AGO, () -> admit(theirs, company.id(), null));
        enabledAtRealm = false;
        refused(Reason.ACCOUNT_GONE, () -> admit(theirs, company.id(), domain.clock.instant()));
        enabledAtRealm = true;
        domain.transactions.inNew(() -> domain.get(IdentityProviders.class)
                .change(
                        owner,
                        company.id(),
                        company.revision(),
                        new ProviderChange("Company", false, company.way(), null, List.of(), null)));
        refused(Reason.PROVIDER_OFF, () -> admit(theirs, company.id(), domain.clock.instant()));
        refused(Reason.PROVIDER_OFF, () -> admit(theirs, "not one of them", null));
    }

    @Test
    void aPartnersTimeIsOver() throws Exception {
        ProviderView partner = createProvider(new Partner(
                Set.of(sample.folder(sample.root, "theirs")),
                domain.clock.instant().plusSeconds(60)));
        assertThat(admit(theirs, partner.id(), domain.clock.instant()).until())
                .isEqualTo(domain.clock.instant().plusSeconds(60));
        domain.clock.advance(Duration.ofSeconds(60));
        refused(Reason.PARTNER_ENDED, () -> admit(theirs, partner.id(), domain.clock.instant()));
    }

    @Test
    void nobodyIsTakenIfTheRealmCannotBeAsked() throws Exception {
        createProvider(null);
        server.stop(0);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> admit(theirs))
                .matches(e -> e.problem() == Problem.UNAVAILABLE);
    }
}
