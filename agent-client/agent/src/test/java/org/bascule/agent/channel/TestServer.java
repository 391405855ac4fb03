package org.bascule.agent.channel;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.security.auth.x500.X500Principal;
import org.bascule.wire.Sha256;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A WebSocket server over TLS (RFC 6455, as much as the channel uses) whose part the test plays, message by message. */
public final class TestServer implements AutoCloseable {

    private static final int TEXT = 1;
    private static final int CLOSE = 8;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final SSLServerSocket listening;
    private final X509Certificate certificate;
    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();

    /** @param name the host name in the certificate */
    public TestServer(String name) throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        certificate = selfSigned(name, key);
        listening = (SSLServerSocket) context(key, certificate)
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread acceptor = new Thread(this::accept, "test-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    public static X509Certificate selfSigned(String name, KeyPair key)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal("CN=" + name),
                BigInteger.TEN,
                Date.from(Instant.now().minus(Duration.ofDays(1))),
                Date.from(Instant.now().plus(Duration.ofDays(1))),
                new X500Principal("CN=" + name),
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    }

    public static SSLContext context(KeyPair key, X509Certificate certificate)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", key.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    public String url() {
        return "https://localhost:" + listening.getLocalPort();
    }

    public byte[] spkiHash() {
        return Sha256.of(certificate.getPublicKey().getEncoded());
    }

    public byte[] pem() throws GeneralSecurityException {
        return ("-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                socket.setTcpNoDelay(true);
                Connection connection = new Connection(socket);
                connection.upgrade();
                connections.add(connection);
            } catch (IOException e) {
                // a client that does not trust us, or the end
            }
        }
    }

    /** The next agent that connected. */
    public Connection accepted() throws InterruptedException {
        Connection connection = connections.poll(20, TimeUnit.SECONDS);
        if (connection == null) {
            throw new AssertionError("nobody connected");
        }
        return connection;
    }

    public boolean isEmpty() {
        return connections.isEmpty();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    /** One agent's connection. */
    public static final class Connection implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private String requestLine = "";
        private String userAgent = "";

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        void upgrade() throws IOException {
            String key = "";
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (requestLine.isEmpty()) {
                    requestLine = line;
                }
                if (line.startsWith("User-Agent: ")) {
                    userAgent = line.substring("User-Agent: ".length());
                }
                if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:")) {
                    key = line.substring(line.indexOf(':') + 1).strip();
                }
            }
            out.write(
                    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                                    + accept(key) + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }

        private static String accept(String key) {
            try {
                byte[] digest =
                        MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
                return Base64.getEncoder().encodeToString(digest);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        public String userAgent() {
            return userAgent;
        }

        public String requestLine() {
            return requestLine;
        }

        /** The next text message; null at the end. */
        public @org.jspecify.annotations.Nullable String receive() throws IOException {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            try {
                while (true) {
                    int first = in.readUnsignedByte();
                    int second = in.readUnsignedByte();
                    long length = second & 0x7f;
                    if (length == 126) {
                        length = in.readUnsignedShort();
                    } else if (length == 127) {
                        length = in.readLong();
                    }
                    byte[] mask = in.readNBytes((second & 0x80) != 0 ? 4 : 0);
                    byte[] payload = in.readNBytes((int) length);
                    for (int i = 0; i < payload.length && mask.length == 4; i++) {
                        payload[i] ^= mask[i % 4];
                    }
                    if ((first & 0x0f) == CLOSE) {
                        return null;
                    }
                    message.writeBytes(payload);
                    if ((first & 0x80) != 0) {
                        return message.toString(StandardCharsets.UTF_8);
                    }
                }
            } catch (java.io.EOFException | java.net.SocketException e) {
                return null;
            }
        }

        public void send(String text) {
            frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
        }

        public void frame(int opcode, byte[] payload) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            frame.write(0x80 | opcode);
            if (payload.length < 126) {
                frame.write(payload.length);
            } else if (payload.length <= 0xffff) {
                frame.write(126);
                frame.write(payload.length >> 8);
                frame.write(payload.length);
            } else {
                frame.write(127);
                frame.writeBytes(
                        java.nio.ByteBuffer.allocate(8).putLong(payload.length).array());
            }
            frame.writeBytes(payload);
            try {
                out.write(frame.toByteArray());
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
