package org.bascule.web.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.Decision;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.LoginEvents;
import org.bascule.domain.identity.SignInRules;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The frame of the endpoint: who may ask, what is a question, how it is answered. That the answers are right is the domain's test. */
class InternalServletTest {

    private static final String SECRET = "0123456789abcdef-secret";
    private static final String GOOD = "Bearer " + SECRET;
    private static final String ID = "01890000-0000-7000-8000-000000000000";
    private static final String ATTEMPT =
            "{\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"password\",\"userName\":\"anna\",\"userAgent\":\"x\"}";

    private final InternalServlet servlet = new InternalServlet();
    private final List<Object> asked = new ArrayList<>();
    private Decision decision = new Decision.Admitted(ID);
    private Duration left = Duration.ZERO;
    private SignInRules.Requirement required = new SignInRules.Requirement(false, false);
    private boolean down;

    @BeforeEach
    void start() {
        servlet.secret = new ProviderSecret(Optional.of(SECRET));
        servlet.guard = new Guard() {
            @Override
            public Decision begin(Attempt attempt) {
                asked.add(attempt);
                return decision;
            }

            @Override
            public void succeeded(String id) {
                asked.add("success " + id);
            }

            @Override
            public Duration failed(String id) {
                asked.add("failure " + id);
                return left;
            }

            @Override
            public Duration failed(Attempt attempt) {
                asked.add(attempt);
                return left;
            }

            @Override
            public Duration blockedFor(String address) {
                asked.add(address);
                return left;
            }
        };
        servlet.identities = new Identities() {
            @Override
            public Optional<DomainReference> domainOfRealm(String realm) {
                if (down) {
                    throw new IllegalStateException("no database, password=secret");
                }
                return realm.equals("demo")
                        ? Optional.of(new DomainReference("d1", "Demo", "demo", "https://id.example/realms/demo"))
                        : Optional.empty();
            }
        };
        servlet.events = new LoginEvents() {
            @Override
            public void wake(String domainId) {
                asked.add("wake " + domainId);
            }
        };
        servlet.rules = (domain, subject) -> {
            asked.add(domain.id() + " " + subject);
            return required;
        };
    }

    private record Answer(int status, String body, Map<String, String> headers) {
        JsonObject json() {
            return Json.createReader(new StringReader(body)).readObject();
        }

        String problem() {
            return json().getString("type").replace("urn:bascule:problem:", "");
        }
    }

    private Answer post(String path, String body) throws IOException {
        return send("POST", path, GOOD, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private Answer send(String method, String path, @Nullable String authorization, @Nullable String type, byte[] body)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] status = {200};
        Map<String, String> headers = new TreeMap<>();
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "getHeader" -> args[0].equals("Authorization") ? authorization : null;
                    case "getMethod" -> method;
                    case "getPathInfo" -> path;
                    case "getContentType" -> type;
                    case "getInputStream" -> in(body);
                    default -> throw new UnsupportedOperationException(called.getName());
                });
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (proxy, called, args) -> {
                    switch (called.getName()) {
                        case "setStatus" -> status[0] = (int) args[0];
                        case "setHeader" -> headers.put((String) args[0], (String) args[1]);
                        case "getOutputStream" -> {
                            return out(out);
                        }
                        default -> {}
                    }
                    return null;
                });
        servlet.service(request, response);
        return new Answer(status[0], out.toString(StandardCharsets.UTF_8), headers);
    }

    private static ServletInputStream in(byte[] body) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(body);
        return new ServletInputStream() {
            @Override
            public int read() {
                return bytes.read();
            }

            @Override
            public boolean isFinished() {
                return bytes.available() == 0;
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setReadListener(ReadListener listener) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private static ServletOutputStream out(ByteArrayOutputStream body) {
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

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("nothing", null),
                Arguments.of("empty", ""),
                Arguments.of("no scheme", SECRET),
                Arguments.of("another scheme", "Basic " + SECRET),
                Arguments.of("too short", GOOD.substring(0, GOOD.length() - 1)),
                Arguments.of("too long", GOOD + "x"),
                Arguments.of("wrong", GOOD.replace('0', '1')),
                Arguments.of("other case", GOOD.toUpperCase(java.util.Locale.ROOT)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void nobodyIsAnsweredWithoutTheSecret(String name, @Nullable String authorization) throws IOException {
        for (String path : List.of("/attempts", "/admission", "/events", "/nothing")) {
            Answer answer =
                    send("POST", path, authorization, "application/json", ATTEMPT.getBytes(StandardCharsets.UTF_8));
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.problem()).isEqualTo("not-signed-in");
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void withoutAConfiguredSecretNobodyIsAnswered() throws IOException {
        servlet.secret = new ProviderSecret(Optional.empty());
        for (String authorization : List.of("Bearer ", "Bearer null", GOOD)) {
            assertThat(send("POST", "/attempts", authorization, "application/json", new byte[0])
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void aSecretThatCouldBeGuessedIsRefusedAtTheStart() {
        assertThatThrownBy(() -> new ProviderSecret(Optional.of("too-short")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 characters")
                .hasMessageNotContaining("too-short");
        assertThat(servlet.secret).hasToString("ProviderSecret[REDACTED]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"realm\":1,\"address\":\"192.0.2.1\",\"kind\":\"password\"}",
                "{\"realm\":\"demo\",\"kind\":\"password\"}",
                "{\"realm\":\"demo\",\"address\":\"\",\"kind\":\"password\"}",
                "{\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"magic\"}",
                "{\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"client\"}",
                "{\"realm\":\"demo\",\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"password\"}",
                "{\"realm\":\"demo\",\"address\":[\"192.0.2.1\"],\"kind\":\"password\"}"
            })
    void whatIsNoQuestionIsRefused(String body) throws IOException {
        Answer answer = post("/attempts", body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).doesNotContain("Exception").doesNotContain("org.bascule");
        assertThat(asked).isEmpty();
    }

    @Test
    void methodsTypesSizesAndPathsAreChecked() throws IOException {
        byte[] body = ATTEMPT.getBytes(StandardCharsets.UTF_8);
        assertThat(send("GET", "/attempts", GOOD, null, new byte[0]).status()).isEqualTo(405);
        assertThat(send("POST", "/attempts", GOOD, "text/plain", body).status()).isEqualTo(415);
        assertThat(send("POST", "/attempts", GOOD, null, body).status()).isEqualTo(415);
        assertThat(post("/attempts", ATTEMPT.replace("anna", "x".repeat(9_000))).status())
                .isEqualTo(413);
        assertThat(post("/attempts", ATTEMPT.replace("anna", "x".repeat(1_001))).status())
                .isEqualTo(400);
        assertThat(send("POST", "/attempts", GOOD, "application/json", new byte[] {'{', (byte) 0xff, '}'})
                        .status())
                .isEqualTo(400);
        for (String path :
                List.of("/nothing", "/", "/attempts/x/result", "/attempts/" + ID, "/attempts/" + ID + "/result/x")) {
            assertThat(post(path, ATTEMPT).status()).as(path).isEqualTo(404);
        }
        assertThat(post("/attempts", ATTEMPT.replace("demo", "other")).problem())
                .isEqualTo("not-found");
        assertThat(asked).isEmpty();
    }

    @Test
    void anAttemptTakesItsPlaceAndIsSettled() throws IOException {
        Answer begun = post("/attempts", ATTEMPT);
        assertThat(begun.status()).isEqualTo(200);
        assertThat(begun.json().getString("attempt")).isEqualTo(ID);
        assertThat(post("/attempts/" + ID + "/result", "{\"outcome\":\"success\"}")
                        .json()
                        .getInt("retryAfter"))
                .isZero();
        left = Duration.ofMillis(299_001);
        assertThat(post("/attempts/" + ID + "/result", "{\"outcome\":\"failure\",\"error\":\"x\"}")
                        .json()
                        .getInt("retryAfter"))
                .isEqualTo(300);
        assertThat(post("/attempts/" + ID + "/result", "{\"outcome\":\"maybe\"}")
                        .status())
                .isEqualTo(400);
        assertThat(asked.toString())
                .isEqualTo(
                        "[Attempt[kind=PASSWORD, address=192.0.2.1, domainId=d1, userName=anna], success %s, failure %s]"
                                .formatted(ID, ID));
    }

    @Test
    void aRefusalSaysWhyAndForHowLong() throws IOException {
        decision = new Decision.Blocked(Duration.ofSeconds(240));
        Answer blocked = post("/attempts", ATTEMPT);
        assertThat(blocked.status()).isEqualTo(429);
        assertThat(blocked.json()).hasToString("{\"retryAfter\":240,\"reason\":\"blocked\"}");
        assertThat(blocked.headers()).containsEntry("Retry-After", "240");
        decision = new Decision.Busy(Duration.ofSeconds(1));
        assertThat(post("/attempts", ATTEMPT).json()).hasToString("{\"retryAfter\":1,\"reason\":\"busy\"}");
    }

    @Test
    void whatIsNoticedAfterwardsIsToldAndAdmissionIsAsked() throws IOException {
        String body = "{\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"refresh-token\",\"error\":\"x\"}";
        assertThat(post("/failures", body).json().getInt("retryAfter")).isZero();
        assertThat(post("/failures", ATTEMPT).status()).isEqualTo(400);
        assertThat(post("/admission", body).body()).isEqualTo("{}");
        left = Duration.ofSeconds(7);
        assertThat(post("/failures", body).json().getInt("retryAfter")).isEqualTo(7);
        assertThat(post("/admission", body).status()).isEqualTo(429);
        assertThat(post("/events", "{\"realm\":\"demo\"}").status()).isEqualTo(204);
        assertThat(asked).contains("wake d1");
    }

    @Test
    void requirementsComeFromTheDomain() throws IOException {
        String body = "{\"realm\":\"demo\",\"userId\":\"u1\"}";
        assertThat(post("/requirements", body).json())
                .hasToString("{\"secondFactor\":\"voluntary\",\"state\":\"active\"}");
        required = new SignInRules.Requirement(true, true);
        assertThat(post("/requirements", body).json())
                .hasToString("{\"secondFactor\":\"required\",\"state\":\"expired\"}");
        assertThat(asked).containsExactly("d1 u1", "d1 u1");
    }

    @Test
    void withoutADatabaseTheProviderIsRefusedAndLearnsNothing() throws IOException {
        down = true;
        Answer answer = post("/attempts", ATTEMPT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).doesNotContain("secret");
    }
}
