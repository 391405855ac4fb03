package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.desktop.x11.Scene;
import org.bascule.session.service.DesktopRequest.Mode;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Frames a second, processor time for each, and from click to pixel: on demand, {@code -Dbascule.scale=true}.
 */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
@Timeout(180)
class DesktopBench {

    private static final int SECONDS = 10;
    private static final int CLICKS = 60;

    @ParameterizedTest
    @CsvSource({"1280,720", "1920,1080"})
    void film(int width, int height, @TempDir Path folder) throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(folder, width, height)) {
            fixture.startDrawing(Scene.class);
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.CONTROL);
            RfbClient client = fixture.client(stream, DesktopFixture.usual());
            client.decode = false;
            client.await("a picture", () -> client.updates > 0);
            fixture.tell("film " + (SECONDS + 8));
            TimeUnit.SECONDS.sleep(5);
            Set<Integer> numbers = new HashSet<>();
            client.onUpdate = () -> numbers.add(number(client));
            ProcessHandle helper = DesktopServiceTest.helper();
            Duration cpu = helper.info().totalCpuDuration().orElseThrow();
            long bytes = stream.bytes;
            long began = System.nanoTime();
            TimeUnit.SECONDS.sleep(SECONDS);
            double seconds = (System.nanoTime() - began) / 1e9;
            int frames = numbers.size();
            Duration used = helper.info().totalCpuDuration().orElseThrow().minus(cpu);
            System.out.printf(
                    "film %dx%d: %.1f frames/s, helper %.2f ms CPU/frame, %d KB/frame, helper RSS %d MB%n",
                    width,
                    height,
                    frames / seconds,
                    used.toMillis() / (double) Math.max(1, frames),
                    (stream.bytes - bytes) / 1_024 / Math.max(1, frames),
                    rss(helper.pid()));
            stream.leave();
            assertThat(frames).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource({"1280,720"})
    void click(int width, int height, @TempDir Path folder) throws Exception {
        try (DesktopFixture fixture = new DesktopFixture(folder, width, height)) {
            fixture.startDrawing(Scene.class);
            fixture.paint("flip");
            DesktopStream stream = new DesktopStream();
            fixture.open(stream, Mode.CONTROL);
            RfbClient client = fixture.client(stream, DesktopFixture.usual());
            client.await("the square", () -> client.pixel(30, 90) == 0xff0000);
            TimeUnit.SECONDS.sleep(1);
            double[] millis = new double[CLICKS];
            for (int i = 0; i < CLICKS; i++) {
                int before = client.pixel(30, 90);
                long began = System.nanoTime();
                client.pointer(1, 300, 300);
                client.pointer(0, 300, 300);
                while (client.pixel(30, 90) == before) {
                    if (System.nanoTime() - began > 2_000_000_000L) {
                        throw new AssertionError("no answer to click " + i);
                    }
                    Thread.onSpinWait();
                }
                millis[i] = (System.nanoTime() - began) / 1e6;
                TimeUnit.MILLISECONDS.sleep(120);
            }
            Arrays.sort(millis);
            System.out.printf(
                    "click to pixel: median %.1f ms, p90 %.1f ms%n", millis[CLICKS / 2], millis[CLICKS * 9 / 10]);
            stream.leave();
        }
    }

    private static int number(RfbClient client) {
        int number = 0;
        for (int cell = 0; cell < 24; cell++) {
            number |= (client.pixel(cell * 16 + 8, 8) == 0xffffff ? 1 : 0) << cell;
        }
        return number;
    }

    private static long rss(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1_024)
                .findFirst()
                .orElse(0);
    }
}
