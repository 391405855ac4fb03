package org.bascule.control.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.control.server.Http;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The browser is a client of ours that does what browsers do, and what others on this machine may try. */
class LoopbackLoginTest {

    private final FakeServer server;
    private final List<Integer> statuses = new ArrayList<>();
    private TestUser user;

    LoopbackLoginTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        server.realm();
        server.on("POST /realms/demo/token", request -> FakeServer.tokens("access-1", "refresh-1"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void login(Consumer<Map<String, String>> browser) throws CommandException {
        new Account(user.around()).loginHere(server.url(), "demo", Optional.empty(), page -> {
            assertThat(page.toString()).startsWith(server.issuer() + "/auth?");
            browser.accept(query(page));
        });
    }

    private static Map<String, String> query(URI uri) {
        return Arrays.stream(uri.getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private HttpResponse<String> visit(String method, String url) {
        try {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            statuses.add(answer.statusCode());
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String back(Map<String, String> asked, String answer) {
        return asked.get("redirect_uri") + "?" + answer + "&state=" + asked.get("state");
    }

    @Test
    void codeIsExchangedWithItsVerifierAndTheTokensAreKeptPrivately() throws Exception {
        List<String> redirects = new ArrayList<>();
        login(asked -> {
            assertThat(asked)
                    .containsEntry("client_id", "bascule-cli")
                    .containsEntry("response_type", "code")
                    .containsEntry("scope", "openid offline_access")
                    .containsEntry("code_challenge_method", "S256");
            redirects.add(asked.get("redirect_uri"));
            redirects.add(asked.get("code_challenge"));
            HttpResponse<String> page = visit("GET", back(asked, "code=c1&iss=" + Http.encode(server.issuer())));
            assertThat(page.body()).contains("You are signed in").doesNotContain("c1");
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'");
        });
        assertThat(redirects.get(0)).matches("http://127\\.0\\.0\\.1:\\d+/signed-in");
        Map<String, String> form = server.to("/realms/demo/token").get(0).form();
        assertThat(form)
                .containsEntry("grant_type", "authorization_code")
                .containsEntry("code", "c1")
                .containsEntry("redirect_uri", redirects.get(0));
        assertThat(B64.encode(Sha256.of(form.getOrDefault("code_verifier", ""))))
                .isEqualTo(redirects.get(1));
        Path file = user.config("sign-in.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("refresh-1");
        // nobody listens any more
        assertThatThrownBy(() -> visit("GET", redirects.get(0))).hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void whatIsNotThisSignInsAnswerIsToldNothingAndChangesNothing() throws Exception {
        login(asked -> {
            String redirect = asked.get("redirect_uri");
            visit("GET", redirect + "?code=evil");
            visit("GET", redirect + "?code=evil&state=x");
            visit("GET", redirect + "?code=evil&state=" + asked.get("state") + "&state=x");
            visit("GET", back(asked, "code=evil&code=evil"));
            visit("GET", back(asked, "code=evil&iss=" + Http.encode("https://evil.example/realms/demo")));
            visit("POST", back(asked, "code=evil"));
            visit("GET", back(asked, "code=evil").replace("/signed-in", "/"));
            visit("GET", back(asked, "code=evil").replace("127.0.0.1", "localhost"));
            assertThat(statuses).hasSize(8).containsOnly(404);
            visit("GET", back(asked, "code=good"));
        });
        assertThat(server.to("/realms/demo/token")).singleElement().satisfies(request -> assertThat(request.form())
                .containsEntry("code", "good"));
    }

    @ParameterizedTest
    @CsvSource({"error=access_denied,access_denied", "nothing=1,no reason was given"})
    void refusalOfTheRealmIsOneSentence(String answer, String sentence) {
        assertThatThrownBy(() -> login(asked -> visit("GET", back(asked, answer))))
                .isInstanceOfSatisfying(
                        CommandException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_SIGNED_IN))
                .hasMessageContaining(sentence);
        assertThat(user.config("sign-in.json")).doesNotExist();
        assertThat(server.to("/realms/demo/token")).isEmpty();
    }

    @Test
    void codeThatTheRealmDoesNotTakeSignsNobodyIn() {
        server.on("POST /realms/demo/token", request -> new FakeServer.Reply(400, "{\"error\":\"invalid_grant\"}"));
        assertThatThrownBy(() -> login(asked -> visit("GET", back(asked, "code=c1"))))
                .hasMessageContaining("invalid_grant");
        assertThat(user.config("sign-in.json")).doesNotExist();
    }

    @Test
    void browserIsUsedWhereThereIsADesktopAndNobodyComesFromElsewhere() {
        assertThat(Browser.isHere(Map.of("DISPLAY", ":0"), "Linux")).isTrue();
        assertThat(Browser.isHere(Map.of("WAYLAND_DISPLAY", "wayland-0"), "Linux"))
                .isTrue();
        assertThat(Browser.isHere(Map.of(), "Linux")).isFalse();
        assertThat(Browser.isHere(Map.of(), "Windows 11")).isTrue();
        assertThat(Browser.isHere(Map.of(), "Mac OS X")).isTrue();
        for (String system : List.of("Linux", "Windows 11", "Mac OS X")) {
            assertThat(Browser.isHere(Map.of("DISPLAY", ":0", "SSH_CONNECTION", "a b c d"), system))
                    .isFalse();
        }
    }
}
