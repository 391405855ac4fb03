package org.bascule.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.keys.RelayProofKey;

/** A server under load. */
interface Target {

    String name();

    /** Of the server. */
    ProcessHandle process();

    /** Two ends that reach each other through the server. */
    Ends connect() throws IOException, GeneralSecurityException;

    /** Messages go from a to b. */
    record Ends(LoadEnd a, LoadEnd b) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            a.close();
            b.close();
        }
    }

    /** Processor time of the server and its children, in seconds. */
    default double cpu() {
        return Stream.concat(Stream.of(process()), process().descendants())
                .mapToDouble(one -> ticks(one.pid()) / 100.0)
                .sum();
    }

    /** Resident memory in KiB. */
    default long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process().pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Ours. */
    record Bascule(String name, TestRelay relay, boolean tlsIn, boolean tlsOut) implements Target {

        @Override
        public ProcessHandle process() {
            return ProcessHandle.of(relay.micro.pid()).orElseThrow();
        }

        @Override
        public Ends connect() throws IOException, GeneralSecurityException {
            SessionId sid = SessionId.random();
            RelayProofKey proof = RelayProofKey.generate();
            LoadEnd a = admitted(sid, RelayRole.CLIENT, proof, tlsIn);
            a.message();
            LoadEnd b = admitted(sid, RelayRole.DEVICE, proof, tlsOut);
            b.message();
            a.message();
            return new Ends(a, b);
        }

        private LoadEnd admitted(SessionId sid, RelayRole role, RelayProofKey proof, boolean tls)
                throws IOException, GeneralSecurityException {
            RelayToken token = TestInstallation.token(TestRelay.ID, sid, role, 0, proof);
            LoadEnd end = LoadEnd.client(
                    tls ? LoadEnd.connectTls(relay.micro.tlsPort()) : LoadEnd.connect(relay.micro.port()),
                    "/relay/v1/" + sid.hex(),
                    "");
            end.text(token.sign(relay.installation.tokenKey));
            end.send(end.wire(proof.sign(RelayProof.signedBytes(token.relay(), end.message(), sid, role))));
            return end;
        }
    }

    /** A relay that pairs by path: two clients of WebSocket. */
    record Pairing(String name, ProcessHandle process, int port, AtomicInteger sessions) implements Target {
        @Override
        public Ends connect() throws IOException {
            String path = "/n" + sessions.incrementAndGet();
            LoadEnd a = LoadEnd.client(LoadEnd.connect(port), path, "");
            return new Ends(a, LoadEnd.client(LoadEnd.connect(port), path, ""));
        }
    }

    /** A proxy that connects to a listening socket of the load. */
    record Proxy(String name, ProcessHandle process, int port, ServerSocket listening, Kind kind) implements Target {

        enum Kind {
            /** Bytes in, bytes out. */
            TCP,
            /** WebSocket in, bytes out. */
            BRIDGE,
            /** WebSocket over TLS in, WebSocket out. */
            TLS
        }

        @Override
        public Ends connect() throws IOException, GeneralSecurityException {
            if (kind == Kind.TLS) {
                CompletableFuture<LoadEnd> server = CompletableFuture.supplyAsync(() -> {
                    try {
                        return LoadEnd.server(listening.accept());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                LoadEnd a = LoadEnd.client(LoadEnd.connectTls(port), "/", "");
                return new Ends(a, server.join());
            }
            if (kind == Kind.TCP) {
                LoadEnd a = LoadEnd.raw(LoadEnd.connect(port));
                return new Ends(a, LoadEnd.raw(listening.accept()));
            }
            LoadEnd a = LoadEnd.client(LoadEnd.connect(port), "/", "Sec-WebSocket-Protocol: binary\r\n");
            return new Ends(a, LoadEnd.raw(listening.accept()));
        }
    }
}
