package org.bascule.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.wire.keys.RelayProofKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What many agents cost one access server ({@code docs/benchmarks/agents.md}): memory, idle CPU, time until all are back, time to reach one. Prints the figures, asserts none. Run by
 * {@code -Pbench}, {@code -Dbascule.agents=10000 -Dbascule.access-jvm=-Xmx2g -DargLine=-Xmx6g}.
 */
@ExtendWith(RunningSystem.class)
class AgentsBench {

    private static final int AGENTS = Integer.getInteger("bascule.agents", 1_000);
    private static final int OFFERS = 300;
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double TICKS_PER_SECOND = 100;
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final TheSystem system = TheSystem.get();

    @Test
    void manyAgents() throws Exception {
        try (Flock flock = new Flock(system)) {
            System.out.printf("agents: %d enrolled in %.0f s%n", AGENTS, flock.enrol(AGENTS));
            long heap = heap();
            long resident = resident();
            double cpu = cpu();
            long began = System.nanoTime();
            flock.connect(400);
            double seconds = flock.awaitAll(began, PATIENCE);
            System.out.printf(
                    "connected in %.1f s, %.2f ms of the server's CPU each%n", seconds, (cpu() - cpu) * 1e3 / AGENTS);
            Thread.sleep(15_000);
            System.out.printf(
                    "memory of an agent: heap %.1f KB, resident %.1f KB (heap in use %d MB before)%n",
                    (heap() - heap) / 1e3 / AGENTS, (resident() - resident) / 1e3 / AGENTS, heap / 1_000_000);
            idle(flock);
            offers(flock);
            restart(flock);
        }
    }

    private void idle(Flock flock) throws Exception {
        double cpu = cpu();
        Thread.sleep(IDLE.toMillis());
        System.out.printf(
                "idle: %.1f %% of a core, %d online%n", (cpu() - cpu) * 100 / IDLE.toSeconds(), flock.online());
    }

    private void offers(Flock flock) throws Exception {
        Api api = system.api("engineer");
        byte[] relayKey = RelayProofKey.generate().publicKey().point();
        Random random = new Random(1);
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < OFFERS; i++) {
            times.add(flock.offer(api, flock.agents().get(random.nextInt(AGENTS)), relayKey));
            Thread.sleep(20);
        }
        Figures.print("session offer until it is at the agent", times);
    }

    private void restart(Flock flock) throws Exception {
        long killed = System.nanoTime();
        system.demo().kill("access-server");
        system.demo().start("access-server");
        long serves = System.nanoTime();
        double seconds = flock.awaitAll(serves, PATIENCE);
        System.out.printf(
                "restart: serves %.1f s after the kill, all are back %.1f s after that%n",
                (serves - killed) / 1e9, seconds);
    }

    private long pid() {
        return system.demo().pid("access-server").orElseThrow();
    }

    /** Seconds of the access server, user and system. */
    private double cpu() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Bytes. */
    private long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1_024)
                .findFirst()
                .orElseThrow();
    }

    /** Bytes that are in use after a collection. */
    private long heap() throws IOException, InterruptedException {
        jcmd("GC.run");
        long used = 0;
        Matcher matcher = USED.matcher(jcmd("GC.heap_info").split("Metaspace")[0]);
        while (matcher.find()) {
            used += Long.parseLong(matcher.group(1)) * 1_024;
        }
        return used;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
