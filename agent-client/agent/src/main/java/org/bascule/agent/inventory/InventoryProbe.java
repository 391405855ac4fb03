package org.bascule.agent.inventory;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.jvm.CrashReport;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Runs the collector in a process of its own: this programme with the command {@code inventory}. */
public final class InventoryProbe {

    /** Characters; leaves room within a control message. */
    public static final int MAX_LENGTH = 48 * 1_024;

    private static final int TIMEOUT_SECONDS = 60;

    private final List<String> command;

    /** @param command what prints the inventory as one JSON object */
    public InventoryProbe(List<String> command) {
        this.command = List.copyOf(command);
    }

    /** The command for the Java machine and class path of this process. */
    public static List<String> thisProgramme(String mainClass, Path temporary) {
        List<String> command = new ArrayList<>();
        command.add(
                Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString());
        command.addAll(CrashReport.OPTIONS);
        command.addAll(List.of(
                "-Xmx64m",
                "-Xss512k",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "-Djna.tmpdir=" + temporary));
        command.addAll(List.of("-cp", System.getProperty("java.class.path", ""), mainClass, "inventory"));
        return command;
    }

    /** Blocks for a second or two. */
    public JsonObject run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Thread guard = new Thread(() -> guard(process), "inventory-guard");
        guard.setDaemon(true);
        guard.start();
        try (var output = process.getInputStream()) {
            byte[] text = output.readNBytes(4 * MAX_LENGTH);
            if (process.waitFor() != 0) {
                throw new IOException("the inventory ended with " + process.exitValue());
            }
            return StrictJson.parse(new String(text, StandardCharsets.UTF_8), MAX_LENGTH)
                    .object();
        } catch (WireException e) {
            throw new IOException("the inventory cannot be read: " + e.getMessage(), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void guard(Process process) {
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
        }
    }
}
