package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** A VNC server (TigerVNC) with a password and a {@link DisplayedWindow} that fills its screen. */
final class TestVncServer implements AutoCloseable {

    static final int WIDTH = 800;
    static final int HEIGHT = 600;
    static final String PASSWORD = "it-pass1";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Of vncpasswd, known to everybody; bits of each byte in reverse. */
    private static final byte[] KNOWN = {(byte) 0xe8, 0x4a, (byte) 0xd6, 0x60, (byte) 0xc4, 0x72, 0x1a, (byte) 0xe0};

    private final Program server;
    private final Program window;
    private final int port;

    /** Listens at all addresses. */
    TestVncServer(Path folder) {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path file = folder.resolve("vnc-passwd");
        try {
            Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(KNOWN, "DES"));
            Files.write(file, des.doFinal(Arrays.copyOf(PASSWORD.getBytes(StandardCharsets.US_ASCII), 8)));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        server = Program.start(
                Map.of(),
                List.of(
                        "/usr/bin/Xtigervnc",
                        "-displayfd",
                        "1",
                        "-rfbport",
                        Integer.toString(port),
                        "-geometry",
                        WIDTH + "x" + HEIGHT,
                        "-depth",
                        "24",
                        "-nolisten",
                        "tcp",
                        "-noreset",
                        "-SecurityTypes",
                        "VncAuth",
                        "-PasswordFile",
                        file.toString()));
        Eventually.within(
                LIMIT, "the display has a number", () -> server.outputSoFar().endsWith("\n"));
        window = Program.start(
                Map.of("DISPLAY", ":" + server.outputSoFar().strip(), "LC_ALL", "C.UTF-8"),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx96m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=false",
                        "-cp",
                        Path.of("target", "test-classes").toAbsolutePath().toString(),
                        DisplayedWindow.class.getName(),
                        Integer.toString(WIDTH),
                        Integer.toString(HEIGHT)));
        Eventually.within(LIMIT, "the window is ready", () -> count("ready") == 1);
    }

    int port() {
        return port;
    }

    /** What the window has said that fits the pattern. */
    long count(String pattern) {
        return window.outputSoFar()
                .lines()
                .filter(Pattern.compile(pattern).asMatchPredicate())
                .count();
    }

    @Override
    public void close() {
        window.close();
        server.close();
    }
}
