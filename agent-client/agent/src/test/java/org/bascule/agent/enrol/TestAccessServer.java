package org.bascule.agent.enrol;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.bascule.agent.channel.TestServer;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Answers over TLS as a test tells it to. */
final class TestAccessServer implements AutoCloseable {

    /** An answer after which the connection is cut: nothing of it arrives. */
    static final int CUT = 0;

    private static final int MAX_BODY = 65_536;

    private final HttpsServer server;
    private final String pem;

    /** @param status HTTP, or {@link #CUT} */
    record Answer(int status, String body) {

        static Answer refusal(int status, String code) {
            return new Answer(status, "{\"type\":\"urn:bascule:problem:" + code + "\"}");
        }
    }

    interface Handler {
        Answer answer(String path, StrictJson body) throws Exception;
    }

    TestAccessServer() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        X509Certificate certificate = TestServer.selfSigned("localhost", key);
        pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(TestServer.context(key, certificate)));
        server.start();
    }

    /** What is asked below a path. */
    void at(String path, Handler handler) {
        server.createContext(path, exchange -> {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            try {
                Answer answer = handler.answer(
                        exchange.getRequestURI().getPath(), StrictJson.parse(text.isEmpty() ? "{}" : text, MAX_BODY));
                if (answer.status() != CUT) {
                    byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(answer.status(), bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
            } catch (Exception e) {
                throw new IOException(e);
            } finally {
                exchange.close();
            }
        });
    }

    String url() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    String pem() {
        return pem;
    }

    /** The key that a request asks for. */
    static DeviceIdentityPublicKey key(byte[] csr) throws IOException, WireException {
        return DeviceIdentityPublicKey.parse(
                new PKCS10CertificationRequest(csr).getSubjectPublicKeyInfo().getEncoded("DER"));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
