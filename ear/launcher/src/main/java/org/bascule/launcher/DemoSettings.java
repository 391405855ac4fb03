package org.bascule.launcher;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.launcher.part.Installation;
import org.bascule.launcher.part.Realm;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.launcher.state.Secrets;
import org.bascule.wire.Json;

/** Writes what an administrator writes: the settings files of the scripts and the bootstrap file. */
record DemoSettings(
        Installation installation,
        Path state,
        Secrets secrets,
        Map<String, Integer> ports,
        Map<String, Integer> fronts,
        String trustedProxies,
        List<String> names,
        Map<String, String> more) {

    static final List<String> RELAYS = List.of("relay-1", "relay-2");

    DemoSettings {
        ports = Map.copyOf(ports);
        fronts = Map.copyOf(fronts);
        names = List.copyOf(names);
        more = Map.copyOf(more);
    }

    int port(String name) {
        Integer port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("no port was chosen for " + name);
        }
        return port;
    }

    /** The port that addresses name: the proxy's in front, where there is one. */
    private int front(String name) {
        return fronts.getOrDefault(name, port(name));
    }

    String url() {
        return "http://localhost:" + front("http");
    }

    String agentUrl() {
        return "https://localhost:" + front("https");
    }

    String keycloakUrl() {
        return "http://localhost:" + port("keycloak");
    }

    String relayUrl(String id) {
        return "ws://localhost:" + front(id + "-http") + "/relay";
    }

    String relayNativeUrl(String id) {
        return "wss://localhost:" + front(id + "-https") + "/relay";
    }

    Path payaraFolder() {
        return state.resolve("payara");
    }

    Path accessServerFile() {
        return state.resolve("bascule.conf");
    }

    Path relayFile(String id) {
        return state.resolve(id + ".conf");
    }

    Path bootstrapFile() {
        return state.resolve("bootstrap.json");
    }

    /** The relay within the application, and the private CA of the server that it asks. */
    record OwnRelay(String id, String rootHash, Path caFile) {}

    void writeAccessServer(Path keyStore, String spkiHash, Path keySet, Optional<OwnRelay> ownRelay)
            throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("PUBLIC_URL", url());
        settings.put(
                "AGENT_SERVER_NAMES",
                Stream.concat(Stream.of("localhost", "127.0.0.1"), names.stream())
                        .map(name -> name + ":" + front("https"))
                        .collect(Collectors.joining(",")));
        settings.put("TLS_SPKI_HASHES", spkiHash);
        settings.put("PAYARA_HOME", installation.payara());
        settings.put("DOMAIN_DIR", payaraFolder());
        settings.put("DOMAIN", "bascule");
        settings.put("ADMIN_USER", "admin");
        settings.put("ADMIN_PASSWORD_FILE", made("payara-admin"));
        settings.put("MASTER_PASSWORD_FILE", made("payara-master"));
        settings.put("ADMIN_PORT", port("admin"));
        settings.put("HTTP_ADDRESS", "127.0.0.1");
        settings.put("HTTP_PORT", port("http"));
        settings.put("HTTPS_ADDRESS", "127.0.0.1");
        settings.put("HTTPS_PORT", port("https"));
        settings.put("IIOP_PORT", port("iiop"));
        settings.put("IIOP_SSL_PORT", port("iiop") + 1);
        settings.put("IIOP_MUTUAL_PORT", port("iiop") + 2);
        settings.put("JMS_PORT", port("closed"));
        settings.put("JMX_PORT", port("closed") + 1);
        settings.put("OSGI_PORT", port("closed") + 2);
        settings.put("DEBUG_PORT", port("closed") + 3);
        settings.put("GRID_PORT", port("closed") + 4);
        settings.put("GRID_START_PORT", port("closed") + 5);
        settings.put("JVM_OPTIONS", jvmOptions("-Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"));
        settings.put("HTTP_THREADS", 100);
        settings.put("TLS_KEYSTORE", keyStore);
        settings.put("TLS_KEYSTORE_PASSWORD_FILE", made("tls"));
        settings.put("AGENT_FILES", installation.home().resolve("install"));
        settings.put("DB_HOST", "127.0.0.1");
        settings.put("DB_PORT", port("database"));
        settings.put("DB_CLIENT_HOST", "127.0.0.1");
        settings.put("DB_PASSWORD_FILE", made("database-bascule"));
        settings.put("DB_MIGRATE_PASSWORD_FILE", made("database-bascule-migrate"));
        settings.put("DB_POOL_SIZE", 20);
        settings.put("DB_DRIVER", installation.file("mariadb-java-client.jar"));
        settings.put("KEYCLOAK_DB_PASSWORD_FILE", made("database-keycloak"));
        settings.put("MASTER_KEY_FILE", secrets.key("master.key", 32));
        settings.put("KEY_SET_FILE", keySet);
        settings.put("BOOTSTRAP_FILE", bootstrapFile());
        settings.put("TRUSTED_PROXIES", trustedProxies);
        settings.put("OPERATOR_DOMAIN", Demo.DOMAIN);
        settings.put("INTERNAL_PROVIDERS", true);
        settings.put("KEYCLOAK_URL", keycloakUrl());
        settings.put("KEYCLOAK_CLIENT_SECRET_FILE", made("keycloak-web"));
        settings.put("KEYCLOAK_ADMIN_CLIENT_SECRET_FILE", made("keycloak-server"));
        settings.put("KEYCLOAK_PROVISIONER_SECRET_FILE", made("keycloak-provisioner"));
        settings.put("KEYCLOAK_PROVIDER_SECRET_FILE", made("keycloak-provider"));
        settings.put("RELAYS", String.join(",", RELAYS));
        for (String relay : RELAYS) {
            String variable = "RELAY_" + relay.replace('-', '_');
            settings.put(variable + "_URL", relayUrl(relay));
            settings.put(variable + "_NATIVE_URL", relayNativeUrl(relay));
        }
        ownRelay.ifPresent(relay -> {
            settings.put("OWN_RELAY_ID", relay.id());
            settings.put("OWN_RELAY_ROOT_HASH", relay.rootHash());
            settings.put("OWN_RELAY_ACCESS_URL", agentUrl());
            settings.put("OWN_RELAY_ACCESS_CA_FILE", relay.caFile());
        });
        settings.putAll(more);
        settings.remove(DemoOptions.RELAY_JVM_OPTIONS);
        write(accessServerFile(), settings);
    }

    void writeRelay(String id, Path keyStore, Path caFile, String rootHash) throws IOException {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("RELAY_ID", id);
        settings.put("ACCESS_URL", agentUrl());
        settings.put("ACCESS_CA_FILE", caFile);
        settings.put("ROOT_HASH", rootHash);
        settings.put("RELAY_ADDRESS", "127.0.0.1");
        settings.put("RELAY_HTTP_PORT", port(id + "-http"));
        settings.put("RELAY_URL", relayUrl(id));
        settings.put("RELAY_NATIVE_URL", relayNativeUrl(id));
        settings.put("RELAY_REGION", "demo");
        settings.put("RELAY_HTTPS_PORT", port(id + "-https"));
        settings.put("RELAY_OPS_PORT", port(id + "-ops"));
        settings.put("TLS_KEYSTORE", keyStore);
        settings.put("TLS_KEYSTORE_PASSWORD_FILE", made("tls"));
        settings.put("PAYARA_MICRO", installation.file("payara-micro.jar"));
        settings.put("RELAY_WAR", installation.file("relay-ws.war"));
        settings.put("RELAY_FOLDER", state.resolve(id));
        settings.put(
                "JVM_OPTIONS",
                jvmOptions(more.getOrDefault(DemoOptions.RELAY_JVM_OPTIONS, "-Xmx192m -XX:+UseSerialGC")));
        write(relayFile(id), settings);
    }

    private String jvmOptions(String options) throws IOException {
        return "'" + options + " -javaagent:" + installation.file("bascule-crypto.jar") + "'";
    }

    void writeBootstrap(List<String> domains) throws IOException {
        JsonArrayBuilder all = Json.createArrayBuilder();
        for (String domain : domains) {
            JsonArrayBuilder users = Json.createArrayBuilder().add(reference(domain, DemoUser.ADMIN));
            JsonArrayBuilder entries = Json.createArrayBuilder();
            for (DemoUser user : DemoUser.OTHERS) {
                users.add(reference(domain, user));
                if (user.seesDevices()) {
                    entries.add(Json.createObjectBuilder()
                            .add("user", user.name())
                            .add("permission", "see-resources")
                            .add("effect", "allow"));
                }
                if (user.operates()) {
                    entries.add(Json.createObjectBuilder()
                            .add("user", user.name())
                            .add("permission", "operate-installation")
                            .add("effect", "allow"));
                }
            }
            all.add(Json.createObjectBuilder()
                    .add("name", domain)
                    .add("realm", domain)
                    .add("users", users)
                    .add("entries", entries));
        }
        JsonObject file = Json.createObjectBuilder().add("domains", all).build();
        PrivateFiles.write(bootstrapFile(), file + "\n");
    }

    Realm realm(String domain) throws IOException {
        List<Realm.User> others = new ArrayList<>();
        for (DemoUser user : DemoUser.OTHERS) {
            others.add(realmUser(domain, user));
        }
        return new Realm(domain, realmUser(domain, DemoUser.ADMIN), others);
    }

    String userPassword(String domain, DemoUser user) throws IOException {
        return secrets.passphrase(key(domain, user, "password"));
    }

    String userId(String domain, DemoUser user) throws IOException {
        return secrets.uuid(key(domain, user, "id"));
    }

    /** As authenticator apps take it: Base32. */
    Optional<String> secondFactor(String domain, DemoUser user) throws IOException {
        return secrets.kept(key(domain, user, "totp")).map(Base32::encode);
    }

    static String key(String domain, DemoUser user, String what) {
        return domain + "-" + user.name() + "." + what;
    }

    private Realm.User realmUser(String domain, DemoUser user) throws IOException {
        userPassword(domain, user);
        Optional<String> secondFactor =
                user.hasSecondFactor() ? Optional.of(secrets.totpKey(key(domain, user, "totp"))) : Optional.empty();
        return new Realm.User(
                userId(domain, user), user.name(), secrets.file(key(domain, user, "password")), secondFactor);
    }

    private JsonObjectBuilder reference(String domain, DemoUser user) throws IOException {
        JsonArrayBuilder groups = Json.createArrayBuilder();
        user.group().ifPresent(groups::add);
        return Json.createObjectBuilder()
                .add("id", userId(domain, user))
                .add("name", user.name())
                .add("groups", groups);
    }

    /** The file of a password, which exists now. */
    private Path made(String name) throws IOException {
        secrets.password(name);
        return secrets.file(name);
    }

    private static void write(Path file, Map<String, Object> settings) throws IOException {
        for (Object value : settings.values()) {
            String text = value.toString();
            if (!text.matches("[A-Za-z0-9_./:,+=@~-]*|'[^']*'")) {
                throw new IOException("the path " + text
                        + " has characters that the scripts do not take; use a folder without blanks");
            }
        }
        PrivateFiles.write(
                file,
                settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .collect(Collectors.joining()));
    }
}
