package org.bascule.session.bench;

import org.bascule.wire.Json;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bascule.session.network.Network;
import org.bascule.session.client.WarmUp;
import org.bascule.session.handshake.HandshakeVectors;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.TestRelay;
import org.bascule.session.transport.Transport;
import org.bascule.wire.Operations;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;

/** {@code mvn -Pbench -pl agent-client/session test-compile exec:java}. One table in Markdown for each measurement. */
public final class SessionBench {

    private static final Operations ALL = Operations.of(Operations.EXEC, Operations.TERMINAL);
    private static final SessionListener SILENT = new SessionListener() {};
    private static final Duration JOIN = Duration.ofSeconds(20);
    private static final int ROUNDS = 3;

    private SessionBench() {}

    public static void main(String[] args) throws Exception {
        WarmUp.run(Duration.ofSeconds(3));
        System.out.println("| records sealed and opened | 1 KiB | 16 KiB | 64 KiB |\n|---|---|---|---|");
        for (int round = 0; round < ROUNDS; round++) {
            System.out.println(row("bare JCA AES-256-GCM, GB/s", SessionBench::bareCipher));
            System.out.println(row("records, GB/s", SessionBench::records));
        }
        System.out.println("\n| stream over memory, both ends in one process | MB/s |\n|---|---|");
        for (int round = 0; round < ROUNDS; round++) {
            System.out.printf("| 64 KiB writes | %.0f |%n", stream());
        }
        System.out.println("\n| echo of a key through a relay on loopback, microseconds | median | p99 |\n|---|---|---|");
        for (int round = 0; round < ROUNDS; round++) {
            long[] nanos = echo();
            System.out.printf(
                    "| client, relay of the tests, device in one process | %.0f | %.0f |%n",
                    nanos[nanos.length / 2] / 1e3, nanos[nanos.length * 99 / 100] / 1e3);
        }
        System.exit(0);
    }

    private interface Measurement {
        double gigabytesPerSecond(int size) throws Exception;
    }

    private static String row(String name, Measurement measurement) throws Exception {
        return "| %s | %.2f | %.2f | %.2f |"
                .formatted(
                        name,
                        measurement.gigabytesPerSecond(1 << 10),
                        measurement.gigabytesPerSecond(16 << 10),
                        measurement.gigabytesPerSecond(64 << 10));
    }

    private static int count(int size) {
        return (int) ((512L << 20) / size);
    }

    private static double bareCipher(int size) throws GeneralSecurityException {
        SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
        Cipher seal = Cipher.getInstance("AES/GCM/NoPadding");
        Cipher open = Cipher.getInstance("AES/GCM/NoPadding");
        byte[] plain = new byte[size];
        byte[] sealed = new byte[size + 16];
        byte[] nonce = new byte[12];
        int count = count(size);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            ByteBuffer.wrap(nonce).putLong(4, i);
            GCMParameterSpec spec = new GCMParameterSpec(128, nonce);
            seal.init(Cipher.ENCRYPT_MODE, key, spec);
            seal.doFinal(plain, 0, size, sealed, 0);
            open.init(Cipher.DECRYPT_MODE, key, spec);
            open.doFinal(sealed, 0, sealed.length, plain, 0);
        }
        return rate(size, count, start);
    }

    private static double records(int size) throws RecordException {
        RecordCodec client = RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, HandshakeVectors.keys());
        RecordCodec device = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, HandshakeVectors.keys());
        byte[] plain = new byte[RecordCodec.MAX_PLAINTEXT];
        int count = count(size);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            byte[] record = client.sealData(plain, 0, size);
            device.open(record, 0, record.length, plain);
        }
        return rate(size, count, start);
    }

    private static double rate(int size, int count, long start) {
        return (double) size * count / (System.nanoTime() - start);
    }

    private static double stream() throws Exception {
        MemoryTransport.Pair transports = MemoryTransport.pair();
        long total = 512L << 20;
        CompletableFuture<Long> done = new CompletableFuture<>();
        long[] received = {0};
        Session.device(
                HandshakeVectors.keys(),
                ALL,
                transports.device(),
                (stream, service, arguments) -> (from, buffer, offset, length) -> {
                    from.consumed(length);
                    received[0] += length;
                    if (received[0] == total) {
                        done.complete(System.nanoTime());
                    }
                },
                SILENT,
                SessionConfig.DEFAULT);
        try (Session client =
                Session.client(HandshakeVectors.keys(), ALL, transports.client(), SILENT, SessionConfig.DEFAULT)) {
            SessionStream stream = client.open(
                    Service.PROCESS, Json.createObjectBuilder().build(), (from, buffer, offset, length) -> {});
            byte[] part = new byte[64 << 10];
            long start = System.nanoTime();
            for (long sent = 0; sent < total; sent += part.length) {
                stream.write(part);
            }
            return total * 1e3 / (done.get() - start);
        }
    }

    private static Transport join(TestRelay relay, RelayRole role) {
        RelayProofKey key = RelayProofKey.generate();
        String token = role.text() + ":" + HexFormat.of().formatHex(key.publicKey().point());
        RelayJoin join = new RelayJoin(
                new RelayAddress(TestRelay.ID, relay.url()),
                HandshakeVectors.keys().sid(),
                role,
                token,
                key);
        return RelayTransport.join(Network.ofPlatform("bascule-bench/1"), join, JOIN).join();
    }

    private static long[] echo() throws Exception {
        try (TestRelay relay = new TestRelay(HandshakeVectors.keys().sid())) {
            CompletableFuture<Transport> deviceSide =
                    CompletableFuture.supplyAsync(() -> join(relay, RelayRole.DEVICE));
            Transport clientSide = join(relay, RelayRole.CLIENT);
            Session.device(
                    HandshakeVectors.keys(),
                    ALL,
                    deviceSide.get(),
                    (stream, service, arguments) -> SessionBench::echoBack,
                    SILENT,
                    SessionConfig.DEFAULT);
            SynchronousQueue<Integer> echoes = new SynchronousQueue<>();
            try (Session client =
                    Session.client(HandshakeVectors.keys(), ALL, clientSide, SILENT, SessionConfig.DEFAULT)) {
                SessionStream stream = client.open(
                        Service.TERMINAL, Json.createObjectBuilder().build(), new StreamHandler() {
                            @Override
                            public void data(SessionStream from, byte[] buffer, int offset, int length) {
                                from.consumed(length);
                                try {
                                    echoes.put(length);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            }
                        });
                long[] nanos = new long[5_000];
                for (int i = -1_000; i < nanos.length; i++) {
                    long start = System.nanoTime();
                    stream.write(new byte[] {'x'});
                    echoes.take();
                    if (i >= 0) {
                        nanos[i] = System.nanoTime() - start;
                    }
                }
                Arrays.sort(nanos);
                return nanos;
            }
        }
    }

    private static void echoBack(SessionStream stream, byte[] buffer, int offset, int length) {
        stream.consumed(length);
        try {
            stream.tryWrite(buffer, offset, length);
        } catch (StreamEndedException e) {
            throw new IllegalStateException(e);
        }
    }
}
