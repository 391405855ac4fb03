package org.bascule.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The relay beside others, one after the other in each round, so that all see the same machine ({@code docs/benchmarks/relay.md}). Processor time is the server's, of
 * all its threads and children. Whoever is not installed is left out.
 */
public final class RelayBench {

    private static final int[] SIZES = {1 << 16, 1 << 10};
    private static final long[] BYTES = {512L << 20, 96L << 20};
    private static final int ROUND_TRIPS = 10_000;
    private static final int WARM_TRIPS = 3_000;
    private static final int WARM_ROUNDS = 3;
    private static final int IDLE = 500;
    private static final int STALLED = 100;

    private final List<Target> targets = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final Map<String, List<Double>> figures = new LinkedHashMap<>();

    private RelayBench() {}

    /** @param args number of rounds; 5 unless given */
    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 && !args[0].isEmpty() ? Integer.parseInt(args[0]) : 5;
        Path folder = Files.createTempDirectory("relay-bench");
        RelayBench bench = new RelayBench();
        try (TestRelay relay = new TestRelay(
                folder, List.of(System.getProperty("bench.jvm", "-Xmx512m").split(" ")))) {
            relay.open();
            bench.targets.add(new Target.Bascule("relay, ws", relay, false, false));
            bench.targets.add(new Target.Bascule("relay, wss in, ws out", relay, true, false));
            bench.targets.add(new Target.Bascule("relay, wss", relay, true, true));
            bench.peers(folder);
            String only = System.getProperty("bench.only", ".*");
            bench.targets.removeIf(target -> !target.name().matches(only));
            for (int round = -WARM_ROUNDS; round < rounds; round++) {
                for (Target target : bench.targets) {
                    bench.round(target, round >= 0);
                }
            }
            bench.print();
            Memory.print(bench.targets.get(0), IDLE, STALLED);
        } finally {
            // in order: what they have started ends with them
            bench.processes.forEach(Process::destroy);
            for (Process process : bench.processes) {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        }
        System.exit(0);
    }

    private void peers(Path folder) throws IOException, InterruptedException {
        int port = freePort();
        start(List.of("node", "src/bench/peers/relay.js", String.valueOf(port)))
                .ifPresent(node -> targets.add(
                        new Target.Pairing("node ws", node.toHandle(), port, new AtomicInteger())));
        proxy("haproxy, tcp", Target.Proxy.Kind.TCP, folder);
        proxy("websockify", Target.Proxy.Kind.BRIDGE, folder);
        proxy("nginx, wss in, ws out", Target.Proxy.Kind.TLS, folder);
        TimeUnit.SECONDS.sleep(2);
    }

    private void proxy(String name, Target.Proxy.Kind kind, Path folder) throws IOException {
        int port = freePort();
        ServerSocket listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(Peers.command(kind, port, listening.getLocalPort(), folder))
                .ifPresent(process ->
                        targets.add(new Target.Proxy(name, process.toHandle(), port, listening, kind)));
    }

    private java.util.Optional<Process> start(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("target", "peer-" + processes.size() + ".log").toFile())
                    .start();
            processes.add(process);
            return java.util.Optional.of(process);
        } catch (IOException e) {
            System.out.printf("left out: %s%n", e.getMessage());
            return java.util.Optional.empty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** @param counts whether the figures are kept: the first ones warm up */
    private void round(Target target, boolean counts) throws Exception {
        try {
            for (int i = 0; i < SIZES.length; i++) {
                throughput(target, SIZES[i], BYTES[i], counts);
            }
            if (target.name().startsWith("relay, ws") || target instanceof Target.Pairing) {
                roundTrips(target, counts);
            }
        } catch (IOException | GeneralSecurityException e) {
            System.out.printf("%s: %s%n", target.name(), e);
        }
    }

    private void throughput(Target target, int size, long bytes, boolean counts) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        try (Target.Ends ends = target.connect()) {
            byte[] wire = ends.a().wire(payload);
            // as much at once as a sender writes that is in a hurry
            byte[] several = repeat(wire, Math.max(1, (1 << 16) / wire.length));
            long writes = bytes / size / (several.length / wire.length);
            long sent = writes * (several.length / wire.length) * size;
            double cpu = target.cpu();
            long start = System.nanoTime();
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (long i = 0; i < writes; i++) {
                        ends.a().send(several);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            ends.b().receive(sent);
            sending.join();
            if (counts) {
                double seconds = (System.nanoTime() - start) / 1e9;
                String what = target.name() + "; " + size + " B; ";
                note(what + "CPU s/GB", (target.cpu() - cpu) / (sent / 1e9));
                note(what + "MB/s", sent / 1e6 / seconds);
            }
        }
    }

    private static byte[] repeat(byte[] wire, int times) {
        byte[] all = new byte[wire.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(wire, 0, all, i * wire.length, wire.length);
        }
        return all;
    }

    private void roundTrips(Target target, boolean counts) throws Exception {
        try (Target.Ends ends = target.connect()) {
            byte[] there = ends.a().wire(new byte[64]);
            byte[] back = ends.b().wire(new byte[64]);
            int trips = WARM_TRIPS + ROUND_TRIPS;
            CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < trips; i++) {
                        ends.b().message();
                        ends.b().send(back);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            double[] micros = new double[ROUND_TRIPS];
            for (int i = 0; i < trips; i++) {
                long start = System.nanoTime();
                ends.a().send(there);
                ends.a().message();
                if (i >= WARM_TRIPS) {
                    micros[i - WARM_TRIPS] = (System.nanoTime() - start) / 1e3;
                }
            }
            echo.join();
            Arrays.sort(micros);
            if (counts) {
                note(target.name() + "; 64 B there and back; median µs", micros[ROUND_TRIPS / 2]);
                note(target.name() + "; 64 B there and back; p99 µs", micros[ROUND_TRIPS / 100 * 99]);
            }
        }
    }

    private void note(String what, double figure) {
        figures.computeIfAbsent(what, name -> new ArrayList<>()).add(figure);
    }

    private void print() {
        figures.forEach((what, values) -> {
            values.sort(Comparator.naturalOrder());
            System.out.printf(
                    Locale.ROOT,
                    "%-60s median %8.3f  min %8.3f  max %8.3f%n",
                    what,
                    values.get(values.size() / 2),
                    values.get(0),
                    values.get(values.size() - 1));
        });
    }
}
