package org.bascule.agent.owner;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Reads a key switch once. Whatever goes wrong is off. */
final class KeySwitchReader {

    static final Duration COMMAND_TIME = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(KeySwitchReader.class.getName());
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private KeySwitchReader() {}

    /** Blocks for {@link #COMMAND_TIME} at most if a command is asked; a file of the kernel is there at once. */
    static boolean isOn(KeySwitch key) throws InterruptedException {
        try {
            return key.input().isPresent() ? isOn(key.input().get(), key.invert()) : isOn(key.command(), key.invert());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the key switch cannot be read: {0}", e.getMessage());
            return false;
        }
    }

    private static boolean isOn(Path input, boolean invert) throws IOException {
        try (InputStream in = Files.newInputStream(input)) {
            int value = in.read();
            return value == (invert ? '0' : '1');
        }
    }

    private static boolean isOn(List<String> command, boolean invert) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        environment.put("LANG", "C.UTF-8");
        Process process = builder.start();
        try {
            if (!process.waitFor(COMMAND_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "the key switch''s command did not end in time");
                return false;
            }
            int code = process.exitValue();
            // the shell's codes for what could not be started, and signals, say nothing about the key
            return invert ? code > 0 && code < 126 : code == 0;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
