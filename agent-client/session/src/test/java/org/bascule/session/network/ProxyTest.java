package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bascule.session.tls.Authorities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Through real proxies: squid, and a SOCKS5 server. The server has a name that only the proxy knows. */
@Timeout(90)
class ProxyTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final String RIGHT = "ann:s3%3A%20cr3t";
    private static final String WRONG = "ann:hunter2";

    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "inside".getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().add("Connection", "close");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static Network through(String proxy) {
        return new Network(
                Tls.resuming(Authorities.ofPlatform()),
                Proxies.of(Map.of(Proxies.VARIABLE, proxy), Optional.empty()),
                "test/1");
    }

    private String get(Network network) throws IOException {
        URI url =
                URI.create("http://" + Squid.INSIDE + ":" + server.getAddress().getPort() + "/");
        try (HttpAnswer answer = network.send(new HttpCall("GET", url, WITHIN))) {
            return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private AbstractThrowableAssert<?, ?> refusal(String proxy) {
        return assertThatThrownBy(() -> get(through(proxy)))
                .isInstanceOf(NoConnectionException.class)
                .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("hunter2", "cr3t"))
                .cause()
                .isInstanceOf(ProxyException.class);
    }

    @Test
    void throughSquidWithoutPassword() throws Exception {
        try (Squid squid = Squid.open(Squid.everybody())) {
            assertThat(get(through("http://127.0.0.1:" + squid.port()))).isEqualTo("inside");
            assertThat(squid.logs("CONNECT " + Squid.INSIDE)).isTrue();
        }
    }

    @Test
    void throughSquidWithBasic() throws Exception {
        try (Squid squid = Squid.open(Squid.basic(), Squid.membersOnly())) {
            Network network = through("http://" + RIGHT + "@127.0.0.1:" + squid.port());
            assertThat(get(network)).isEqualTo("inside");
            assertThat(get(network)).isEqualTo("inside");
            assertThat(squid.logs("/407")).isTrue();
            assertThat(squid.log().stream().filter(line -> line.contains("/407")))
                    .as("asked once")
                    .hasSize(1);
            refusal("http://" + WRONG + "@127.0.0.1:" + squid.port()).hasMessageContaining("refuses this user");
            refusal("http://127.0.0.1:" + squid.port()).hasMessageContaining("asks for a user and a password");
        }
    }

    /** Each nonce is good for three: what comes after is answered with {@code stale}, and tried again. */
    @Test
    void throughSquidWithDigest() throws Exception {
        try (Squid squid = Squid.open(Squid.digest(3), Squid.membersOnly())) {
            Network network = through("http://" + RIGHT + "@127.0.0.1:" + squid.port());
            for (int i = 0; i < 8; i++) {
                assertThat(get(network)).as("request %d", i).isEqualTo("inside");
            }
            assertThat(squid.logs("/407")).isTrue();
            assertThat(squid.log().stream().filter(line -> line.contains("/407")))
                    .as("first question and stale nonces")
                    .hasSizeBetween(2, 5);
            refusal("http://" + WRONG + "@127.0.0.1:" + squid.port()).hasMessageContaining("refuses this user");
        }
    }

    @Test
    void squidWithNtlmAloneIsNamed() throws Exception {
        try (Squid squid = Squid.open(Squid.ntlm(), Squid.membersOnly())) {
            refusal("http://" + RIGHT + "@127.0.0.1:" + squid.port())
                    .hasMessageContaining("offers only NTLM")
                    .hasMessageContaining("Basic and Digest");
        }
    }

    @Test
    void squidWithKerberosAloneIsNamed() throws Exception {
        try (Squid squid = Squid.open(Squid.negotiate(), Squid.membersOnly())) {
            refusal("http://" + RIGHT + "@127.0.0.1:" + squid.port())
                    .hasMessageContaining("offers only Negotiate")
                    .hasMessageContaining("Basic and Digest");
        }
    }

    @Test
    void squidThatForbidsIsNamed() throws Exception {
        try (Squid squid = Squid.open(List.of("http_access deny all"))) {
            refusal("http://127.0.0.1:" + squid.port()).hasMessageContaining("does not allow this connection");
        }
    }

    /** The best of several is taken, whatever the order. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Basic realm=\"r\"|Digest realm=\"r\", nonce=\"n\", qop=\"auth\"|Digest",
                "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"|Digest realm=\"r\", nonce=\"n\", qop=\"auth\","
                        + " algorithm=SHA-256|SHA-256",
                "Negotiate|Basic realm=\"r\"|Basic YW5uOnMzOiBjcjN0"
            })
    void theBestOfferIsTaken(String first, String second, String taken) throws Exception {
        List<String> requests = new ArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 2; i++) {
                    try (Socket client = proxy.accept()) {
                        byte[] request = new byte[4_000];
                        int count = client.getInputStream().read(request);
                        requests.add(new String(request, 0, Math.max(0, count), StandardCharsets.US_ASCII));
                        client.getOutputStream()
                                .write(("HTTP/1.1 " + (i == 0 ? 407 : 403) + " No\r\nProxy-Authenticate: " + first
                                                + "\r\nProxy-Authenticate: " + second + "\r\n\r\n")
                                        .getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                        // the test is over
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
            refusal("http://" + RIGHT + "@127.0.0.1:" + proxy.getLocalPort());
            thread.join(10_000);
            assertThat(requests).hasSize(2);
            assertThat(requests.get(0)).doesNotContain("Proxy-Authorization");
            assertThat(requests.get(1)).contains("Proxy-Authorization: ").contains(taken);
        }
    }

    @Test
    void throughSocksWithTheNameUnresolved() throws Exception {
        try (SocksServer socks = new SocksServer("", "", 0)) {
            assertThat(get(through("socks5://127.0.0.1:" + socks.port()))).isEqualTo("inside");
            assertThat(socks.asked)
                    .containsExactly(Squid.INSIDE + ":" + server.getAddress().getPort());
        }
        try (SocksServer socks = new SocksServer("ann", "s3: cr3t", 0)) {
            assertThat(get(through("socks5h://" + RIGHT + "@127.0.0.1:" + socks.port())))
                    .isEqualTo("inside");
            refusal("socks5://" + WRONG + "@127.0.0.1:" + socks.port()).hasMessageContaining("refuses this user");
            refusal("socks5://127.0.0.1:" + socks.port()).hasMessageContaining("asks for a user and a password");
        }
        try (SocksServer socks = new SocksServer("", "", 2)) {
            refusal("socks5://127.0.0.1:" + socks.port()).hasMessageContaining("does not allow this connection");
        }
    }

    @Test
    void absentProxiesAreNamed() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        refusal("http://" + RIGHT + "@127.0.0.1:" + port)
                .hasMessageContaining("the proxy http://127.0.0.1:" + port + " cannot be reached");
        refusal("socks5://" + RIGHT + "@127.0.0.1:" + port).hasMessageContaining("cannot be reached");
    }

    @Test
    void whichProxyIsChosen() {
        Map<String, String> usual =
                Map.of("HTTPS_PROXY", "http://p:1", "no_proxy", "one.example, .two.example,10.0.0.1:443");
        Proxies proxies = Proxies.of(usual, Optional.empty());
        assertThat(proxies.to("server.example", 443, true)).isInstanceOf(HttpProxy.class);
        assertThat(proxies.to("server.example", 80, false)).isEqualTo(Direct.WAY);
        for (String direct :
                List.of("one.example", "a.ONE.example", "b.two.example", "10.0.0.1", "localhost", "127.0.0.9", "::1")) {
            assertThat(proxies.to(direct, 443, true)).as(direct).isEqualTo(Direct.WAY);
        }
        assertThat(proxies.to("10.0.0.1", 80, true)).isInstanceOf(HttpProxy.class);
        assertThat(proxies.to("notone.example", 443, true)).isInstanceOf(HttpProxy.class);
        Optional<Proxy> setting = Optional.of(Proxy.parse("socks5://s"));
        assertThat(Proxies.of(usual, setting).to("server.example", 80, false)).isInstanceOf(Socks5.class);
        assertThat(Proxies.of(Map.of("BASCULE_PROXY", "h:8080"), setting).to("server.example", 443, true))
                .isInstanceOf(HttpProxy.class);
        assertThat(Proxies.of(Map.of("BASCULE_PROXY", "direct", "ALL_PROXY", "http://p"), setting)
                        .to("server.example", 443, true))
                .isEqualTo(Direct.WAY);
        assertThat(Proxies.of(Map.of("all_proxy", "http://p"), Optional.empty()).to("server.example", 80, false))
                .isInstanceOf(HttpProxy.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "10.0.0.0/8 10.255.0.1 true",
                "10.0.0.0/8 11.0.0.1 false",
                "10.0.0.0/8 10.example false",
                "10.1.2.3/8 10.9.9.9 true",
                "192.168.4.0/22 192.168.7.255 true",
                "192.168.4.0/22 192.168.8.0 false",
                "192.168.4.5/32 192.168.4.5 true",
                "192.168.4.5/32 192.168.4.4 false",
                "0.0.0.0/0 203.0.113.9 true",
                "0.0.0.0/0 2001:db8::1 false",
                "fd00::/8 fd12:3456::1 true",
                "FD00::/8 FD12::1 true",
                "fd00::/8 fe80::1 false",
                "[fd00::]/8 fd00::1 true",
                "2001:db8::/33 2001:db8:7fff::1 true",
                "2001:db8::/33 2001:db8:8000::1 false",
                "10.0.0.0/8 ::ffff:10.1.1.1 true",
                "::/0 10.1.1.1 false",
                "10.0.0.0/33 10.0.0.1 false",
                "10.0.0.0/ 10.0.0.0 false",
                "10.0.0.0/-1 10.0.0.0 false",
                "name/8 name false",
                "fd00::443 fd00::443 true",
                "fd00:0::443 fd00::443 true",
                "fd00::443 fd00:: false",
                "[fd00::1]:443 fd00::1 true",
                "[fd00::1]:80 fd00::1 false",
                "[fd00::1] fd00::1 true",
                "10.0.0.1:x 10.0.0.1 false",
                "*.example a.example true",
                "* 10.0.0.1 true",
            })
    void networksAndAddressesAreReachedDirectly(String listed, String host, boolean direct) {
        Proxies proxies = Proxies.of(
                Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", "other.example," + listed), Optional.empty());
        assertThat(proxies.to(host, 443, true) == Direct.WAY).isEqualTo(direct);
        URI server = URI.create("wss://" + (host.contains(":") ? "[" + host + "]" : host) + "/path");
        assertThat(proxies.leadingTo(server).map(Proxy::shown))
                .isEqualTo(direct ? Optional.empty() : Optional.of("http://p:1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://u:hunter2@p",
                "http://u:hunter2@",
                "http://u:hunter2@p/path",
                "ftp://u:hunter2@p",
                "http://u:hunter2%zz@p",
                "http://u:hunter2@p:0",
                "http://u:hunter2 @p",
                "http://u:hunter2%0a@p",
                ""
            })
    void whatIsNoProxyIsSaidWithoutThePassword(String text) {
        assertThatThrownBy(() -> Proxies.of(Map.of("HTTPS_PROXY", text.isEmpty() ? ":" : text), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("HTTPS_PROXY: ")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void aProxyPrintsWithoutItsUser() {
        Proxy proxy = Proxy.parse("http://ann:secret@[::1]:8080");
        assertThat(proxy).hasToString("http://[::1]:8080");
        assertThat(Arrays.asList(proxy.user(), proxy.password(), proxy.host())).containsExactly("ann", "secret", "::1");
        assertThat(Proxy.parse("proxy.example").port()).isEqualTo(3_128);
        assertThat(Proxy.parse("socks5://proxy.example").port()).isEqualTo(1_080);
    }
}
