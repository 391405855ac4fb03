package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Figures of the tools in a real system ({@code docs/benchmarks/tools.md}): prints them, asserts none. Agent and {@code bascule} are started by the scripts that ship. Run by {@code -Pbench}.
 */
@ExtendWith(RunningSystem.class)
class ToolsBench {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final long LARGE = Long.getLong("bascule.megabytes", 1_024) << 20;
    private static final int SECONDS = 10;
    private static final int CLICKS = 40;
    private static final String NAME = "measured";

    private static TheSystem system;
    private static EnrolledDevice device;
    private static Path data;
    private static ShippedBascule control;

    @TempDir
    Path here = Path.of("replaced");

    @BeforeAll
    static void aDevice() throws IOException {
        system = TheSystem.get();
        data = Files.createDirectories(
                Path.of("/tmp", "bascule-tools-bench-" + ProcessHandle.current().pid()));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path script = Path.of("..", "agent-client", "agent", "src", "main", "scripts", "bascule-agent");
        device = EnrolledDevice.start(
                system,
                NAME,
                folder -> Program.start(
                        Map.of("BASCULE_AGENT_JAR", system.agentJar().toString()),
                        List.of(script.toAbsolutePath().toString(), "run", "--dir", folder.toString())));
        policy("");
        control = new ShippedBascule(system, "control");
        run(Map.of(), List.of(control.script().toString(), "--archive"));
    }

    @AfterAll
    static void stop() throws IOException {
        device.close();
        try (Stream<Path> all = Files.walk(data)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    private static void policy(String more) throws IOException {
        Files.writeString(device.folder().resolve("policy.json"), "{\"roots\":[\"" + data + "\"]" + more + "}");
    }

    private static double run(Map<String, String> environment, List<String> command) {
        long began = System.nanoTime();
        try (Program program = Program.start(environment, command)) {
            Program.Result result = program.finish(new byte[0], LONG);
            assertThat(result.exit())
                    .as(() -> String.join(" ", command) + "\n" + result.error())
                    .isZero();
        }
        return (System.nanoTime() - began) / 1e9;
    }

    private static double bascule(String... arguments) {
        List<String> command = new ArrayList<>(List.of(control.script().toString()));
        command.addAll(List.of(arguments));
        return run(control.environment("engineer"), command);
    }

    private static Path large(Path file) throws IOException {
        byte[] block = new byte[1 << 20];
        Random random = new Random(7);
        try (var out = Files.newOutputStream(file)) {
            for (long written = 0; written < LARGE; written += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        return file;
    }

    private static String rate(double seconds) {
        return "%.1f MB/s (%.1f s)".formatted(LARGE / 1e6 / seconds, seconds);
    }

    /** Seconds of processor time of all processes by their kind: those of the agent, of the relays, of Chromium. */
    private static double cpu(String part) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(part))
                .mapToDouble(process ->
                        process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    /** The same of the measured agent and what it has started: what draws on its display has a name like theirs. */
    private static double agentWithHelpers() {
        return Stream.concat(Stream.of(device.agent()), device.agent().descendants())
                .mapToDouble(process ->
                        process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis() / 1e3)
                .sum();
    }

    /** Resident, and the same with the pages that other processes have as well shared out among them. */
    private static String memory(ProcessHandle process) throws IOException {
        Map<String, Long> megabytes = Files.readAllLines(Path.of("/proc/" + process.pid() + "/smaps_rollup")).stream()
                .filter(line -> line.endsWith(" kB"))
                .map(line -> line.split(":? +"))
                .collect(Collectors.toMap(words -> words[0], words -> Long.parseLong(words[1]) / 1_024));
        return megabytes.get("Rss") + " MB resident (" + megabytes.get("Pss") + " MB of its own)";
    }

    /** A browser that is so far away from everything, milliseconds there and back. */
    private static BareChromium browser(Elsewhere place, int roundTrip) throws IOException {
        return BareChromium.of(system, "engineer", roundTrip == 0 ? Optional.empty() : Optional.of(place), 1_400, 900);
    }

    // ---- files

    @Test
    void copiesBesideScp() throws Exception {
        Path source = large(here.resolve("large"));
        Path there = data.resolve("copied");
        Path back = here.resolve("back");
        try (Sshd sshd = new Sshd(Files.createDirectory(here.resolve("ssh")))) {
            for (int round = 1; round <= 3; round++) {
                double agentCpu = cpu("org.bascule.agent.Main");
                double relayCpu = cpu("relay-ws.war");
                double up = bascule("cp", source.toString(), device.uid() + ":" + there);
                double down = bascule("cp", device.uid() + ":" + there, back.toString());
                System.out.printf(
                        "bascule cp, round %d: there %s, back %s, agent %.1f s and relays %.1f s of processor time for both%n",
                        round,
                        rate(up),
                        rate(down),
                        cpu("org.bascule.agent.Main") - agentCpu,
                        cpu("relay-ws.war") - relayCpu);
                assertThat(Files.mismatch(source, back)).isEqualTo(-1);
                Files.delete(there);
                Files.delete(back);
                double scpUp = scp(sshd, source.toString(), "127.0.0.1:" + there);
                double scpDown = scp(sshd, "127.0.0.1:" + there, back.toString());
                System.out.printf(
                        "scp, round %d: there %s, back %s; bascule cp is %.2f and %.2f times as fast%n",
                        round, rate(scpUp), rate(scpDown), scpUp / up, scpDown / down);
                Files.delete(there);
                Files.delete(back);
            }
        }
    }

    /** The agent has a heap of 40 MB. */
    @Test
    void fiveGigabytes() throws Exception {
        Path source = here.resolve("huge");
        long size = 5_000_000_000L;
        try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(size);
            Random random = new Random(5);
            byte[] block = new byte[1 << 20];
            for (long at = 0; at < size - block.length; at += size / 50) {
                random.nextBytes(block);
                file.seek(at);
                file.write(block);
            }
        }
        Path there = data.resolve("huge");
        double up = bascule("cp", source.toString(), device.uid() + ":" + there);
        String memory = memory(device.agent());
        assertThat(Files.mismatch(source, there)).isEqualTo(-1);
        Files.delete(source);
        double down = bascule("cp", device.uid() + ":" + there, source.toString());
        System.out.printf(
                "5 GB: there in %.0f s, back in %.0f s, agent %s and %s%n", up, down, memory, memory(device.agent()));
        assertThat(Files.mismatch(source, there)).isEqualTo(-1);
        Files.delete(there);
    }

    private static double scp(Sshd sshd, String from, String to) {
        return run(Map.of(), sshd.client("scp", "-P", Integer.toString(sshd.port()), from, to));
    }

    @Test
    void filesInTheBrowser() throws IOException {
        large(data.resolve("download.bin"));
        Path here = large(this.here.resolve("upload.bin"));
        // what has just started is not compiled yet
        inTheBrowser(here, 0, "before anything was compiled, ");
        for (int round = 1; round <= 2; round++) {
            inTheBrowser(here, 0, "");
            inTheBrowser(here, 100, "");
        }
        Files.delete(data.resolve("download.bin"));
    }

    private static void inTheBrowser(Path upload, int roundTrip, String when) throws IOException {
        try (Elsewhere place = Elsewhere.at("127.9.0.1", Duration.ofMillis(roundTrip / 2));
                BareChromium browser = browser(place, roundTrip)) {
            filesPage(browser);
            double cpu = cpu("org.bascule.agent.Main");
            double relays = cpu("relay-ws.war");
            double down = transfer(browser, () -> browser.click("Download download.bin"));
            double afterDown = cpu("org.bascule.agent.Main");
            double relaysDown = cpu("relay-ws.war");
            double up = transfer(browser, () -> browser.choose(upload));
            System.out.printf(
                    "Chromium, %s%d ms round trip: download %s, upload %s; agent %.1f and %.1f, relays %.1f and %.1f s of processor time%n",
                    when,
                    roundTrip,
                    rate(down),
                    rate(up),
                    afterDown - cpu,
                    cpu("org.bascule.agent.Main") - afterDown,
                    relaysDown - relays,
                    cpu("relay-ws.war") - relaysDown);
            Files.deleteIfExists(data.resolve("upload.bin"));
        }
    }

    private static void filesPage(BareChromium browser) {
        browser.navigate(system.url() + "/devices/" + device.uid() + "/files");
        browser.click("Refresh");
    }

    /** Seconds until the page says that it is whole. */
    private static double transfer(BareChromium browser, Runnable begin) {
        String done = "document.body.innerText.split('done, checksum compared').length";
        double before = browser.number(done);
        long began = System.nanoTime();
        begin.run();
        browser.await(done + " > " + before, LONG);
        return (System.nanoTime() - began) / 1e9;
    }

    @Test
    void aFolderOfTenThousand() throws IOException {
        Path many = Files.createDirectories(data.resolve("many"));
        for (int i = 0; i < 10_000; i++) {
            Files.writeString(many.resolve("file %05d.txt".formatted(i)), "text");
        }
        Files.setPosixFilePermissions(many, PosixFilePermissions.fromString("rwxrwxrwx"));
        List<Double> times = new ArrayList<>();
        try (Elsewhere nowhere = Elsewhere.at("127.9.0.1", Duration.ZERO);
                BareChromium browser = browser(nowhere, 0)) {
            filesPage(browser);
            for (int i = 0; i < 11; i++) {
                browser.evaluate(
                        """
                        void (window.listed = new Promise(resolve => {
                          document.addEventListener('click', () => {
                            const start = performance.now();
                            const look = () => document.querySelector('main')?.textContent.includes('file 00003.txt')
                              ? resolve(performance.now() - start) : requestAnimationFrame(look);
                            look();
                          }, { once: true, capture: true });
                        }))""");
                browser.click("Open the folder many");
                times.add(browser.number("window.listed"));
                browser.evaluate("history.back()");
            }
        }
        Figures.print("folder of 10,000 files, from the click until shown", times);
    }

    // ---- desktop

    @Test
    void theDesktopInTheBrowser() throws Exception {
        System.out.printf("agent, idle: %s%n", memory(device.agent()));
        for (int[] size : new int[][] {{1_280, 720}, {1_920, 1_080}}) {
            try (TestDisplay display = new TestDisplay(
                    size[0],
                    size[1],
                    List.of(Path.of("..", "agent-client", "agent", "target", "test-classes"), system.agentJar()),
                    "org.bascule.agent.desktop.x11.Scene")) {
                policy(",\"displays\":[\"" + display.name() + "\"]");
                for (int roundTrip : new int[] {0, 80}) {
                    try (Elsewhere place = Elsewhere.at("127.9.0.2", Duration.ofMillis(roundTrip / 2));
                            BareChromium browser = browser(place, roundTrip)) {
                        desktop(browser, display, size, roundTrip);
                    }
                }
            }
        }
    }

    private void desktop(BareChromium browser, TestDisplay display, int[] size, int roundTrip) throws Exception {
        display.order("fill 0000ff");
        browser.navigate(system.url() + "/devices/" + device.uid() + "/desktop");
        browser.await(
                """
                (() => {
                  const canvas = document.querySelector('.desktop__screen canvas');
                  return canvas !== null && canvas.width > 2
                    && canvas.getContext('2d').getImageData(canvas.width - 20, canvas.height - 20, 1, 1).data[2] > 200;
                })()""",
                LIMIT);
        display.order("film " + (SECONDS + 10));
        Thread.sleep(5_000);
        double agentCpu = agentWithHelpers();
        double frames = browser.number(
                """
                        new Promise(resolve => {
                          const canvas = document.querySelector('.desktop__screen canvas');
                          const seen = new Set();
                          const end = performance.now() + %d * 1000;
                          const look = () => {
                            const row = canvas.getContext('2d').getImageData(0, 8, 24 * 16, 1).data;
                            let number = 0;
                            for (let cell = 0; cell < 24; cell++) if (row[(cell * 16 + 8) * 4] > 128) number |= 1 << cell;
                            seen.add(number);
                            if (performance.now() < end) requestAnimationFrame(look); else resolve(seen.size);
                          };
                          look();
                        })"""
                        .formatted(SECONDS));
        double used = agentWithHelpers() - agentCpu;
        ProcessHandle helper = device.agent().children().findAny().orElseThrow();
        System.out.printf(
                "desktop %dx%d, %d ms round trip: %.1f of 30 frames a second in Chromium, agent with helper %.1f ms of processor time a frame,"
                        + " agent %s, helper %s%n",
                size[0],
                size[1],
                roundTrip,
                frames / SECONDS,
                used * 1e3 / Math.max(1, frames),
                memory(device.agent()),
                memory(helper));
        Thread.sleep(6_000);
        display.order("flip");
        Thread.sleep(2_000);
        double[] times = new double[CLICKS];
        for (int i = 0; i < CLICKS; i++) {
            times[i] = browser.number(
                    """
                            new Promise((resolve, reject) => {
                              const canvas = document.querySelector('.desktop__screen canvas');
                              const red = () => canvas.getContext('2d').getImageData(30, 90, 1, 1).data[0] > 128;
                              const before = red();
                              const box = canvas.getBoundingClientRect();
                              const at = { bubbles: true, cancelable: true, button: 0, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
                              const start = performance.now();
                              canvas.dispatchEvent(new MouseEvent('mousedown', { ...at, buttons: 1 }));
                              canvas.dispatchEvent(new MouseEvent('mouseup', { ...at, buttons: 0 }));
                              const channel = new MessageChannel();
                              channel.port1.onmessage = () => {
                                if (red() !== before) resolve(performance.now() - start);
                                else if (performance.now() - start > 5000) reject(new Error('no answer'));
                                else channel.port2.postMessage(0);
                              };
                              channel.port2.postMessage(0);
                            })""");
            Thread.sleep(150);
        }
        Figures.print(
                "click to changed pixel in Chromium, %dx%d, %d ms round trip".formatted(size[0], size[1], roundTrip),
                Arrays.stream(times).boxed().toList());
        // a browser that is only gone is waited for by the agent, with its helper
        browser.navigate("about:blank");
        Eventually.within(
                LIMIT,
                "the helper has ended",
                () -> device.agent().children().findAny().isEmpty());
    }
}
