package org.bascule.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.bascule.control.command.Bascule;
import org.bascule.session.client.WarmUp;

/**
 * Loads what a command loads, without a server: handshake, records, HTTP, JSON, help. Run with {@code -XX:ArchiveClassesAtExit} it leaves a
 * class archive that makes later starts quicker.
 */
public final class Rehearsal {

    private Rehearsal() {}

    public static void main(String[] arguments) throws IOException {
        System.setProperty("java.util.logging.config.class", QuietLogging.class.getName());
        Path empty = Files.createTempDirectory("bascule");
        try {
            Surroundings around = new Surroundings(
                    // port 1 on this machine: nobody answers
                    Map.of(
                            Surroundings.URL, "https://127.0.0.1:1",
                            Surroundings.TOKEN, "none",
                            Surroundings.CONFIG, empty.toString()),
                    empty,
                    InputStream.nullInputStream(),
                    OutputStream.nullOutputStream(),
                    OutputStream.nullOutputStream(),
                    InstantSource.system());
            WarmUp.run(Duration.ZERO);
            Bascule.run(around, "--version");
            Bascule.run(around, "ls", "--json");
            Bascule.run(around, "exec", "device", "--", "true");
        } finally {
            Files.delete(empty);
        }
    }
}
