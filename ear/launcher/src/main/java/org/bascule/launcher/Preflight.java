package org.bascule.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.launcher.part.Installation;

/** Looks for what the machine must have, and says in one line how to get what is missing. */
public final class Preflight {

    private static final int JAVA = 17;

    /** Debian's packages with the libraries that mariadbd loads. */
    private static final Map<String, String> LIBRARIES = libraries();

    private Preflight() {}

    /**
     * Something that is missing.
     *
     * @param what in a few words
     * @param command the command that puts it right, run as root; empty where there is none
     */
    public record Finding(String what, Optional<String> command) {

        @Override
        public String toString() {
            return what + command.map(line -> ": " + line).orElse("");
        }
    }

    /** What the demo needs. */
    public static List<Finding> forDemo(Path home) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            findings.add(new Finding("the demo runs on Linux on x86-64 only", Optional.empty()));
            return findings;
        }
        if (Runtime.version().feature() < JAVA) {
            findings.add(missing("Java " + JAVA + " or newer", "openjdk-17-jdk-headless"));
        }
        if (!Files.isExecutable(Path.of(System.getProperty("java.home"), "bin", "keytool"))) {
            findings.add(missing("a JDK (not a JRE)", "openjdk-17-jdk-headless"));
        }
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("sh", "dash");
        commands.put("sed", "sed");
        commands.put("grep", "grep");
        commands.put("mktemp", "coreutils");
        commands.put("setsid", "util-linux");
        commands.forEach((command, debian) -> {
            if (find(command).isEmpty()) {
                findings.add(missing("the command " + command, debian));
            }
        });
        findings.addAll(missingLibraries(home));
        return findings;
    }

    private static Finding missing(String what, String packages) {
        return new Finding(what + " is missing", Optional.of("apt-get install -y --no-install-recommends " + packages));
    }

    private static List<Finding> missingLibraries(Path home) throws InterruptedException {
        Path binary;
        try {
            binary = new Installation(home).mariadb().resolve("bin/mariadbd");
        } catch (IOException | IllegalStateException e) {
            return List.of(new Finding("the build is not complete in " + home + " (mvn -Pdemo)", Optional.empty()));
        }
        return output(List.of("ldd", binary.toString()))
                .filter(line -> line.contains("not found"))
                .map(line -> line.strip().split(" ")[0])
                .map(library -> missing("the library " + library, LIBRARIES.getOrDefault(library, library)))
                .toList();
    }

    private static Map<String, String> libraries() {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("libcrypt.so.1", "libcrypt1");
        packages.put("libsystemd.so.0", "libsystemd0");
        packages.put("libstdc++.so.6", "libstdc++6");
        packages.put("libgcc_s.so.1", "libgcc-s1");
        packages.put("libcap.so.2", "libcap2");
        packages.put("libgcrypt.so.20", "libgcrypt20");
        packages.put("liblzma.so.5", "liblzma5");
        packages.put("libzstd.so.1", "libzstd1");
        packages.put("liblz4.so.1", "liblz4-1");
        return packages;
    }

    private static Optional<Path> find(String command) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
        return Stream.of(path.split(":"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, command))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<String> output(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (BufferedReader reader = process.inputReader()) {
                List<String> lines = reader.lines().toList();
                process.waitFor(10, TimeUnit.SECONDS);
                return lines.stream();
            }
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
