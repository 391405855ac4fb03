package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.launcher.state.Secrets;

/**
 * Keycloak, built once by {@link KeycloakBuild}, with configuration and data of its own beside the shared program files.
 *
 * <p>It has no administrator's account: realms are imported at start, and the one that its first start makes ends with {@link #provision}.
 */
public final class Keycloak extends Part {

    /** What {@code docs/operations.md} gives to {@code kc.sh}. */
    static final List<String> START = List.of("start", "--optimized");

    static final String IMPORT = "--import-realm";
    static final String IMPORT_FOLDER = "data/import";

    private static final String BOOTSTRAP = "bascule-bootstrap";
    private static final String BOOTSTRAP_SECRET = "keycloak-bootstrap";

    private final Installation installation;
    private final Path folder;
    private final Path logs;
    private final Secrets secrets;
    private final int port;
    private final int managementPort;
    private final int databasePort;
    private final String accessUrl;
    private final String trustedProxies;

    /**
     * @param accessUrl where the access server answers, which is asked at every sign-in
     * @param trustedProxies whose {@code X-Forwarded-For} counts, separated by commas; empty: nobody's
     */
    public Keycloak(
            Installation installation,
            Path folder,
            Path logs,
            Secrets secrets,
            int port,
            int managementPort,
            int databasePort,
            String accessUrl,
            String trustedProxies) {
        super("keycloak");
        this.installation = installation;
        this.folder = folder;
        this.logs = logs;
        this.secrets = secrets;
        this.port = port;
        this.managementPort = managementPort;
        this.databasePort = databasePort;
        this.accessUrl = accessUrl;
        this.trustedProxies = trustedProxies;
    }

    public String url() {
        return "http://localhost:" + port;
    }

    /** Puts a realm where the next start imports it, unless it was imported before. */
    public void offerRealm(Realm realm, Path settings) throws IOException, InterruptedException {
        if (Files.exists(imported(realm.name()))) {
            return;
        }
        PrivateFiles.folder(folder);
        Files.createDirectories(importFolder());
        Path file = importFolder().resolve(realm.name() + "-realm.json");
        realm.write(installation, settings, file, logs);
    }

    /** Notes which realms are in the database now and removes the files, which hold passwords. */
    public void confirmRealms() throws IOException, InterruptedException {
        if (!Files.isDirectory(importFolder())) {
            return;
        }
        List<Path> files;
        try (var listed = Files.list(importFolder())) {
            files = listed.toList();
        }
        for (Path file : files) {
            String realm = file.getFileName().toString().replace("-realm.json", "");
            if (!Probe.isOk(url() + "/realms/" + realm + "/.well-known/openid-configuration")) {
                throw new IOException(
                        "Keycloak did not import the realm " + realm + ", see " + logs.resolve(name() + ".log"));
            }
            Files.writeString(imported(realm), "");
            Files.delete(file);
        }
    }

    /** Makes the account by which the access server creates realms, once, and removes the one that makes it. */
    public void provision(Path settings) throws IOException, InterruptedException {
        if (Files.exists(provisioned())) {
            return;
        }
        Commands.run(
                "keycloak-provisioner",
                installation.shell("keycloak-provisioner.sh", settings, installation.keycloak()),
                folder,
                Map.of(
                        "JAVA", Installation.java(),
                        "KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                        "KEYCLOAK_BOOTSTRAP_CLIENT_ID", BOOTSTRAP,
                        "KEYCLOAK_BOOTSTRAP_SECRET_FILE",
                                secrets.file(BOOTSTRAP_SECRET).toString(),
                        "KEYCLOAK_REALMS", Files.readString(bootstrapped()).strip()),
                logs,
                Duration.ofMinutes(5));
        Files.writeString(provisioned(), "");
        Files.delete(bootstrapped());
        secrets.forget(BOOTSTRAP_SECRET);
    }

    /** Statements that tell the clients of all realms another address of the web application on this machine. */
    public static String move(String url) {
        return """
                update keycloak.REDIRECT_URIS set VALUE = '%1$s/callback' where VALUE like 'http://localhost:%%/callback';
                update keycloak.CLIENT_ATTRIBUTES set VALUE = '%1$s/backchannel-logout' where VALUE like 'http://localhost:%%/backchannel-logout';
                update keycloak.CLIENT_ATTRIBUTES set VALUE = '%1$s/login' where VALUE like 'http://localhost:%%/login';
                update keycloak.CLIENT set BASE_URL = '%1$s/' where BASE_URL like 'http://localhost:%%/';
                """
                .formatted(url);
    }

    @Override
    ChildProcess.Spec spec() throws IOException, InterruptedException {
        Path home = installation.keycloak();
        link(home);
        PrivateFiles.write(Files.createDirectories(folder.resolve("conf")).resolve("keycloak.conf"), configuration());
        bootstrapOlder(home);
        List<String> arguments = new ArrayList<>(START);
        if (Files.isDirectory(importFolder())) {
            arguments.add(IMPORT);
        }
        return new ChildProcess.Spec(
                name(),
                command(home, arguments),
                folder,
                Files.exists(provisioned()) ? Map.of() : bootstrapAccount(),
                Optional.empty(),
                logs,
                Duration.ofSeconds(20));
    }

    /** What makes an administrator's account at the very first start, when there is no realm yet. */
    private Map<String, String> bootstrapAccount() throws IOException {
        return Map.of(
                "KC_BOOTSTRAP_ADMIN_CLIENT_ID",
                BOOTSTRAP,
                "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET",
                secrets.password(BOOTSTRAP_SECRET));
    }

    /** Makes that account where realms are older than the account by which the access server administers Keycloak. */
    private void bootstrapOlder(Path home) throws IOException, InterruptedException {
        if (Files.exists(provisioned()) || Files.exists(bootstrapped())) {
            return;
        }
        String realms;
        try (var files = Files.list(folder)) {
            realms = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith("imported-"))
                    .map(file -> file.substring("imported-".length()))
                    .collect(Collectors.joining(" "));
        }
        if (!realms.isEmpty()) {
            Commands.run(
                    "keycloak-bootstrap",
                    command(
                            home,
                            List.of(
                                    "bootstrap-admin",
                                    "service",
                                    "--optimized",
                                    "--no-prompt",
                                    "--client-id",
                                    BOOTSTRAP,
                                    "--client-secret:env",
                                    "KC_BOOTSTRAP_ADMIN_CLIENT_SECRET")),
                    folder,
                    bootstrapAccount(),
                    logs,
                    Duration.ofMinutes(5));
            Files.writeString(bootstrapped(), realms);
        }
    }

    private List<String> command(Path home, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Installation.java());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                // compiled once and quickly: half the processor time until the first login page
                "-XX:TieredStopAtLevel=1",
                "-Xms64m",
                "-Xmx400m",
                "-XX:MaxMetaspaceSize=256m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dfile.encoding=UTF-8",
                "-Djdk.tls.rejectClientInitiatedRenegotiation=true",
                "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
                "--add-opens=java.base/java.security=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.language=en",
                "-Duser.country=US",
                "-Dkc.home.dir=" + folder,
                "-Djboss.server.config.dir=" + folder.resolve("conf"),
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dpicocli.disable.closures=true",
                "-Dquarkus-log-max-startup-records=10000",
                "-cp",
                home.resolve("lib/quarkus-run.jar").toString(),
                "io.quarkus.bootstrap.runner.QuarkusEntryPoint"));
        command.addAll(arguments);
        return command;
    }

    @Override
    void awaitReady(ChildProcess started) throws IOException, InterruptedException {
        await(started, Duration.ofMinutes(6), () -> Probe.isOk("http://127.0.0.1:" + managementPort + "/health/ready"));
        if (!Files.exists(provisioned()) && !Files.exists(bootstrapped())) {
            Files.writeString(bootstrapped(), "");
        }
    }

    private void link(Path home) throws IOException {
        PrivateFiles.folder(folder);
        for (String name : List.of("lib", "providers", "themes", "bin", "version.txt")) {
            Path link = folder.resolve(name);
            if (Files.isSymbolicLink(link) && !Files.readSymbolicLink(link).equals(home.resolve(name))) {
                Files.delete(link);
            }
            if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(link, home.resolve(name));
            }
        }
    }

    private String configuration() throws IOException {
        String proxies = trustedProxies.isEmpty()
                ? ""
                : "\nproxy-headers=xforwarded\nproxy-trusted-addresses=" + trustedProxies + "\n";
        return Files.readString(installation.script("keycloak.conf.template"))
                        .replace("@DB_HOST@", "127.0.0.1")
                        .replace("@DB_PORT@", Integer.toString(databasePort))
                        .replace("@DB_PASSWORD@", secrets.password("database-keycloak"))
                        .replace("@HTTP_PORT@", Integer.toString(port))
                        .replace("@URL@", url())
                        .replace("@MANAGEMENT_PORT@", Integer.toString(managementPort))
                        .replace("@ACCESS_URL@", accessUrl)
                        .replace(
                                "@PROVIDER_SECRET_FILE@",
                                secrets.file("keycloak-provider").toString())
                + proxies;
    }

    private Path importFolder() {
        return folder.resolve(IMPORT_FOLDER);
    }

    /** Exists when {@link #provision} is done. */
    private Path provisioned() {
        return folder.resolve("provisioned");
    }

    /** Names the realms that were there before; exists while there is an administrator's account. */
    private Path bootstrapped() {
        return folder.resolve("bootstrapped");
    }

    private Path imported(String realm) {
        return folder.resolve("imported-" + realm);
    }
}
