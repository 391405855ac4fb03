package org.bascule.control.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignInTest {

    private static final String NO_DEVICES = "{\"items\":[],\"total\":0,\"page\":1,\"size\":200}";

    private final FakeServer server;
    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private TestUser user;

    SignInTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        server.realm();
        server.on("GET /api/devices", 200, NO_DEVICES);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void login() throws CommandException {
        new Account(user.around(), pause -> {
                    pauses.add(pause);
                    user.now = user.now.plus(pause);
                })
                .login(server.url(), "demo", Optional.empty(), asked::add);
    }

    private static FakeServer.Reply error(String code) {
        return new FakeServer.Reply(400, "{\"error\":\"" + code + "\"}");
    }

    @Test
    void deviceGrantIsPolledUntilTheUserConfirmed() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        server.on("POST /realms/demo/token", request -> switch (polls.incrementAndGet()) {
            case 1 -> error("authorization_pending");
            case 2 -> error("slow_down");
            default -> FakeServer.tokens("access-1", "refresh-1");
        });
        login();
        assertThat(asked)
                .singleElement()
                .asString()
                .contains(server.issuer() + "/confirm?user_code=ABCD-EFGH")
                .contains("ABCD-EFGH");
        assertThat(pauses).containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(10));
        FakeServer.Request start = server.to("/realms/demo/device").get(0);
        FakeServer.Request poll = server.to("/realms/demo/token").get(0);
        assertThat(start.form())
                .containsEntry("client_id", "bascule-cli")
                .containsEntry("scope", "openid offline_access");
        assertThat(B64.encode(Sha256.of(poll.form().getOrDefault("code_verifier", ""))))
                .as("PKCE")
                .isEqualTo(start.form().get("code_challenge"));
        assertThat(poll.form()).containsEntry("device_code", "dc");
        assertThat(server.to("/api/sign-in").get(0).query()).isEqualTo("domain=demo");

        Path file = user.config("sign-in.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(user.run("ls")).isZero();
        assertThat(server.to("/api/devices").get(0).bearer()).isEqualTo("access-1");
    }

    @ParameterizedTest
    @CsvSource({"access_denied,declined", "expired_token,not confirmed in time", "server_error,server_error"})
    void failedGrantIsOneSentence(String error, String sentence) {
        server.on("POST /realms/demo/token", request -> error(error));
        assertThatThrownBy(this::login)
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_SIGNED_IN))
                .hasMessageContaining(sentence);
        assertThat(user.config("sign-in.json")).doesNotExist();
    }

    @Test
    void unconfirmedCodeIsGivenUp() {
        server.on("POST /realms/demo/token", request -> error("authorization_pending"));
        assertThatThrownBy(this::login).hasMessageContaining("not confirmed in time");
        assertThat(pauses).hasSize(120);
    }

    @Test
    void unknownDomainAndImpostorsAreRefused() {
        server.on("GET /api/sign-in", 404, "{}");
        assertThatThrownBy(this::login).hasMessageContaining("there is no domain 'demo'");
        server.on(
                "GET /api/sign-in",
                200,
                "{\"authorizationServer\":\"" + server.issuer() + "/\",\"clientId\":\"bascule-cli\"}");
        assertThatThrownBy(this::login).isInstanceOfSatisfying(CommandException.class, e -> assertThat(e.exitCode())
                .isEqualTo(ExitCode.SECURITY));
        server.on(
                "GET /api/sign-in",
                200,
                "{\"authorizationServer\":\"http://realm.example/realms/demo\",\"clientId\":\"bascule-cli\"}");
        assertThatThrownBy(this::login).hasMessageContaining("must begin with https://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://access.example",
                "ftp://127.0.0.1",
                "https://user@access.example",
                "https://access.example/?x=1",
                "access.example",
                "https://"
            })
    void badServerUrlIsAUsageError(String url) {
        assertThatThrownBy(() -> new Account(user.around()).login(url, "demo", Optional.empty(), asked::add))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE));
    }

    @Test
    void expiredTokenIsRenewedSilentlyAndKept() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        user.now = user.now.plusSeconds(290);
        server.on("POST /realms/demo/token", request -> {
            assertThat(request.form())
                    .containsEntry("grant_type", "refresh_token")
                    .containsEntry("refresh_token", "refresh-1");
            return FakeServer.tokens("access-2", "refresh-2");
        });
        assertThat(user.run("ls")).isZero();
        assertThat(user.run("ls")).isZero();
        assertThat(server.to("/api/devices"))
                .extracting(FakeServer.Request::bearer)
                .containsExactly("access-2", "access-2");
        assertThat(server.to("/realms/demo/token")).hasSize(2);
        assertThat(Files.readString(user.config("sign-in.json")))
                .contains("refresh-2")
                .doesNotContain("refresh-1");
        assertThat(user.err()).isEmpty();
    }

    @Test
    void tokenThatTheServerRefusesIsRenewedOnce() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-2", "refresh-2"));
        server.on(
                "GET /api/devices",
                request -> "access-2".equals(request.bearer())
                        ? new FakeServer.Reply(200, NO_DEVICES)
                        : new FakeServer.Reply(401, "{}"));
        assertThat(user.run("ls")).isZero();
        server.on("GET /api/devices", 401, "{\"type\":\"urn:bascule:problem:not-signed-in\",\"detail\":\"Sign in.\"}");
        assertThat(user.run("ls")).isEqualTo(ExitCode.NOT_SIGNED_IN.code());
        assertThat(user.err()).isEqualTo("bascule: Sign in.\n");
    }

    @Test
    void endedSignInSaysWhatToDo() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        user.now = user.now.plus(Duration.ofDays(40));
        server.on("POST /realms/demo/token", request -> error("invalid_grant"));
        assertThat(user.run("ls")).isEqualTo(ExitCode.NOT_SIGNED_IN.code());
        assertThat(user.err()).isEqualTo("bascule: your sign-in is over: run 'bascule login' again\n");
    }

    @Test
    void logoutRevokesAndForgets() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        assertThat(user.run("logout")).isZero();
        assertThat(server.to("/realms/demo/revoke").get(0).form()).containsEntry("token", "refresh-1");
        assertThat(user.config("sign-in.json")).doesNotExist();
        assertThat(user.run("ls")).isEqualTo(ExitCode.NOT_SIGNED_IN.code());
        assertThat(user.run("logout")).isZero();
    }

    /** Or the token would be good for weeks, and nobody could end it from here. */
    @Test
    void aSignInThatTheServerDoesNotEndIsKept() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        server.on("POST /realms/demo/revoke", request -> error("temporarily_unavailable"));
        assertThat(user.run("logout")).isEqualTo(ExitCode.CONNECTION.code());
        assertThat(user.err()).contains("you are still signed in");
        assertThat(user.config("sign-in.json")).exists();
        server.on("POST /realms/demo/revoke", request -> FakeServer.tokens("", ""));
        assertThat(user.run("logout")).isZero();
        assertThat(user.config("sign-in.json")).doesNotExist();
    }

    @Test
    void signInThatOthersMayReadIsNotUsed() throws Exception {
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
        login();
        Files.setPosixFilePermissions(user.config("sign-in.json"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(user.run("ls")).isEqualTo(ExitCode.SECURITY.code());
        assertThat(server.to("/api/devices")).isEmpty();
    }

    @Test
    void accessTokenOfTheEnvironmentIsUsedAsItIs() {
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "opaque");
        assertThat(user.run("ls")).isZero();
        assertThat(server.to("/api/devices").get(0).bearer()).isEqualTo("opaque");
        server.on("GET /api/devices", 401, "{}");
        assertThat(user.run("ls")).isEqualTo(ExitCode.NOT_SIGNED_IN.code());
        assertThat(user.err()).contains("BASCULE_TOKEN is not accepted").doesNotContain("opaque");
    }

    @Test
    void offlineTokenOfTheEnvironmentIsExchanged() {
        String offline = "e30."
                + B64.encode(
                        ("{\"typ\":\"Offline\",\"iss\":\"" + server.issuer() + "\"}").getBytes(StandardCharsets.UTF_8))
                + ".c2ln";
        user.environment.put("BASCULE_URL", server.url() + "/");
        user.environment.put("BASCULE_TOKEN", offline);
        server.on("POST /realms/demo/token", request -> {
            assertThat(request.form())
                    .containsEntry("grant_type", "refresh_token")
                    .containsEntry("refresh_token", offline)
                    .containsEntry("client_id", "bascule-cli");
            return FakeServer.tokens("access-9", offline);
        });
        assertThat(user.run("ls")).isZero();
        assertThat(server.to("/api/devices").get(0).bearer()).isEqualTo("access-9");
        assertThat(user.config("sign-in.json")).doesNotExist();
    }

    @Test
    void tokenWithoutServerIsAUsageError() {
        user.environment.put("BASCULE_TOKEN", "opaque");
        assertThat(user.run("ls")).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void noServerIsAConnectionError() {
        user.environment.put("BASCULE_URL", "http://127.0.0.1:1");
        user.environment.put("BASCULE_TOKEN", "opaque");
        assertThat(user.run("ls")).isEqualTo(ExitCode.CONNECTION.code());
        assertThat(user.err()).isEqualTo("bascule: no connection to 127.0.0.1:1\n");
    }
}
