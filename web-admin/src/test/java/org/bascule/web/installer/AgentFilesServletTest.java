package org.bascule.web.installer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bascule.web.site.PublicUrl;
import org.bascule.web.site.Site;
import org.bascule.websocket.address.TrustedProxies;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers get: the script, three files, and nothing else. */
class AgentFilesServletTest {

    private static final String SERVER = "https://bascule.example";
    private static final String JAR = "/agent/files/bascule-agent.jar";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final AgentFilesServlet servlet = new AgentFilesServlet();
    private final Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String address = "192.0.2.1";

    /** What happens when the first byte of the next content is written. */
    private @Nullable Meanwhile meanwhile;

    @FunctionalInterface
    private interface Meanwhile {
        void happens() throws IOException;
    }

    private record Answer(int status, byte[] content, Map<String, String> headers) {}

    @BeforeEach
    void fill() throws IOException {
        for (AgentFile file : AgentFile.values()) {
            Files.writeString(folder.resolve(file.fileName()), "content of " + file + "x".repeat(200_000));
        }
        Files.writeString(folder.resolve("bascule.conf"), "not for everybody");
        servlet.files = new AgentFiles(Optional.of(folder), SERVER);
        servlet.site = new Site(
                PublicUrl.parse(SERVER), SERVER, TrustedProxies.none(), List.of(), URI.create("https://id.example"));
    }

    private Answer send(String method, String path) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] status = {200};
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        HttpServletRequest request = (HttpServletRequest) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, called, args) -> switch (called.getName()) {
                    case "getHeader" -> sent.get((String) args[0]);
                    case "getMethod" -> method;
                    case "getServletPath" -> path;
                    case "getRemoteAddr" -> address;
                    case "getHeaders" -> Collections.emptyEnumeration();
                    default -> null;
                });
        HttpServletResponse response = (HttpServletResponse) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {HttpServletResponse.class}, (proxy, called, args) -> {
                    switch (called.getName()) {
                        case "setStatus" -> status[0] = (int) args[0];
                        case "setHeader", "addHeader" -> headers.put((String) args[0], (String) args[1]);
                        case "setContentType" -> headers.put("Content-Type", (String) args[0]);
                        case "setContentLength", "setContentLengthLong" ->
                            headers.put("Content-Length", String.valueOf(args[0]));
                        case "getOutputStream" -> {
                            return stream(out);
                        }
                        default -> {}
                    }
                    return null;
                });
        servlet.service(request, response);
        return new Answer(status[0], out.toByteArray(), headers);
    }

    private ServletOutputStream stream(ByteArrayOutputStream body) {
        return new ServletOutputStream() {
            @Override
            public void write(int b) throws IOException {
                Meanwhile now = meanwhile;
                if (now != null) {
                    meanwhile = null;
                    now.happens();
                }
                body.write(b);
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new IllegalStateException("nobody writes without waiting");
            }
        };
    }

    @Test
    void theScriptIsTheOneWhoseHashIsShown() throws Exception {
        Answer answer = send("GET", "/agent/install.sh");
        assertThat(answer.status()).isEqualTo(200);
        Installer installer = servlet.files.installer().orElseThrow();
        assertThat(AgentFilesTest.sha256(answer.content())).isEqualTo(installer.sha256());
        assertThat(answer.headers())
                .containsEntry("ETag", "\"" + installer.sha256() + "\"")
                .containsEntry("Cache-Control", "public, no-cache")
                .containsEntry("Content-Length", String.valueOf(answer.content().length));
    }

    @ParameterizedTest
    @EnumSource(AgentFile.class)
    void theFilesAreThoseOfTheFolder(AgentFile file) throws Exception {
        String path = "/agent/files/" + file.fileName();
        Answer answer = send("GET", path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.content()).isEqualTo(Files.readAllBytes(folder.resolve(file.fileName())));
        assertThat(answer.headers()).containsEntry("Content-Type", file.type());

        Answer head = send("HEAD", path);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.content()).isEmpty();
        assertThat(head.headers()).isEqualTo(answer.headers());

        String tag = String.valueOf(answer.headers().get("ETag"));
        for (String known : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
            sent.put("If-None-Match", known);
            Answer same = send("GET", path);
            assertThat(same.status()).as(known).isEqualTo(304);
            assertThat(same.content()).isEmpty();
        }
        sent.put("If-None-Match", "\"other\"");
        assertThat(send("GET", path).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/agent/files/bascule.conf",
                "/agent/files/",
                "/agent/files/../bascule.conf",
                "/agent/files/bascule-agent.jar/",
                "/agent/files/BASCULE-AGENT.JAR",
                "/agent/files/bascule-agent\0",
                "/agent/install.sh/",
                "/"
            })
    void nothingElseIsHandedOut(String path) throws IOException {
        Answer answer = send("GET", path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(new String(answer.content(), StandardCharsets.UTF_8)).doesNotContain("everybody");
    }

    @Test
    void onlyReadingIsOffered() throws IOException {
        Answer answer = send("POST", "/agent/install.sh");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.headers()).containsEntry("Allow", "GET, HEAD");
    }

    @Test
    void withoutFilesNothingIsThere() throws IOException {
        servlet.files = new AgentFiles(Optional.empty(), SERVER);
        assertThat(send("GET", "/agent/install.sh").status()).isEqualTo(404);
        assertThat(send("GET", "/agent/files/bascule-agent.jar").status()).isEqualTo(404);
    }

    @Test
    void oneAddressDoesNotUseUpTheServer() throws IOException {
        int served = 0;
        Answer answer = send("HEAD", "/agent/install.sh");
        while (answer.status() == 200 && served < 1_000) {
            served++;
            answer = send("HEAD", "/agent/install.sh");
        }
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.headers()).containsEntry("Retry-After", "5");
        assertThat(served).as("machines behind one address").isBetween(400, 420);
        address = "192.0.2.2";
        assertThat(send("HEAD", "/agent/install.sh").status()).isEqualTo(200);
    }

    /** Begins a download while the last one is being sent, and so on, each of an address. @return what the one after them got */
    private int during(int downloads, int byAddress) throws IOException {
        int[] last = {0};
        nested(0, downloads, byAddress, last);
        return last[0];
    }

    private void nested(int depth, int downloads, int byAddress, int[] last) throws IOException {
        address = "198.51.100." + depth / byAddress;
        if (depth < downloads) {
            meanwhile = () -> nested(depth + 1, downloads, byAddress, last);
        }
        int status = send("GET", JAR).status();
        if (depth == downloads) {
            last[0] = status;
        } else {
            assertThat(status).isEqualTo(200);
        }
    }

    @Test
    void downloadsAtOnceAreLimitedByAddressAndInAll() throws IOException {
        assertThat(during(15, 100)).as("the 16th of an address").isEqualTo(200);
        assertThat(during(16, 100)).as("the 17th of an address").isEqualTo(429);
        assertThat(during(47, 4)).as("the 48th").isEqualTo(200);
        meanwhile = null;
        assertThat(during(48, 4)).as("the 49th").isEqualTo(429);
        meanwhile = null;
        assertThat(during(47, 4)).as("when they are over").isEqualTo(200);
    }

    @Test
    void whoGoesAwayHoldsNoPlace() throws IOException {
        for (int i = 0; i < 20; i++) {
            meanwhile = () -> {
                throw new IOException("connection reset");
            };
            assertThatThrownBy(() -> send("GET", JAR)).hasMessage("connection reset");
        }
        assertThat(send("GET", JAR).status()).isEqualTo(200);
    }

    @Test
    void whoHasAPartGetsTheRest() throws IOException {
        byte[] jar = Files.readAllBytes(folder.resolve(AgentFile.JAR.fileName()));
        sent.put("Range", "bytes=100000-");
        Answer rest = send("GET", JAR);
        assertThat(rest.status()).isEqualTo(206);
        assertThat(rest.content()).isEqualTo(Arrays.copyOfRange(jar, 100_000, jar.length));
        assertThat(rest.headers())
                .containsEntry("Content-Range", "bytes 100000-" + (jar.length - 1) + "/" + jar.length)
                .containsEntry("Content-Length", String.valueOf(jar.length - 100_000))
                .containsEntry("Accept-Ranges", "bytes");
        sent.put("If-Range", String.valueOf(rest.headers().get("ETag")));
        assertThat(send("GET", JAR).status()).isEqualTo(206);
        sent.put("If-Range", "\"another\"");
        assertThat(send("GET", JAR).content()).as("of a file that was replaced").isEqualTo(jar);
        sent.remove("If-Range");

        for (String range : List.of("bytes=" + jar.length + "-", "bytes=999999999999999999-")) {
            sent.put("Range", range);
            Answer beyond = send("GET", JAR);
            assertThat(beyond.status()).as(range).isEqualTo(416);
            assertThat(beyond.content()).isEmpty();
            assertThat(beyond.headers())
                    .containsEntry("Content-Range", "bytes */" + jar.length)
                    .containsEntry("Content-Length", "0");
        }
        for (String range : List.of(
                "bytes=0-", "bytes=-5", "bytes=0-5", "bytes=1-,2-", "bytes=9999999999999999999-", "lines=1-", "")) {
            sent.put("Range", range);
            Answer whole = send("GET", JAR);
            assertThat(whole.status()).as(range).isEqualTo(200);
            assertThat(whole.content()).as(range).isEqualTo(jar);
        }
    }
}
