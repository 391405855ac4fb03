package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.token.ApiTokenSecret;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a signed token of a realm does here: the domain is told whose logins end; a bad one does nothing of that. */
class BackChannelLogoutServletTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final BackChannelLogoutServlet servlet = new BackChannelLogoutServlet();
    private final List<String> recorded = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private TestRealms realms;

    @BeforeEach
    void start() throws Exception {
        realms = new TestRealms();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        servlet.tokens = new LogoutTokens(new RealmTokens(TestRealms.CLIENT, realms, clock), clock);
        servlet.journal = new LoginJournal() {
            @Override
            public Identity signedIn(Proof proof, Origin origin) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Identity seen(Proof proof, Origin origin) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Identity seen(ApiTokenSecret token, Origin origin) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Duration idle(Realm realm) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Standing standing(Identity identity) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Standing account(Identity identity) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void signedOut(Identity identity, Origin origin) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void endedAtRealm(String issuer, @Nullable String realmSession, @Nullable String subject) {
                recorded.add(issuer + " " + realmSession + " " + subject);
            }

            @Override
            public void refused(Realm realm, Reason reason, String address) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @AfterEach
    void stop() {
        realms.close();
    }

    private JWTClaimsSet.Builder claims() {
        return realms.logout(NOW);
    }

    private record Answer(int status, String body) {}

    private Answer post(@Nullable String token) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int[] status = {0};
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletRequest.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getRemoteAddr")) {
                        return "192.0.2.1";
                    }
                    if (method.getName().equals("getHeader")) {
                        return args[0].equals("Accept-Language") ? "de" : null;
                    }
                    assertThat(method.getName()).isEqualTo("getParameter");
                    return args[0].equals("logout_token") ? token : null;
                });
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (proxy, method, args) -> {
                    if (method.getName().equals("setStatus")) {
                        status[0] = (int) args[0];
                    }
                    return method.getName().equals("getOutputStream") ? stream(body) : null;
                });
        servlet.doPost(request, response);
        return new Answer(status[0], body.toString(StandardCharsets.UTF_8));
    }

    private static ServletOutputStream stream(ByteArrayOutputStream body) {
        return new ServletOutputStream() {
            @Override
            public void write(int b) {
                body.write(b);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Test
    void sessionThatTheRealmNamesIsEnded() throws Exception {
        Answer answer = post(realms.sign("a", claims().build()));
        assertThat(answer).isEqualTo(new Answer(200, ""));
        assertThat(recorded).containsExactly(realms.issuer("a") + " realm-session-1 " + TestRealms.SUBJECT);
    }

    @Test
    void withoutASessionAllOfTheSubjectEnd() throws Exception {
        assertThat(post(realms.sign("a", claims().claim("sid", null).build())).status())
                .isEqualTo(200);
        assertThat(recorded).containsExactly(realms.issuer("a") + " null " + TestRealms.SUBJECT);
    }

    @Test
    void noTokenAForgedOneAndOneThatWasUsedEndNothing() throws Exception {
        String good = realms.sign("a", claims().build());
        String forged = realms.sign("b", claims().build());
        for (@Nullable String bad : new @Nullable String[] {null, "", "nonsense", forged}) {
            Answer answer = post(bad);
            assertThat(answer.status()).as("%s", bad).isEqualTo(400);
            assertThat(answer.body())
                    .contains("\"status\":400")
                    .containsAnyOf("Ein logout_token ist nötig.", "Das Logout-Token ist nicht gültig.");
        }
        assertThat(recorded).isEmpty();
        assertThat(post(good).status()).isEqualTo(200);
        assertThat(post(good).status()).isEqualTo(400);
        assertThat(recorded).hasSize(1);
    }

    /** The realm has no login here: what the filters let through without one is the path of the servlet. */
    @Test
    void itIsReachedWithoutALogin() {
        WebServlet mapping = BackChannelLogoutServlet.class.getAnnotation(WebServlet.class);
        assertThat(mapping.value()).hasSize(1).allMatch(path -> AccessRule.of(path) == AccessRule.PUBLIC);
    }
}
