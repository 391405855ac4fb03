package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.bascule.session.tls.Authorities;
import org.bascule.session.tls.UntrustedIssuerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TlsTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);

    private static Network trusting(TlsServer server, Integer... ports) throws Exception {
        return new Network(Tls.fresh(Authorities.with(server.pem())), Proxies.none(), "test/1", List.of(ports));
    }

    private static String get(Network network, String url) throws IOException {
        try (HttpAnswer answer = network.send(new HttpCall("GET", URI.create(url), WITHIN))) {
            return new String(answer.body().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String url(TlsServer server) {
        return "https://localhost:" + server.port() + "/";
    }

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, TLS_AES_256_GCM_SHA384, true",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, true",
        "TLSv1.3, TLS_AES_128_GCM_SHA256, false",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, false",
        "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false"
    })
    void onlyForwardSecrecyWithAes256(String protocol, String suite, boolean accepted) throws Exception {
        try (TlsServer server = new TlsServer("CN=us", "localhost", 0)) {
            server.socket().setEnabledProtocols(new String[] {protocol});
            server.socket().setEnabledCipherSuites(new String[] {suite});
            server.start();
            if (accepted) {
                assertThat(get(trusting(server), url(server))).isEqualTo("hello");
            } else {
                assertThatThrownBy(() -> get(trusting(server), url(server))).isInstanceOf(SSLException.class);
            }
        }
    }

    /** Which group comes first decides what a server calculates with (RFC 8446, section 4.2.7). */
    @Test
    void p256IsOfferedFirst() throws Exception {
        Network network = new Network(Tls.fresh(Authorities.ofPlatform()), Proxies.none(), "test/1", List.of());
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread client = new Thread(() -> {
                try {
                    get(network, "https://127.0.0.1:" + server.getLocalPort() + "/");
                } catch (IOException e) {
                    // nobody answers
                }
            });
            client.setDaemon(true);
            client.start();
            try (Socket hello = server.accept()) {
                assertThat(firstGroup(new DataInputStream(hello.getInputStream())))
                        .isEqualTo(0x0017);
            }
        }
    }

    /** The first of the extension {@code supported_groups} of a ClientHello in one record. */
    private static int firstGroup(DataInputStream in) throws IOException {
        in.skipNBytes(5 + 4 + 2 + 32);
        in.skipNBytes(in.readUnsignedByte());
        in.skipNBytes(in.readUnsignedShort());
        in.skipNBytes(in.readUnsignedByte());
        in.readUnsignedShort();
        while (true) {
            int type = in.readUnsignedShort();
            int length = in.readUnsignedShort();
            if (type == 10) {
                in.readUnsignedShort();
                return in.readUnsignedShort();
            }
            in.skipNBytes(length);
        }
    }

    @Test
    void anotherIssuerIsNamedAndInert() throws Exception {
        try (TlsServer expected = new TlsServer("CN=Our CA", "localhost", 0);
                TlsServer other = new TlsServer("CN=Snoop \u001b[31m\u202e CA,O=Acme", "localhost", 0).start()) {
            assertThatThrownBy(() -> get(trusting(expected), url(other)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("Snoop ")
                    .hasMessageContaining("O=Acme")
                    .hasMessageContaining("not by \"CN=Our CA\"")
                    .hasMessageContaining("inspects TLS")
                    .hasMessageNotContainingAny("\u001b", "\u202e")
                    .hasCauseInstanceOf(UntrustedIssuerException.class);
            assertThatThrownBy(() -> get(Network.ofPlatform("test/1"), url(other)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("not trusted here");
        }
    }

    @Test
    void anotherHostIsRefused() throws Exception {
        try (TlsServer server = new TlsServer("CN=us", "elsewhere.example", 0).start()) {
            assertThatThrownBy(() -> get(trusting(server), url(server))).isInstanceOf(SSLException.class);
        }
    }

    /** A port that is silent, one where nobody is, and one that leads to the server. */
    @Test
    void portsAreTriedInTurnAndTheOneThatWorkedIsRemembered() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                TlsServer server = new TlsServer("CN=us", "localhost", 0).start()) {
            Network network = trusting(server, silent.getLocalPort(), nobody, server.port());
            assertThat(get(network, "https://localhost/")).isEqualTo("hello");
            silent.setSoTimeout(5_000);
            silent.accept().close();
            assertThat(get(network, "https://localhost/")).isEqualTo("hello");
            silent.setSoTimeout(100);
            assertThatThrownBy(silent::accept)
                    .as("not asked again")
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void aCertificateIsTheFailureThatIsTold() throws Exception {
        int nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = free.getLocalPort();
        }
        try (TlsServer expected = new TlsServer("CN=Our CA", "localhost", 0);
                TlsServer other = new TlsServer("CN=Snoop", "localhost", 0).start()) {
            assertThatThrownBy(() -> get(trusting(expected, nobody, other.port()), "https://localhost/"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("CN=Snoop");
            assertThatThrownBy(() -> get(trusting(expected, nobody, nobody), "https://localhost/"))
                    .isInstanceOf(NoConnectionException.class);
        }
    }

    @Test
    void aSilentServerEndsInTime() throws Exception {
        try (TlsServer server = new TlsServer("CN=us", "localhost", 0);
                ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Network network = trusting(server, silent.getLocalPort(), silent.getLocalPort());
            assertThatThrownBy(() -> network.send(
                            new HttpCall("GET", URI.create("https://localhost/"), Duration.ofMillis(1_500))))
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }
}
