package org.bascule.websocket.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.TrustManagerFactory;
import org.bascule.websocket.address.TrustedProxies;

/** A certificate of its own, and a client of TLS 1.3 that sees its records. */
record TestTls(SSLContext server, SSLContext client) {

    static final TrustedProxies NO_PROXIES = TrustedProxies.parse(List.of());

    private static final char[] PASSWORD = "only for tests".toCharArray();

    static TestTls make(Path folder) throws Exception {
        Path file = folder.resolve("keys");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=localhost",
                        "-alias",
                        "server",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        SSLContext server = SSLContext.getInstance("TLS");
        server.init(own.getKeyManagers(), null, null);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", keys.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext client = SSLContext.getInstance("TLS");
        client.init(null, trust.getTrustManagers(), null);
        return new TestTls(server, client);
    }

    Client connect(int port) throws IOException {
        SSLEngine engine = client.createSSLEngine("localhost", port);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {"TLSv1.3"});
        Client connected =
                new Client(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), engine);
        connected.handshake();
        return connected;
    }

    /** One thread at a time, but for {@link #there}. */
    static final class Client implements AutoCloseable {

        private static final int ROOM = 40_000;

        private final SocketChannel channel;
        private final SSLEngine engine;
        private final ByteBuffer in = ByteBuffer.allocate(ROOM).flip();
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private volatile int updates;
        private int answers;

        private Client(SocketChannel channel, SSLEngine engine) {
            this.channel = channel;
            this.engine = engine;
        }

        private void handshake() throws IOException {
            engine.beginHandshake();
            for (HandshakeStatus status = engine.getHandshakeStatus();
                    status != HandshakeStatus.NOT_HANDSHAKING;
                    status = engine.getHandshakeStatus()) {
                switch (status) {
                    case NEED_TASK -> engine.getDelegatedTask().run();
                    case NEED_WRAP -> raw(record(new byte[0]));
                    default -> receive();
                }
            }
            answers = 0;
        }

        /** Bytes of all records that this content takes, the change of keys that is due included. */
        byte[] record(byte[] content) throws IOException {
            ByteBuffer out = ByteBuffer.allocate(content.length + ROOM);
            ByteBuffer from = ByteBuffer.wrap(content);
            do {
                SSLEngineResult result = engine.wrap(from, out);
                assertThat(result.getStatus()).isEqualTo(SSLEngineResult.Status.OK);
                if (content.length > 0 && result.bytesConsumed() == 0) {
                    updates++;
                }
            } while (from.hasRemaining());
            byte[] bytes = new byte[out.flip().remaining()];
            out.get(bytes);
            return bytes;
        }

        void raw(byte[] bytes) throws IOException {
            ByteBuffer out = ByteBuffer.wrap(bytes);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        private void receive() throws IOException {
            ByteBuffer out = ByteBuffer.allocate(ROOM);
            SSLEngineResult result = engine.unwrap(in, out);
            read.write(out.array(), 0, out.position());
            if (result.bytesConsumed() > 0 && result.bytesProduced() == 0) {
                answers++;
            }
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                in.compact();
                int count = channel.read(in);
                in.flip();
                if (count < 0) {
                    throw new IOException("the server has ended the connection");
                }
            }
        }

        /** Sends this, and waits until the container has it. */
        void exchange(byte[] content, Supplier<byte[]> received) throws Exception {
            raw(record(content));
            for (int i = 0; received.get().length < content.length; i++) {
                assertThat(i).isLessThan(2_000);
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }

        /** Begins to send this. */
        void sends(byte[] content) {
            Thread sender = new Thread(() -> {
                try {
                    Random random = new Random(3);
                    for (int at = 0; at < content.length; ) {
                        int end = Math.min(content.length, at + 1 + random.nextInt(60_000));
                        raw(record(Arrays.copyOfRange(content, at, end)));
                        at = end;
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            sender.setDaemon(true);
            sender.start();
        }

        /** Sends this, and gives what comes back. */
        byte[] there(byte[] content) throws Exception {
            sends(content);
            while (read.size() < content.length) {
                receive();
            }
            byte[] all = read.toByteArray();
            read.reset();
            return all;
        }

        /** Until so many records have come that have no content: new keys of the other end. */
        void awaitAnswers(int count) throws IOException {
            while (answers < count) {
                receive();
            }
        }

        void readsUntil(BooleanSupplier done) throws IOException {
            while (!done.getAsBoolean()) {
                receive();
                read.reset();
            }
        }

        /** New keys that this end has begun to use. */
        int updates() {
            return updates;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
