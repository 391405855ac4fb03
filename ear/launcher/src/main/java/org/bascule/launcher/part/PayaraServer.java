package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.Folders;
import org.bascule.launcher.state.PrivateFiles;

/**
 * Payara Server with a domain of its own, set up by the administrator's scripts.
 *
 * <p>The server's JVM is the child itself: {@code asadmin start-domain} is asked once for its command line and then not needed.
 */
public final class PayaraServer extends Part {

    private static final String DOMAIN = "bascule";
    private static final Duration SCRIPT = Duration.ofMinutes(5);

    /** For asadmin and keytool, a dozen short-lived JVMs: half the processor time. */
    private static final Map<String, String> SHORT_LIVED = Map.of(
            "JAVA_HOME",
            System.getProperty("java.home"),
            "JAVA_TOOL_OPTIONS",
            "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");

    private final Installation installation;
    private final Path folder;
    private final Path logs;
    private final Path settings;
    private final Path masterPasswordFile;
    private final int httpPort;

    /**
     * @param folder where the domain lives
     * @param settings settings file of the scripts
     * @param masterPasswordFile file with the password of the domain's key stores
     */
    public PayaraServer(
            Installation installation, Path folder, Path logs, Path settings, Path masterPasswordFile, int httpPort) {
        super("access-server");
        this.installation = installation;
        this.folder = folder;
        this.logs = logs;
        this.settings = settings;
        this.masterPasswordFile = masterPasswordFile;
        this.httpPort = httpPort;
    }

    /** Whether {@link #createDomain} has nothing to do: there is a domain, with the ports of the settings. */
    public boolean isDomainCreated() throws IOException {
        return isDone("created", ports());
    }

    /**
     * Makes the domain, once; a half-made one of an interrupted attempt is made anew, and so is one with other ports, which could not even
     * start to be configured.
     */
    public void createDomain() throws IOException, InterruptedException {
        if (isDomainCreated()) {
            return;
        }
        PrivateFiles.folder(folder);
        Files.deleteIfExists(done("created"));
        Folders.delete(domain());
        Files.deleteIfExists(done("configured"));
        Files.deleteIfExists(done("deployed"));
        Commands.run(
                "payara-create-domain",
                installation.shell("payara-create-domain.sh", settings),
                folder,
                SHORT_LIVED,
                logs,
                SCRIPT);
        Files.writeString(done("created"), ports());
    }

    /** Whether the settings, the scripts or the certificate changed since the domain was configured. */
    public boolean needsConfiguration() throws IOException {
        return !isDone("configured", configurationState());
    }

    /** Starts, configures, restarts. */
    public void configure() throws IOException, InterruptedException {
        start();
        Commands.run(
                "payara-configure",
                installation.shell("payara-configure.sh", settings),
                folder,
                SHORT_LIVED,
                logs,
                SCRIPT);
        stop();
        Files.writeString(done("configured"), configurationState());
    }

    /** Whether the application is not in the domain yet, or an older build of it is. */
    public boolean needsDeployment() throws IOException {
        return !isDone("deployed", KeycloakBuild.sha256(installation.file("bascule.ear")));
    }

    /** Deploys the application into the running server. */
    public void deploy() throws IOException, InterruptedException {
        Path ear = installation.file("bascule.ear");
        if (Files.exists(done("deployed"))) {
            awaitOlder();
        }
        Commands.run(
                "payara-deploy",
                installation.shell("payara-deploy.sh", settings, ear),
                folder,
                SHORT_LIVED,
                logs,
                SCRIPT);
        Files.writeString(done("deployed"), KeycloakBuild.sha256(ear));
    }

    /** The server loads an application that it has behind its own start; one that is replaced meanwhile leaves class loaders that find nothing. */
    private void awaitOlder() throws InterruptedException {
        try {
            awaitApplication(Duration.ofMinutes(1));
        } catch (IOException replacedAllTheSame) {
            // it may not even start any more, which is why it is replaced
        }
    }

    /** Waits until the application answers. */
    public void awaitApplication() throws IOException, InterruptedException {
        awaitApplication(Duration.ofMinutes(3));
    }

    private void awaitApplication(Duration limit) throws IOException, InterruptedException {
        ChildProcess running =
                child().orElseThrow(() -> new IllegalStateException("the access server was not started"));
        await(running, limit, () -> Probe.isOk("http://localhost:" + httpPort + "/login"));
    }

    @Override
    ChildProcess.Spec spec() throws IOException, InterruptedException {
        Path input = folder.resolve("input");
        PrivateFiles.write(
                input,
                "AS_ADMIN_MASTERPASSWORD="
                        + Files.readString(masterPasswordFile).strip() + "\n");
        return new ChildProcess.Spec(
                name(),
                commandLine(),
                Files.createDirectories(domain().resolve("config")),
                needsConfiguration() ? SHORT_LIVED : Map.of(),
                Optional.of(input),
                logs,
                Duration.ofSeconds(30));
    }

    @Override
    void awaitReady(ChildProcess started) throws IOException, InterruptedException {
        await(started, Duration.ofMinutes(5), () -> started.lastLines(40).stream()
                .anyMatch(line -> line.contains("startup time :")));
    }

    /** The server's command line; asked for again when the JVM options of the domain change. */
    private List<String> commandLine() throws IOException, InterruptedException {
        Path kept = folder.resolve("command");
        String state = sha256(jvmOptions() + installation.payara() + Installation.java());
        if (Files.exists(kept)) {
            List<String> lines = Files.readAllLines(kept);
            if (lines.get(0).equals(state)) {
                return lines.subList(1, lines.size());
            }
        }
        List<String> command = parse(askForCommandLine());
        List<String> lines = new ArrayList<>(List.of(state));
        lines.addAll(command);
        PrivateFiles.write(kept, String.join("\n", lines) + "\n");
        return command;
    }

    private List<String> askForCommandLine() throws IOException, InterruptedException {
        Commands.run(
                "payara-command-line",
                List.of(
                        installation.payara().resolve("bin/asadmin").toString(),
                        "start-domain",
                        "--domaindir",
                        folder.toString(),
                        "--dry-run",
                        DOMAIN),
                folder,
                SHORT_LIVED,
                logs,
                SCRIPT);
        return Files.readAllLines(logs.resolve("payara-command-line.log"));
    }

    static List<String> parse(List<String> dryRun) throws IOException {
        int first = 0;
        while (first < dryRun.size() && !dryRun.get(first).startsWith("Dump of JVM Invocation")) {
            first++;
        }
        List<String> command = dryRun.stream()
                .skip(first + 1L)
                .takeWhile(line -> !line.isBlank())
                .toList();
        if (!command.contains("com.sun.enterprise.glassfish.bootstrap.ASMain")) {
            throw new IOException("asadmin start-domain --dry-run printed no command line");
        }
        return command;
    }

    private String jvmOptions() throws IOException {
        try (var lines = Files.lines(domain().resolve("config/domain.xml"))) {
            return lines.filter(line -> line.contains("<jvm-options>") || line.contains("<java-config"))
                    .collect(Collectors.joining("\n"));
        }
    }

    private String configurationState() throws IOException {
        return sha256(Files.readString(settings)
                + Files.readString(installation.script("payara-configure.sh"))
                + KeycloakBuild.sha256(Path.of(setting("TLS_KEYSTORE"))));
    }

    private String ports() throws IOException {
        try (var lines = Files.lines(settings)) {
            return lines.filter(line -> line.matches("[A-Z_]*PORT=.*") && !line.startsWith("DB_"))
                    .collect(Collectors.joining("\n"));
        }
    }

    private String setting(String name) throws IOException {
        return Files.readAllLines(settings).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElseThrow(() -> new IOException(name + " is not in " + settings));
    }

    private boolean isDone(String what, String state) throws IOException {
        Path file = done(what);
        return Files.exists(file) && Files.readString(file).equals(state);
    }

    private Path done(String what) {
        return folder.resolve(what);
    }

    private Path domain() {
        return folder.resolve(DOMAIN);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
