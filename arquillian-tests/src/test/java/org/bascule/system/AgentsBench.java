package org.bascule.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.wire.keys.RelayProofKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What many agents cost one access server ({@code docs/benchmarks/agents.md}): memory, idle CPU, time until all are back, time to reach one. Prints the figures, asserts none. Run by
 * {@code -Pbench}, {@code -Dbascule.agents=10000 -Dbascule.access-jvm=-Xmx2g -DargLine=-Xmx1500m}.
 */
@ExtendWith(RunningSystem.class)
class AgentsBench {

    private static final int AGENTS = Integer.getInteger("bascule.agents", 1_000);
    private static final int OFFERS = 300;
    private static final Duration IDLE = Duration.ofSeconds(Integer.getInteger("bascule.idle", 40));
    private static final Duration PATIENCE = Duration.ofMinutes(8);
    /** Handshakes under way at first; after the restart the agents come as they like. */
    private static final int AT_ONCE = 100;

    private static final @Nullable String PROFILES = System.getProperty("bascule.profile");
    private static final Pattern USED = Pattern.compile("used (\\d+)K");

    private final TheSystem system = TheSystem.get();

    @Test
    void manyAgents() throws Exception {
        try (Flock flock = new Flock(system)) {
            System.out.printf("agents: %d enrolled in %.0f s%n", AGENTS, flock.enrol(AGENTS));
            Thread.sleep(10_000);
            idle(flock);
            long heap = heap();
            long resident = resident();
            connect(flock);
            Thread.sleep(15_000);
            System.out.printf(
                    "memory of an agent: heap %.1f KB, resident %.1f KB (heap in use %d MB before)%n",
                    (heap() - heap) / 1e3 / AGENTS, (resident() - resident) / 1e3 / AGENTS, heap / 1_000_000);
            System.gc();
            Runtime self = Runtime.getRuntime();
            System.out.printf("generator: heap in use %d MB%n", (self.totalMemory() - self.freeMemory()) / 1_000_000);
            idle(flock);
            offers(flock);
            restart(flock);
        }
    }

    private void connect(Flock flock) throws Exception {
        Load load = Load.now(system);
        long began = System.nanoTime();
        flock.connect(AT_ONCE);
        double seconds = flock.awaitAll(began, PATIENCE);
        System.out.printf("connected in %.1f s; CPU for each: %s%n", seconds, load.forEach(AGENTS));
        System.out.println("what ended: " + flock.takeEnds());
    }

    private void idle(Flock flock) throws Exception {
        profile("idle-" + flock.online());
        Load load = Load.now(system);
        Thread.sleep(IDLE.toMillis());
        System.out.printf("idle, %d online: %s%n", flock.online(), load.ofACore());
        profiled();
        System.out.println("what ended: " + flock.takeEnds());
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
        flock.awaitServer(PATIENCE);
        long serves = System.nanoTime();
        profile("back");
        Load load = Load.now(system);
        System.out.printf(
                "restart: serves %.1f s after the kill, %d are back by then%n",
                (serves - killed) / 1e9, flock.online());
        long end = serves + PATIENCE.toNanos();
        int passed = 0;
        while (flock.online() < AGENTS && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(500);
            if (System.nanoTime() - serves > TimeUnit.SECONDS.toNanos(passed + 10)) {
                passed += 10;
                System.out.printf("%d s: %d online, ended %s%n", passed, flock.online(), flock.takeEnds());
            }
        }
        System.out.printf(
                "restart: %d of %d are back %.1f s after it serves; CPU for each: %s%n",
                flock.online(), AGENTS, (System.nanoTime() - serves) / 1e9, load.forEach(AGENTS));
        profiled();
        System.out.println("what ended: " + flock.takeEnds());
    }

    private long pid() {
        return system.demo().pid("access-server").orElseThrow();
    }

    /** With {@code -Dbascule.profile=FOLDER}: a recording of Java Flight Recorder, which costs a little. */
    private void profile(String name) throws IOException, InterruptedException {
        if (PROFILES != null) {
            jcmd("JFR.start", "name=bench", "settings=profile", "filename=" + PROFILES + "/" + name + ".jfr");
        }
    }

    private void profiled() throws IOException, InterruptedException {
        if (PROFILES != null) {
            jcmd("JFR.stop", "name=bench");
        }
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

    private String jcmd(String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid())));
        line.addAll(List.of(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
