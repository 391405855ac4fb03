package org.bascule.control;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * What a command finds around it.
 *
 * @param environment environment variables
 * @param home the user's home folder
 * @param in standard input, unbuffered
 * @param out standard output, unbuffered
 * @param err standard error, unbuffered
 */
public record Surroundings(
        Map<String, String> environment,
        Path home,
        InputStream in,
        OutputStream out,
        OutputStream err,
        InstantSource clock) {

    public static final String URL = "BASCULE_URL";
    public static final String TOKEN = "BASCULE_TOKEN";
    public static final String CA = "BASCULE_CA";
    public static final String CONFIG = "BASCULE_CONFIG";

    /** Those of this process. */
    public static Surroundings ofProcess() {
        return new Surroundings(
                System.getenv(),
                Path.of(System.getProperty("user.home", ".")),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                InstantSource.system());
    }

    /** A variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** {@code $BASCULE_CONFIG}, {@code $XDG_CONFIG_HOME/bascule} or {@code ~/.config/bascule}. */
    public Path configFolder() {
        return variable(CONFIG).map(Path::of).orElseGet(() -> variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> home.resolve(".config"))
                .resolve("bascule"));
    }

    /** Prints a line of text; the caller has made what came from outside {@linkplain Printable inert}. */
    public void println(String line) {
        print(out, line + "\n");
    }

    /**
     * Prints text of which there is more to come; as above.
     *
     * @throws CommandException it is not taken, so that no more need be fetched: who read it has gone, a disk is full
     */
    public void printPart(String text) throws CommandException {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new CommandException(
                    ExitCode.FAILED, "the output is not taken: " + Printable.of(String.valueOf(e.getMessage())), e);
        }
    }

    /** Prints a line on standard error. */
    public void warn(String line) {
        print(err, line + "\n");
    }

    private static void print(OutputStream to, String text) {
        PrintStream stream = new PrintStream(to, true, StandardCharsets.UTF_8);
        stream.print(text);
        stream.flush();
    }
}
