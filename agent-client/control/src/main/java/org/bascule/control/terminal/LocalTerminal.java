package org.bascule.control.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.session.service.TerminalSize;
import org.jspecify.annotations.Nullable;

/** The terminal of this process, or none: then nothing is changed and the size is 80 by 24. */
public final class LocalTerminal {

    private static final TerminalSize DEFAULT = new TerminalSize(80, 24);
    private static final long STTY_WITHIN_SECONDS = 5;

    private final boolean present;

    // guarded by this
    private @Nullable String saved;
    private @Nullable Thread hook;

    private LocalTerminal(boolean present) {
        this.present = present;
    }

    /** The terminal that standard input and output are connected to. */
    public static LocalTerminal ofProcess() {
        return new LocalTerminal(System.console() != null && new File("/dev/tty").exists());
    }

    /** Whether the standard output goes to a terminal, wherever the input comes from. */
    public static boolean isOutput() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | RuntimeException e) {
            return System.console() != null;
        }
    }

    public static LocalTerminal none() {
        return new LocalTerminal(false);
    }

    public boolean isPresent() {
        return present;
    }

    /** Its size now. */
    public TerminalSize size() {
        return present ? stty("size").flatMap(LocalTerminal::parseSize).orElse(DEFAULT) : DEFAULT;
    }

    /** Two numbers: rows, then columns. */
    static Optional<TerminalSize> parseSize(String text) {
        String[] parts = text.strip().split(" +", -1);
        try {
            return parts.length == 2
                    ? Optional.of(new TerminalSize(Integer.parseInt(parts[1]), Integer.parseInt(parts[0])))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            // no numbers, or a size of 0: the terminal does not know
            return Optional.empty();
        }
    }

    /** Passes every key on as it is. Undone by {@link #restore}, at the latest when the process ends. */
    public synchronized void raw() throws CommandException {
        if (!present || saved != null) {
            return;
        }
        String settings = stty("-g").orElseThrow(LocalTerminal::unusable);
        Thread atExit = new Thread(this::restoreNow, "bascule-terminal");
        Runtime.getRuntime().addShutdownHook(atExit);
        hook = atExit;
        saved = settings.strip();
        if (stty("raw", "-echo").isEmpty()) {
            restore();
            throw unusable();
        }
    }

    private static CommandException unusable() {
        return new CommandException(ExitCode.FAILED, "the terminal cannot be switched to raw mode");
    }

    /** As it was before {@link #raw}. Does nothing if that was not called. */
    public synchronized void restore() {
        restoreNow();
        Thread atExit = hook;
        hook = null;
        if (atExit != null) {
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException e) {
                // the process is ending: it runs once more, which does nothing
            }
        }
    }

    private void restoreNow() {
        String settings;
        synchronized (this) {
            settings = saved;
            saved = null;
        }
        if (settings != null) {
            stty(settings);
        }
    }

    /** Calls back with the new size whenever the window changes, where the platform tells. */
    public void whenResized(Consumer<TerminalSize> listener) {
        if (present) {
            WindowSignal.handle(() -> listener.accept(size()));
        }
    }

    private static Optional<String> stty(String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean done = process.waitFor(STTY_WITHIN_SECONDS, TimeUnit.SECONDS);
            return done && process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
