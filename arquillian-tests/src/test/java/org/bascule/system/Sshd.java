package org.bascule.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server of OpenSSH on a port of loopback, for the account that runs the tests and a key that is made for it. */
final class Sshd implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final int port;
    private final Program server;

    /** @param folder an empty one, for keys and settings */
    Sshd(Path folder) throws IOException {
        this(folder, List.of());
    }

    /** One that alone knows this machine by another name. Needs root. */
    static Sshd knowing(String host, Path folder) throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "a mount namespace needs root");
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost " + host + "\n");
        return new Sshd(
                folder,
                List.of("unshare", "-m", "sh", "-c", "mount --bind " + hosts + " /etc/hosts && exec \"$@\"", "sh"));
    }

    private Sshd(Path folder, List<String> starter) throws IOException {
        this.folder = folder;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            Files.createDirectories(Path.of("/run/sshd"));
        }
        for (String key : List.of("host", "own")) {
            try (Program keygen = Program.start(
                    Map.of(),
                    List.of(
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-f",
                            folder.resolve(key).toString()))) {
                Program.Result made = keygen.finish(new byte[0], LIMIT);
                if (made.exit() != 0) {
                    throw new AssertionError(made.error());
                }
            }
        }
        Path config = Files.writeString(
                folder.resolve("sshd_config"),
                """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                AuthorizedKeysFile %s
                StrictModes no
                PidFile none
                PermitRootLogin yes
                Subsystem sftp internal-sftp
                """
                        .formatted(port, folder.resolve("host"), folder.resolve("own.pub")));
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of("/usr/sbin/sshd", "-D", "-e", "-f", config.toString()));
        server = Program.start(Map.of(), command);
        Eventually.within(LIMIT, "sshd listens", () -> server.errorSoFar().contains("listening"));
    }

    int port() {
        return port;
    }

    /** A command line of {@code ssh} or {@code scp} that signs in with the key, and believes the server. */
    List<String> client(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                program,
                "-q",
                "-i",
                folder.resolve("own").toString(),
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=/dev/null"));
        command.addAll(List.of(arguments));
        return command;
    }

    @Override
    public void close() {
        server.close();
    }
}
