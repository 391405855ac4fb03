package org.bascule.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bascule.launcher.process.Commands;
import org.bascule.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administrator's scripts that need no server. */
class ScriptsTest {

    private static final Path SCRIPTS = Path.of("target/install/scripts").toAbsolutePath();

    private final Path folder;

    ScriptsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void realmIsWrittenFromTheTemplateForTheOwnerAlone() throws Exception {
        JsonObject realm = realm("acme");
        assertThat(realm.getString("realm")).isEqualTo("acme");
        assertThat(realm.toString())
                .doesNotContainPattern("@[A-Z_]+@")
                .contains("https://bascule.example.com/callback");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("realm.json"))))
                .isEqualTo("rw-------");
        JsonObject admin = realm.getJsonArray("users").getJsonObject(1);
        assertThat(admin.getJsonArray("requiredActions").toString()).contains("UPDATE_PASSWORD", "CONFIGURE_TOTP");
        assertThat(admin.getJsonArray("credentials").getJsonObject(0).getString("value"))
                .isEqualTo("Secret-of-admin");
    }

    @Test
    void passwordPolicyAsksForThreeOfFourClasses() throws Exception {
        String policy = realm("acme").getString("passwordPolicy");
        assertThat(policy).contains("length(8)", "notUsername", "passwordHistory(3)");
        int from = policy.indexOf("regexPattern(") + "regexPattern(".length();
        Pattern pattern = Pattern.compile(policy.substring(from, policy.indexOf(") and notUsername")));
        for (String good : List.of("abcDEF12", "abcdef1!", "ABCDEF1!", "abcDEF!!", "aB3$aB3$")) {
            assertThat(pattern.matcher(good).matches()).as(good).isTrue();
        }
        for (String bad : List.of("abcdefgh", "abcdEFGH", "12345678", "ABCD1234", "abcd1234", "!!!!1111")) {
            assertThat(pattern.matcher(bad).matches()).as(bad).isFalse();
        }
    }

    @Test
    void noClientTakesPasswordsDirectlyAndNoneHasAWildcardOfAnotherHost() throws Exception {
        for (JsonObject client : realm("acme").getJsonArray("clients").getValuesAs(JsonObject.class)) {
            assertThat(client.getBoolean("directAccessGrantsEnabled"))
                    .as(client.getString("clientId"))
                    .isFalse();
            assertThat(client.getBoolean("implicitFlowEnabled")).isFalse();
            for (var redirect : client.getJsonArray("redirectUris")) {
                assertThat(redirect.toString())
                        .isIn("\"https://bascule.example.com/callback\"", "\"http://127.0.0.1/*\"");
            }
        }
    }

    @Test
    void realmNameWithOtherCharactersIsRefused() {
        assertThatThrownBy(() -> realm("a|b"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lower-case letters");
    }

    @Test
    void accountsGetTheirPasswordsAndNothingElse() throws Exception {
        run("database-accounts.sh", "--print");
        String statements = Files.readString(folder.resolve("script.log"));
        assertThat(statements)
                .contains(
                        "identified by 'Secret-of-db'",
                        "identified by 'Secret-of-db-migrate'",
                        "'bascule'@'app.example.com'")
                .doesNotContainPattern("(?m)^[^-].*@[A-Z_]+@");
        assertThat(statements.toLowerCase(java.util.Locale.ROOT))
                .contains("grant select, insert on bascule_audit.* to 'bascule'@")
                .doesNotContain("update on bascule_audit", "delete on bascule_audit");
    }

    @Test
    void passwordThatWouldEndItsLiteralIsRefused() throws Exception {
        Path settings = settings();
        Files.writeString(folder.resolve("db"), "x'; drop user root; --\n");
        assertThatThrownBy(() -> run(settings, "database-accounts.sh", "--print"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("letters, digits");
    }

    @Test
    void missingSettingIsNamed() throws Exception {
        Path empty = Files.writeString(folder.resolve("empty.conf"), "");
        assertThatThrownBy(() -> run(empty, "relay.sh"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ACCESS_URL is not set in");
    }

    @Test
    void relayNeedsThreeSettingsAndACertificate() throws Exception {
        String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        relay("RELAY_URL=wss://relay.example.com/relay\n");
        assertThat(started())
                .containsSequence(
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Xmx512m",
                        "-jar",
                        SCRIPTS.resolve("../payara-micro.jar").toString())
                .containsSequence("--rootdir", folder.resolve("state/server").toString())
                .containsSequence(
                        "--sslport",
                        "443",
                        "--deploy",
                        SCRIPTS.resolve("../relay-ws.war").toString());
        assertThat(Files.readAllLines(folder.resolve("state/settings.properties")))
                .contains(
                        "bascule.relay.id=" + host,
                        "bascule.relay.access-url=https://bascule.example.com",
                        "bascule.relay.root-hash=hash",
                        "bascule.relay.public-url=wss://relay.example.com/relay",
                        "bascule.relay.key-file=" + folder.resolve("state/relay-key.pem"));
        assertThat(Files.readAllLines(folder.resolve("state/preboot")))
                .contains(
                        "set configs.config.server-config.network-config.network-listeners.network-listener.https-listener.address=0.0.0.0",
                        "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.enabled=false");

        relay("RELAY_URL=wss://relay.example.com:8443/relay\n");
        assertThat(started()).as("the port of its URL").containsSequence("--sslport", "8443");
        relay("RELAY_URL=wss://relay.example.com:8443/relay\nRELAY_HTTPS_PORT=9443\nRELAY_ID=relay-2\n");
        assertThat(started()).containsSequence("--sslport", "9443");
        assertThat(Files.readAllLines(folder.resolve("state/settings.properties")))
                .contains("bascule.relay.id=relay-2");
        assertThat(Files.readAllLines(folder.resolve("state/preboot")))
                .as("an older relay was told otherwise, and remembers it")
                .contains(
                        "set configs.config.server-config.network-config.transports.transport.tcp.byte-buffer-type=heap");
    }

    /** Runs the relay's script with a Java that writes down what it is told. */
    private void relay(String more) throws IOException, InterruptedException {
        Path java = Files.createDirectories(folder.resolve("jdk/bin"));
        if (!Files.exists(java.resolve("java"))) {
            Files.createSymbolicLink(
                    java.resolve("keytool"), Path.of(System.getProperty("java.home"), "bin", "keytool"));
            Files.writeString(
                    java.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + folder.resolve("started") + "'\n");
            Files.setPosixFilePermissions(java.resolve("java"), PosixFilePermissions.fromString("rwx------"));
            Files.writeString(folder.resolve("tls-password"), "Secret-of-tls-password\n");
            keyPair(folder.resolve("tls.p12"), "tls-password");
        }
        Path settings = Files.writeString(
                folder.resolve("relay.conf"),
                """
                ACCESS_URL=https://bascule.example.com
                ROOT_HASH=hash
                TLS_KEYSTORE=%s
                TLS_KEYSTORE_PASSWORD_FILE=%s
                """
                                .formatted(folder.resolve("tls.p12"), folder.resolve("tls-password"))
                        + more);
        Commands.run(
                "script",
                List.of("sh", SCRIPTS.resolve("relay.sh").toString(), settings.toString()),
                folder,
                Map.of(
                        "JAVA_HOME",
                        folder.resolve("jdk").toString(),
                        "STATE_DIRECTORY",
                        folder.resolve("state").toString()),
                folder,
                Duration.ofSeconds(30));
    }

    private List<String> started() throws IOException {
        return Files.readAllLines(folder.resolve("started"));
    }

    @Test
    void examplesNameEverySettingThatTheScriptsNeed() throws Exception {
        String examples = Files.readString(SCRIPTS.resolve("bascule.conf.example"))
                + Files.readString(SCRIPTS.resolve("relay.conf.example"));
        for (String script :
                List.of("payara-create-domain.sh", "payara-configure.sh", "relay.sh", "database-accounts.sh")) {
            String text = Files.readString(SCRIPTS.resolve(script)).replace("\\\n", " ");
            text.lines()
                    .filter(line -> line.startsWith("need "))
                    .flatMap(line -> Pattern.compile(" +")
                            .splitAsStream(line.substring(5).strip()))
                    .forEach(name -> assertThat(examples).as(script).contains("\n" + name + "="));
        }
    }

    @Test
    void exampleNamesEverySettingThatTheApplicationIsGiven() throws Exception {
        String example = Files.readString(SCRIPTS.resolve("bascule.conf.example"));
        String script = Files.readString(SCRIPTS.resolve("payara-configure.sh"));
        List<String> names = Pattern.compile("(?m)^ *property bascule\\S+ \"\\$\\{?([A-Z_]+)")
                .matcher(script)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(names)
                .contains(
                        "AUDIT_ANCHOR_FILE",
                        "AUDIT_SYSLOG_HOST",
                        "AUDIT_SYSLOG_PORT",
                        "AUDIT_SYSLOG_CA_FILE",
                        "AUDIT_SYSLOG_RECORDS")
                .allSatisfy(name -> assertThat(example).containsPattern("\n#?" + name + "="));
        assertThat(script)
                .contains(
                        "bascule.audit.anchor-file ",
                        "bascule.audit.syslog.host ",
                        "bascule.audit.syslog.port ",
                        "bascule.audit.syslog.ca-file ",
                        "bascule.audit.syslog.records ");
    }

    /** What was said before, by this script or by hand, as the server keeps it. */
    private static final List<String> GIVEN = List.of(
            "bascule.public-url",
            "bascule.trusted-proxies",
            "bascule.audit.anchor-file",
            "bascule.audit.syslog.host",
            "bascule.audit.syslog.port",
            "bascule.relay.id",
            "bascule.relay.root-hash",
            "bascule.relay.relay-1.url",
            "bascule.relay.relay-1.native-url",
            "bascule.relay.gone.url",
            "bascule.relay.gone.native-url",
            "bascule.relay.max-pairs");

    @Test
    void propertiesWhoseSettingIsGoneAreTakenBackAndNoOthers() throws Exception {
        List<String> commands = configure("");
        assertThat(commands.stream()
                        .filter(line -> line.startsWith("delete-config-property "))
                        .map(line -> line.replaceFirst(".*--propertyName=", "")))
                .containsExactlyInAnyOrder(
                        "bascule.trusted-proxies",
                        "bascule.audit.anchor-file",
                        "bascule.audit.syslog.host",
                        "bascule.audit.syslog.port",
                        "bascule.relay.id",
                        "bascule.relay.root-hash",
                        "bascule.relay.gone.url",
                        "bascule.relay.gone.native-url");
        assertThat(commands)
                .contains(
                        "set-config-property --source=domain --propertyName=bascule.public-url --propertyValue=https://bascule.example.com");
        assertThat(Files.readAllLines(folder.resolve("script.log")))
                .contains("taken back: bascule.trusted-proxies", "taken back: bascule.relay.gone.url")
                .doesNotContain("taken back: bascule.public-url", "taken back: bascule.relay.max-pairs");
    }

    @Test
    void relayWithinTheApplicationIsSetUpBySettings() throws Exception {
        assertThat(configure("OWN_RELAY_ID=relay-0\nOWN_RELAY_ROOT_HASH=hash\n"))
                .contains(
                        "set-config-property --source=domain --propertyName=bascule.relay.id --propertyValue=relay-0",
                        "set-config-property --source=domain --propertyName=bascule.relay.root-hash --propertyValue=hash",
                        "set-config-property --source=domain --propertyName=bascule.relay.access-url --propertyValue=https://bascule.example.com");
        assertThatThrownBy(() -> configure("OWN_RELAY_ID=relay-0\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("OWN_RELAY_ROOT_HASH is not set");
    }

    /** The request of a deployment is ended after it, whatever it has done by then. */
    @Test
    void aDeploymentHasMoreTimeThanTheRequestsOfOthers() throws Exception {
        String http =
                "set configs.config.server-config.network-config.protocols.protocol.%s.http.request-timeout-seconds=%d";
        assertThat(configure(""))
                .contains(
                        http.formatted("http-listener-1", 60),
                        http.formatted("http-listener-2", 60),
                        http.formatted("admin-listener", 900));
    }

    @Test
    void publicListenersWaitForTheApplication() throws Exception {
        String listener =
                "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener-";
        assertThat(configure(""))
                .contains(listener + "1.enabled=false", listener + "2.enabled=${bascule.open}")
                .noneMatch(line -> line.endsWith(".enabled=true") && line.contains(".network-listener."));
        assertThat(configure("HTTP_PORT=8080\n")).contains(listener + "1.enabled=${bascule.open}");
    }

    @Test
    void listenersThatWereOpenedForASearchWaitAgainAfterIt() throws Exception {
        Files.writeString(folder.resolve("jvm-options"), "-Dbascule.open=true\n");
        String taken = "delete-jvm-options -Dbascule.open=true";
        assertThat(configure("")).contains(taken);
        assertThat(configure("JVM_OPTIONS=\"-Xmx1g -Dbascule.open=true\"\n")).doesNotContain(taken);
        Files.delete(folder.resolve("jvm-options"));
        assertThat(configure("")).doesNotContain(taken);
    }

    /** The commands that asadmin gets; the one here carries out everything and remembers it. */
    private List<String> configure(String more) throws IOException, InterruptedException {
        Path config = Files.createDirectories(folder.resolve("domains/bascule/config"));
        StringBuilder domain = new StringBuilder("<domain>\n");
        GIVEN.forEach(name -> domain.append("  <property name=\"payara.microprofile.")
                .append(name)
                .append("\" value=\"x\"></property>\n"));
        Files.writeString(config.resolve("domain.xml"), domain + "</domain>\n");
        Path payara = Files.createDirectories(folder.resolve("payara/bin"));
        Path asadmin = payara.resolve("asadmin");
        Files.writeString(
                asadmin,
                """
                #!/bin/sh
                for file; do :; done
                cat "$file" > '%1$s'
                if [ -f '%2$s' ]; then cat '%2$s'; fi
                sed -e 's/ .*//' -e 's/.*/Command & executed successfully./' "$file"
                """
                        .formatted(folder.resolve("commands"), folder.resolve("jvm-options")));
        Files.setPosixFilePermissions(asadmin, PosixFilePermissions.fromString("rwx------"));
        for (String name : List.of("tls-password", "master")) {
            Files.writeString(folder.resolve(name), "Secret-of-" + name + "\n");
        }
        if (!Files.exists(folder.resolve("tls.p12"))) {
            keyPair(folder.resolve("tls.p12"), "tls-password");
            keyPair(config.resolve("keystore.p12"), "master");
        }
        Path settings = settings();
        String said = Files.readString(settings);
        for (String line : List.of(
                "PAYARA_HOME=" + payara.getParent(),
                "DOMAIN_DIR=" + folder.resolve("domains"),
                "DOMAIN=bascule",
                "ADMIN_PORT=1",
                "ADMIN_USER=admin",
                "ADMIN_PASSWORD_FILE=" + folder.resolve("admin"),
                "MASTER_PASSWORD_FILE=" + folder.resolve("master"),
                "AGENT_SERVER_NAMES=bascule.example.com",
                "TLS_SPKI_HASHES=x",
                "HTTPS_ADDRESS=0.0.0.0",
                "HTTPS_PORT=443",
                "TLS_KEYSTORE=" + folder.resolve("tls.p12"),
                "TLS_KEYSTORE_PASSWORD_FILE=" + folder.resolve("tls-password"),
                "DB_HOST=db",
                "DB_PORT=3306",
                "DB_DRIVER=/driver.jar",
                "MASTER_KEY_FILE=/master.key",
                "KEY_SET_FILE=/keyset.jws",
                "KEYCLOAK_URL=https://login.example.com",
                "RELAYS=relay-1",
                "RELAY_relay_1_URL=wss://r/relay",
                "RELAY_relay_1_NATIVE_URL=wss://r/relay")) {
            said += line + "\n";
        }
        Files.writeString(settings, said + more);
        run(settings, "payara-configure.sh");
        return Files.readAllLines(folder.resolve("commands"));
    }

    private void keyPair(Path store, String password) throws IOException, InterruptedException {
        Commands.run(
                "keytool",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "key",
                        "-dname",
                        "CN=test",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass:file",
                        folder.resolve(password).toString()),
                folder,
                Map.of(),
                folder,
                Duration.ofSeconds(30));
    }

    @Test
    void recordsOfTheLastYearAreKept() throws Exception {
        Path client = Files.createDirectory(folder.resolve("bin")).resolve("mariadb");
        Path called = folder.resolve("called");
        Files.writeString(client, "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '" + called + "'\n");
        Files.setPosixFilePermissions(client, PosixFilePermissions.fromString("rwx------"));
        for (String bad : List.of("364", "0", "-400", "4e2", "a year", "", "1000000", "365; drop table x")) {
            assertThatThrownBy(() -> run(settings(), "audit-retention.sh", "--days", bad))
                    .as(bad)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("days");
        }
        assertThatThrownBy(() -> run(settings(), "audit-retention.sh", "--days"))
                .isInstanceOf(IOException.class);
        assertThat(called).doesNotExist();

        run(settings(), "audit-retention.sh", "--days", "365", "-h", "db.example.com");
        run(settings(), "audit-retention.sh", "-h", "db.example.com");

        assertThat(Files.readString(called))
                .as("without a number each domain decides")
                .contains("-h\ndb.example.com\n-e\ncall bascule_audit.expire_audit(null, '")
                .contains("-h\ndb.example.com\n-e\ncall bascule_audit.expire_audit(365, '")
                .doesNotContain("Secret-of-db-migrate");
    }

    private JsonObject realm(String name) throws IOException, InterruptedException {
        run(settings(), "keycloak-realm.sh", name, folder.resolve("realm.json").toString());
        try (var in = Files.newBufferedReader(folder.resolve("realm.json"));
                JsonReader reader = Json.createReader(in)) {
            return reader.readObject();
        }
    }

    private void run(String script, String... arguments) throws IOException, InterruptedException {
        run(settings(), script, arguments);
    }

    private void run(Path settings, String script, String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new java.util.ArrayList<>(List.of("sh", SCRIPTS.resolve(script).toString(), settings.toString()));
        command.addAll(List.of(arguments));
        Map<String, String> path = Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        Commands.run("script", command, folder, path, folder, Duration.ofSeconds(30));
    }

    private Path settings() throws IOException {
        StringBuilder settings =
                new StringBuilder("PUBLIC_URL=https://bascule.example.com\nDB_CLIENT_HOST=app.example.com\n"
                        + "REALM_ADMIN_ID=3a337e31-0a68-44aa-a814-0f722895a5cd\n");
        Map<String, String> files = Map.of(
                "DB_PASSWORD_FILE", "db",
                "DB_MIGRATE_PASSWORD_FILE", "db-migrate",
                "KEYCLOAK_CLIENT_SECRET_FILE", "web",
                "KEYCLOAK_ADMIN_CLIENT_SECRET_FILE", "server",
                "KEYCLOAK_PROVISIONER_SECRET_FILE", "provisioner",
                "KEYCLOAK_PROVIDER_SECRET_FILE", "provider",
                "REALM_ADMIN_PASSWORD_FILE", "admin");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path secret = folder.resolve(file.getValue());
            if (!Files.exists(secret)) {
                Files.writeString(secret, "Secret-of-" + file.getValue() + "\n");
            }
            settings.append(file.getKey()).append('=').append(secret).append('\n');
        }
        return Files.writeString(folder.resolve("bascule.conf"), settings);
    }
}
