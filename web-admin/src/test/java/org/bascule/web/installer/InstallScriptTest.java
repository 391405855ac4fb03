package org.bascule.web.installer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script as it is handed out, run by the shell below a folder of its own, against a server with TLS. Only the agent is a small program that notes how it is called. */
@Timeout(120)
class InstallScriptTest {

    private static final String TOKEN = "bsc1.secret-of-the-token";
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> fetched = new CopyOnWriteArrayList<>();
    private final List<String> continued = new CopyOnWriteArrayList<>();
    private HttpsServer server;
    private AgentFiles files;
    private boolean tampered;

    /** Times that a file is refused for now. */
    private int busy;

    /** Times that an answer ends in the middle. */
    private int cut;

    private record Result(int exit, String said) {}

    @BeforeEach
    void start() throws Exception {
        Files.createDirectory(folder.resolve("files"));
        Files.createDirectory(folder.resolve("tmp"));
        Files.createDirectory(folder.resolve("bin"));
        Files.createDirectory(folder.resolve("here"));
        write("files/bascule-agent.jar", "first jar");
        write("files/bascule-agent.service", "[Unit]\n");
        write("files/bascule-agent.desktop", "[Desktop Entry]\n");
        write(
                "files/bascule-agent",
                """
                #!/bin/sh
                echo "$* | $BASCULE_ENROLMENT_TOKEN" >> "$NOTES"
                tr '\\0' ' ' < /proc/$PPID/cmdline >> "$NOTES.parent"
                while [ "$1" != --dir ]; do shift; done
                [ -z "$REFUSE" ] || exit "$REFUSE"
                mkdir -p "$2"
                echo "{\\"servers\\":[\\"$SERVER\\"],\\"uid\\":\\"u\\"}" >> "$2/registration.json"
                """);
        program(
                "systemctl",
                """
                #!/bin/sh
                [ "$1" = is-active ] || echo "systemctl $*" >> "$NOTES"
                [ "$1" != "$SYSTEMCTL_FAILS" ] || exit 3
                """);
        program("sleep", "#!/bin/sh\n");
        program("sudo", "#!/bin/sh\nexec \"$@\"\n");
        SSLContext tls = tls();
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        files = new AgentFiles(Optional.of(folder.resolve("files")), address());
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            fetched.add(path);
            byte[] content = content(path);
            String range = exchange.getRequestHeaders().getFirst("Range");
            int from = range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            if (content.length == 0) {
                exchange.sendResponseHeaders(404, -1);
            } else if (busy > 0) {
                busy--;
                exchange.getResponseHeaders().set("Retry-After", "1");
                exchange.sendResponseHeaders(429, -1);
            } else {
                if (from > 0) {
                    continued.add(range);
                    exchange.getResponseHeaders()
                            .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
                }
                exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
                int length = content.length - from;
                if (cut > 0) {
                    cut--;
                    length = 3;
                }
                exchange.getResponseBody().write(content, from, length);
                exchange.getResponseBody().flush();
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String address() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    private byte[] content(String path) throws IOException {
        if (path.equals("/agent/install.sh")) {
            return files.installer().orElseThrow().script().getBytes(StandardCharsets.US_ASCII);
        }
        for (AgentFile file : AgentFile.values()) {
            if (path.equals("/agent/files/" + file.fileName())) {
                byte[] content = Files.readAllBytes(folder.resolve("files").resolve(file.fileName()));
                if (tampered && file == AgentFile.JAR) {
                    content[0] ^= 1;
                }
                return content;
            }
        }
        return new byte[0];
    }

    private SSLContext tls() throws Exception {
        Path store = folder.resolve("tls.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "key",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-ext",
                        "bc=ca:true",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        write(
                "ca.pem",
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(keys.getCertificate("key").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private void program(String name, String text) throws IOException {
        Path file = folder.resolve("bin").resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Path installed(String name) {
        return folder.resolve("root").resolve(name);
    }

    private String read(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private String notes() throws IOException {
        return read(folder.resolve("notes"));
    }

    private Result run(String input, Map<String, String> environment, String... options) throws Exception {
        write("install.sh", files.installer().orElseThrow().script());
        List<String> command =
                new ArrayList<>(List.of("sh", folder.resolve("install.sh").toString()));
        command.addAll(List.of(options));
        Process process = started(command, environment);
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it ended before it read
        }
        return ended(process);
    }

    private Process started(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("output").toFile());
        builder.directory(folder.resolve("here").toFile());
        builder.environment().remove("BASCULE_ENROLMENT_TOKEN");
        builder.environment().remove("REFUSE");
        builder.environment().put("SERVER", address());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("NOTES", folder.resolve("notes").toString());
        builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private Result ended(Process process) throws Exception {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
            assertThat(left).as("temporary files").isEmpty();
        }
        return new Result(process.exitValue(), Files.readString(folder.resolve("output")));
    }

    /** Below a folder, trusting the server's own authority. */
    private Result install(String input, String... options) throws Exception {
        return install(input, Map.of(), options);
    }

    private Result install(String input, Map<String, String> environment, String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "--prefix",
                folder.resolve("root").toString(),
                "--ca",
                folder.resolve("ca.pem").toString()));
        all.addAll(List.of(options));
        return run(input, environment, all.toArray(String[]::new));
    }

    @Test
    void theFilesAreInPlaceAndTheDeviceIsLetIn() throws Exception {
        Result result = install(TOKEN + "\n", "--name", "press 1; $(id)", "--account", "service");
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(result.said()).contains("Start it with: ").doesNotContain(TOKEN);
        for (AgentFile file : AgentFile.values()) {
            assertThat(fetched).contains("/agent/files/" + file.fileName());
        }
        Path start = installed("usr/bin/bascule-agent");
        Path jar = installed("usr/lib/bascule-agent/bascule-agent.jar");
        assertThat(Files.readString(jar)).isEqualTo("first jar");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(start)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(jar)))
                .isEqualTo("rw-r--r--");
        assertThat(installed("etc/systemd/system/bascule-agent.service")).isRegularFile();
        assertThat(installed("usr/share/applications/bascule-agent.desktop")).isRegularFile();
        assertThat(notes())
                .isEqualTo(
                        "enrol --server https://localhost:%d --dir %s --name press 1; $(id) --account service --ca %s | %s\n"
                                .formatted(
                                        server.getAddress().getPort(),
                                        installed("var/lib/bascule-agent"),
                                        folder.resolve("ca.pem"),
                                        TOKEN));
        assertThat(read(folder.resolve("notes.parent")))
                .as("what other users see of the script")
                .contains("install.sh")
                .doesNotContain(TOKEN);
    }

    @Test
    void aSecondRunBringsTheFilesUpToDateAndKeepsTheIdentity() throws Exception {
        Map<String, String> service = Map.of("BASCULE_SYSTEMCTL", "systemctl");
        assertThat(install(TOKEN, service).exit()).isZero();
        assertThat(notes())
                .endsWith("systemctl daemon-reload\nsystemctl enable bascule-agent\nsystemctl restart bascule-agent\n");
        String enrolled = notes();
        fetched.clear();

        Result same = install("", service);
        assertThat(same.exit()).as(same.said()).isZero();
        assertThat(fetched).as("nothing is new").isEmpty();
        assertThat(notes())
                .isEqualTo(enrolled
                        + "systemctl daemon-reload\nsystemctl enable bascule-agent\nsystemctl start bascule-agent\n");

        write("files/bascule-agent.jar", "second jar");
        Path archive = installed("usr/lib/bascule-agent/bascule-agent.jsa");
        Files.writeString(archive, "of the first jar");
        Files.delete(folder.resolve("notes"));
        Result newer = install("", service);
        assertThat(newer.exit()).as(newer.said()).isZero();
        assertThat(fetched).containsExactly("/agent/files/bascule-agent.jar");
        assertThat(Files.readString(installed("usr/lib/bascule-agent/bascule-agent.jar")))
                .isEqualTo("second jar");
        assertThat(archive).doesNotExist();
        assertThat(notes())
                .isEqualTo(
                        "systemctl daemon-reload\nsystemctl enable bascule-agent\nsystemctl restart bascule-agent\n");
        assertThat(Files.readString(installed("var/lib/bascule-agent/registration.json")))
                .isEqualTo("{\"servers\":[\"" + address() + "\"],\"uid\":\"u\"}\n");
        assertThat(installed("usr/lib/bascule-agent/restart-needed")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon-reload", "restart", "is-active"})
    void anAgentThatDoesNotRunIsToldAndRestartedTheNextTime(String fails) throws Exception {
        Map<String, String> service = Map.of("BASCULE_SYSTEMCTL", "systemctl");
        Result failed = install(TOKEN, Map.of("BASCULE_SYSTEMCTL", "systemctl", "SYSTEMCTL_FAILS", fails));
        assertThat(failed.exit()).as(failed.said()).isEqualTo(1);
        assertThat(failed.said()).doesNotContain("The agent runs");
        if (!fails.equals("daemon-reload")) {
            assertThat(failed.said()).contains("journalctl -u bascule-agent");
        }
        Files.delete(folder.resolve("notes"));
        fetched.clear();
        Result again = install("", service);
        assertThat(again.exit()).as(again.said()).isZero();
        assertThat(fetched).isEmpty();
        assertThat(again.said()).contains("The agent runs");
        assertThat(notes()).endsWith("systemctl restart bascule-agent\n");
        install("", service);
        assertThat(notes()).endsWith("systemctl start bascule-agent\n");
    }

    @Test
    void anUpgradeThatWasInterruptedIsFinishedWithARestart() throws Exception {
        Map<String, String> service = Map.of("BASCULE_SYSTEMCTL", "systemctl");
        assertThat(install(TOKEN, service).exit()).isZero();
        Files.delete(folder.resolve("notes"));
        write("files/bascule-agent.jar", "second jar");
        program("chmod", "#!/bin/sh\nkill -TERM $PPID\n");
        assertThat(install("", service).exit()).isEqualTo(143);
        program("chmod", "#!/bin/sh\nexec /bin/chmod \"$@\"\n");
        Files.move(
                installed("usr/lib/bascule-agent/bascule-agent.jar.new"),
                installed("usr/lib/bascule-agent/bascule-agent.jar"),
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(install("", service).exit()).isZero();
        assertThat(notes()).endsWith("systemctl restart bascule-agent\n");
    }

    @Test
    void whoIsEnrolledIsNotLetInAnewWithoutAWord() throws Exception {
        assertThat(install(TOKEN).exit()).isZero();
        write("token", TOKEN);
        for (String[] options : List.of(
                new String[] {"--pair"},
                new String[] {"--token-file", folder.resolve("token").toString()})) {
            Result refused = install("", options);
            assertThat(refused.exit()).as(refused.said()).isEqualTo(3);
            assertThat(refused.said())
                    .contains("enrolled already", "bascule-agent reset-identity --dir ", "systemctl stop");
        }
        Result plain = install("");
        assertThat(plain.exit()).as(plain.said()).isZero();
        assertThat(plain.said()).contains("If it was revoked or removed", "reset-identity");

        Files.writeString(
                installed("var/lib/bascule-agent/registration.json"),
                "{\"servers\":[\"" + address() + "0\"],\"uid\":\"u\"}");
        Result another = install("");
        assertThat(another.exit()).as(another.said()).isEqualTo(3);
        assertThat(another.said())
                .contains("enrolled with another server than " + address(), "bascule-agent reset-identity --dir ");
    }

    @Test
    void theLineIsSafeInAFolderOfOthers() throws Exception {
        Path victim = folder.resolve("victim");
        Files.writeString(victim, "untouched");
        Files.createSymbolicLink(folder.resolve("here/bascule-install.sh"), victim);
        Process process = started(
                List.of(
                        "sh",
                        "-c",
                        files.installer().orElseThrow().command() + " --prefix '" + folder.resolve("root") + "' --ca '"
                                + folder.resolve("ca.pem") + "'; e=$?; rm -r \"$d\"; exit $e"),
                Map.of("CURL_CA_BUNDLE", folder.resolve("ca.pem").toString()));
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(TOKEN.getBytes(StandardCharsets.UTF_8));
        }
        Result result = ended(process);
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(result.said()).contains("bascule-install.sh: OK");
        assertThat(notes()).endsWith(" | " + TOKEN + "\n");
        assertThat(Files.readString(victim)).isEqualTo("untouched");
    }

    @Test
    void theTokenIsTypedWithoutAnEcho() throws Exception {
        write("install.sh", files.installer().orElseThrow().script());
        Process process = started(
                List.of(
                        "script",
                        "-qec",
                        "sh '%s' --prefix '%s' --ca '%s'"
                                .formatted(
                                        folder.resolve("install.sh"), folder.resolve("root"), folder.resolve("ca.pem")),
                        "/dev/null"),
                Map.of("SHELL", "/bin/sh"));
        try (OutputStream stdin = process.getOutputStream()) {
            while (process.isAlive() && !read(folder.resolve("output")).contains("Enrolment token: ")) {
                Thread.onSpinWait();
            }
            stdin.write((TOKEN + "\n").getBytes(StandardCharsets.UTF_8));
            stdin.flush();
            Result result = ended(process);
            assertThat(result.exit()).as(result.said()).isZero();
            assertThat(result.said()).contains("The agent is installed").doesNotContain(TOKEN);
        }
        assertThat(notes()).endsWith(" | " + TOKEN + "\n");
    }

    /** All programs of this machine but one. */
    private String pathWithout(String program) throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        for (String part : System.getenv("PATH").split(":")) {
            if (Files.isDirectory(Path.of(part))) {
                try (Stream<Path> files = Files.list(Path.of(part))) {
                    for (Path file : files.toList()) {
                        Path link = programs.resolve(String.valueOf(file.getFileName()));
                        if (!link.endsWith(program) && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                            Files.createSymbolicLink(link, file.toAbsolutePath());
                        }
                    }
                }
            }
        }
        return folder.resolve("bin") + ":" + programs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"curl", "wget"})
    void aBusyServerIsAskedAgainAndASlowLineGetsTheFileInParts(String without) throws Exception {
        busy = 1;
        cut = 2;
        Result result = install(TOKEN, Map.of("PATH", pathWithout(without)));
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(continued).containsExactly("bytes=3-", "bytes=6-");
        assertThat(Files.readString(installed("usr/lib/bascule-agent/bascule-agent.jar")))
                .isEqualTo("first jar");
    }

    @Test
    void theMachinesJavaCountsNotThatOfTheCaller() throws Exception {
        program("id", "#!/bin/sh\necho 0\n");
        program(
                "uname",
                "#!/bin/sh\necho \"${JAVA_HOME:-none} ${BASCULE_AGENT_JAR:-none}\" >> \"$NOTES\"\necho Other\n");
        Result result = run("", Map.of("BASCULE_AGENT_JAR", "/tmp/other.jar"));
        assertThat(result.exit()).as(result.said()).isEqualTo(13);
        assertThat(notes()).isEqualTo("none none\n");
    }

    @Test
    void aDeviceThatIsPairedShowsItsCode() throws Exception {
        Result result = install("", "--pair", "--domain", "demo", "--yes");
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(notes())
                .isEqualTo("pair --server https://localhost:%d --dir %s --domain demo --yes --ca %s | \n"
                        .formatted(
                                server.getAddress().getPort(),
                                installed("var/lib/bascule-agent"),
                                folder.resolve("ca.pem")));
    }

    @Test
    void theTokenMayComeFromAFile() throws Exception {
        write("token", " " + TOKEN + " \r\n");
        Result result = install("", "--token-file", folder.resolve("token").toString());
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(notes()).endsWith(" | " + TOKEN + "\n");
    }

    @Test
    void anEnrolmentFileNeedsNoToken() throws Exception {
        Path file = installed("etc/bascule-agent/enrolment.json");
        Files.createDirectories(installed("etc/bascule-agent"));
        Files.writeString(file, "{}");
        Result result = install("");
        assertThat(result.exit()).as(result.said()).isZero();
        assertThat(notes()).isEmpty();
        assertThat(file).exists();
    }

    @Test
    void whatWasChangedOnTheWayIsNotInstalled() throws Exception {
        tampered = true;
        Result result = install(TOKEN);
        assertThat(result.exit()).as(result.said()).isEqualTo(15);
        assertThat(result.said()).contains("bascule-agent.jar is not the file that this script expects");
        assertThat(folder.resolve("root/usr")).doesNotExist();
        assertThat(notes()).isEmpty();
    }

    @Test
    void aServerThatIsNotTrustedGivesNothing() throws Exception {
        Result result = run(TOKEN, Map.of(), "--prefix", folder.resolve("root").toString());
        assertThat(result.exit()).as(result.said()).isEqualTo(14);
        assertThat(fetched).isEmpty();
        assertThat(folder.resolve("root/usr")).doesNotExist();
    }

    @Test
    void aRefusedTokenIsTheReasonAndCanBeFollowedByAnother() throws Exception {
        Result refused = install(TOKEN, Map.of("REFUSE", "4", "BASCULE_SYSTEMCTL", "systemctl"));
        assertThat(refused.exit()).as(refused.said()).isEqualTo(4);
        assertThat(notes()).doesNotContain("systemctl");
        Result taken = install(TOKEN, Map.of("BASCULE_SYSTEMCTL", "systemctl"));
        assertThat(taken.exit()).as(taken.said()).isZero();
        assertThat(notes()).contains("systemctl enable");
    }

    @Test
    void anOldJavaIsNamed() throws Exception {
        Path java = Files.createDirectories(folder.resolve("old/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        Result old = install(TOKEN, Map.of("JAVA_HOME", folder.resolve("old").toString()));
        assertThat(old.exit()).as(old.said()).isEqualTo(11);
        assertThat(old.said()).contains("17 or newer; java here is 11").contains("Install one: ");
        assertThat(install(TOKEN, Map.of("JAVA_HOME", folder.resolve("none").toString()))
                        .exit())
                .isEqualTo(11);
        assertThat(fetched).isEmpty();
    }

    @Test
    void onlyRootInstallsForTheMachine() throws Exception {
        program("id", "#!/bin/sh\necho 1000\n");
        Result result = run(TOKEN, Map.of());
        assertThat(result.exit()).as(result.said()).isEqualTo(10);
        assertThat(fetched).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', No enrolment token was given",
        "'not-a-token', '', This is no enrolment token",
        "'', --token, There is no option --token",
        "'', --name, --name needs a value",
        "'', --yes, belong to --pair",
        "'', '--pair --account x', do not belong to --pair",
        "'', --token-file /nothing, There is no enrolment token in /nothing",
    })
    void mistakesAreTold(String input, String options, String sentence) throws Exception {
        String[] all = options.isEmpty() ? new String[0] : options.split(" ");
        Result result = install(input, all);
        assertThat(result.exit()).as(result.said()).isEqualTo(2);
        assertThat(result.said()).contains(sentence);
        assertThat(fetched).isEmpty();
        assertThat(folder.resolve("root")).doesNotExist();
    }
}
