package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A display (Xvfb) with a {@link DisplayedWindow} that fills it. */
final class TestDisplay implements AutoCloseable {

    static final int WIDTH = 1_024;
    static final int HEIGHT = 768;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Program server;
    private final Program window;
    private final String name;

    TestDisplay() {
        this(WIDTH, HEIGHT, List.of(Path.of("target", "test-classes")), DisplayedWindow.class.getName());
    }

    /** @param program class with a {@code main} that takes width and height, says {@code ready} and takes orders, one a line */
    TestDisplay(int width, int height, List<Path> classes, String program) {
        server = Program.start(
                Map.of(),
                List.of(
                        "/usr/bin/Xvfb",
                        "-displayfd",
                        "1",
                        "-screen",
                        "0",
                        width + "x" + height + "x24",
                        "-nolisten",
                        "tcp",
                        "-noreset"));
        Eventually.within(
                LIMIT, "the display has a number", () -> server.outputSoFar().endsWith("\n"));
        name = ":" + server.outputSoFar().strip();
        window = Program.start(
                Map.of("DISPLAY", name, "LC_ALL", "C.UTF-8"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=false",
                        "-cp",
                        classes.stream()
                                .map(Path::toAbsolutePath)
                                .map(Path::toString)
                                .collect(Collectors.joining(":")),
                        program,
                        Integer.toString(width),
                        Integer.toString(height)));
        awaitSaid("ready");
    }

    String name() {
        return name;
    }

    void order(String order) {
        try {
            window.input().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            window.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that the window has said. */
    String said() {
        return window.outputSoFar();
    }

    void awaitSaid(String line) {
        try {
            Eventually.within(
                    LIMIT, "the window says " + line, () -> said().lines().anyMatch(line::equals));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it said\n" + said() + window.errorSoFar(), e);
        }
    }

    /** What it has said that fits the pattern. */
    long count(String pattern) {
        return said().lines()
                .filter(Pattern.compile(pattern).asMatchPredicate())
                .count();
    }

    @Override
    public void close() {
        window.close();
        server.close();
    }
}
