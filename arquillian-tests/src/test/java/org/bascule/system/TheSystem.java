package org.bascule.system;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bascule.launcher.Demo;
import org.bascule.launcher.DemoDescription;
import org.bascule.launcher.DemoException;
import org.bascule.launcher.DemoOptions;
import org.bascule.launcher.Progress;
import org.bascule.launcher.RunningDemo;
import org.bascule.launcher.access.RealmClient;
import org.bascule.launcher.state.Secrets;
import org.bascule.session.network.Squid;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;

/** The whole system, started once for all system tests of a process by the launcher's own classes, with a {@link Tap} in front of every port that people and programs use. */
final class TheSystem implements AutoCloseable {

    /** A user of the first domain. */
    record User(String name, String password, String apiToken, Optional<String> secondFactor) {}

    /** A device that is enrolled. */
    record Device(String uid, String name) {}

    private static final Path HOME = Path.of("..", "ear", "launcher", "target");
    /** Each process of the tests has a system of its own. */
    private static final String NAME = System.getProperty("bascule.system", "system-1");

    /** Number of the process, from 1. */
    static final int FORK = Integer.parseInt(NAME.substring(NAME.indexOf('-') + 1));

    private static final Path FOLDER = Path.of("target", NAME);
    /** With a tap in front, but where times are taken; free ones, which stay free while a part is away. */
    private static final List<String> PORTS =
            List.of("http", "https", "relay-1-http", "relay-1-https", "relay-2-http", "relay-2-https");

    /** Between the ports of one system and those of the next. */
    private static final int BESIDE = 1_000;

    private static volatile Optional<TheSystem> running = Optional.empty();

    private final RunningDemo demo;
    private final DemoDescription description;
    private final Map<String, Tap> taps;
    private final Optional<Integer> port;
    private final GreenMail mail;
    private final TestSyslog syslog;
    private final AtomicInteger folders = new AtomicInteger();
    private final Chromium chromium;

    private TheSystem(
            RunningDemo demo, Map<String, Tap> taps, Optional<Integer> port, GreenMail mail, TestSyslog syslog) {
        this.port = port;
        this.mail = mail;
        this.syslog = syslog;
        this.demo = demo;
        this.description = demo.description();
        this.taps = Map.copyOf(taps);
        this.chromium = Chromium.launch();
    }

    static TheSystem get() {
        return running.orElseThrow(
                () -> new IllegalStateException("annotate the test with @ExtendWith(RunningSystem.class)"));
    }

    static synchronized TheSystem start() {
        try {
            Path folder = FOLDER.toAbsolutePath();
            Map<String, Tap> taps = new LinkedHashMap<>();
            Map<String, Integer> ports = new LinkedHashMap<>();
            // two systems that start at once would both find the usual ones free
            Demo.PORTS.forEach((name, wish) -> ports.put(name, wish + FORK * BESIDE));
            Map<String, Integer> fronts = new LinkedHashMap<>();
            for (String name : PORTS) {
                int port = FreePorts.next();
                ports.put(name, port);
                if (Boolean.getBoolean("bascule.untapped")) {
                    continue;
                }
                Tap tap = name.endsWith("https") ? Tap.tls(name, port, () -> tls(folder)) : Tap.plain(name, port);
                fronts.put(name, tap.port());
                taps.put(name, tap);
            }
            GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
            mail.start();
            TestSyslog syslog = new TestSyslog(folder.resolve("syslog"));
            RunningDemo demo = Demo.start(DemoOptions.in(HOME)
                    .withFolder(folder)
                    .withSecondDomain()
                    .withPorts(ports)
                    .withFronts(fronts)
                    .withTrustedProxies("127.0.0.1")
                    .withNames(Squid.INSIDE)
                    .withSettings(settings(mail, syslog))
                    .withOutput(Progress.to(System.out)));
            TheSystem system = new TheSystem(demo, taps, Optional.ofNullable(ports.get("http")), mail, syslog);
            running = Optional.of(system);
            return system;
        } catch (DemoException e) {
            throw new AssertionError("the system did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Map<String, String> settings(GreenMail mail, TestSyslog syslog) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "MAIL_HOST", "127.0.0.1",
                "MAIL_PORT", Integer.toString(mail.getSmtp().getPort()),
                "MAIL_ENCRYPTION", "none",
                "MAIL_FROM", "bascule@example.com",
                "AUDIT_ANCHOR_FILE", anchors().toString()));
        settings.putAll(syslog.settings());
        if (!Boolean.getBoolean("bascule.untapped")) {
            // compiled once and quickly: half the processor time until a relay is there
            settings.put(DemoOptions.RELAY_JVM_OPTIONS, "-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        }
        // for figures: the demo's server is small
        Optional.ofNullable(System.getProperty("bascule.access-jvm"))
                .ifPresent(options -> settings.put("JVM_OPTIONS", "'" + options + "'"));
        return settings;
    }

    /** The server's own certificate, and trust in the demo's CA. */
    private static SSLContext tls(Path folder) {
        try {
            Secrets secrets = Secrets.in(folder.resolve("state/secrets"));
            char[] password = secrets.password("tls").toCharArray();
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(serverKeyStore())) {
                store.load(in, password);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            try (InputStream in = Files.newInputStream(folder.resolve("state/tls/ca.pem"))) {
                trusted.setCertificateEntry(
                        "ca",
                        java.security.cert.CertificateFactory.getInstance("X.509")
                                .generateCertificate(in));
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new AssertionError("the server's certificate cannot be read", e);
        }
    }

    RunningDemo demo() {
        return demo;
    }

    /** Where the system's e-mail ends. */
    GreenMail mail() {
        return mail;
    }

    /** Where heads and records of the audit log go. */
    TestSyslog syslog() {
        return syslog;
    }

    /** Where heads of the audit log are kept. */
    static Path anchors() {
        return FOLDER.toAbsolutePath().resolve("anchors.jsonl");
    }

    /** SHA-256 of the installation's public key, as its operator hands it out. */
    String rootHash() {
        try {
            byte[] root = B64.decode(
                    new Api(url(), Optional.empty())
                            .getJson("/api/installation")
                            .getString("root"),
                    32);
            return B64.encode(MessageDigest.getInstance("SHA-256").digest(root));
        } catch (WireException | GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    Chromium chromium() {
        return chromium;
    }

    Tap tap(String name) {
        return Optional.ofNullable(taps.get(name)).orElseThrow();
    }

    Iterable<Tap> taps() {
        return taps.values();
    }

    String url() {
        return description.url();
    }

    /** The access server itself, without the proxy in front that it trusts. */
    String directUrl() {
        return port.map(number -> "http://localhost:" + number).orElseGet(this::url);
    }

    String agentUrl() {
        return description.agentUrl();
    }

    /** The same by a name that only a proxy knows. */
    String insideUrl() {
        return agentUrl().replace("localhost", Squid.INSIDE);
    }

    Path ca() {
        return description.caFile();
    }

    SSLContext trustingTls() {
        return tls(FOLDER.toAbsolutePath());
    }

    String domain() {
        return description.domain();
    }

    String realm() {
        return description.domain();
    }

    /** The realm of the first domain, at Keycloak. */
    String realmUrl() {
        return description.keycloak() + "/realms/" + realm();
    }

    /** The Admin REST API of a realm, with the account that the access server uses. */
    RealmAdmin realmAdmin(String realm) {
        return new RealmAdmin(description.keycloak(), realm, realm, "bascule-server", secret("keycloak-server"));
    }

    /** The same with the account that makes realms. */
    RealmAdmin realmMaker(String realm) {
        return new RealmAdmin(
                description.keycloak(), "master", realm, "bascule-provisioner", secret("keycloak-provisioner"));
    }

    /** Of the account that the access server uses in each realm. */
    String realmSecret() {
        return secret("keycloak-server");
    }

    /** A user of the second domain. */
    User otherUser(String name) {
        DemoDescription.User user = description.user(Demo.SECOND_DOMAIN, name);
        return new User(user.name(), user.password(), user.apiToken().orElse(""), user.secondFactor());
    }

    /** A secret of the installation. */
    static String secret(String name) {
        try {
            return Secrets.in(FOLDER.toAbsolutePath().resolve("state/secrets"))
                    .kept(name)
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The key and certificate of all servers, PKCS#12. */
    static Path serverKeyStore() {
        return FOLDER.toAbsolutePath().resolve("state/tls/server.p12");
    }

    /** The file of a secret of the installation. */
    static Path secretFile(String name) {
        return FOLDER.toAbsolutePath().resolve("state/secrets").resolve(name);
    }

    /** Where a part listens, by the name of {@link Demo#PORTS}. */
    static int port(String name) {
        Properties ports = new Properties();
        try (InputStream in = Files.newInputStream(FOLDER.toAbsolutePath().resolve("state/ports.properties"))) {
            ports.load(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return Integer.parseInt(ports.getProperty(name));
    }

    /** The realm of a domain, at Keycloak. */
    String realmUrl(String domain) {
        return description.keycloak() + "/realms/" + domain;
    }

    String otherDomain() {
        return Demo.SECOND_DOMAIN;
    }

    User user(String name) {
        return user(description.domain(), name);
    }

    User user(String domain, String name) {
        DemoDescription.User user = description.user(domain, name);
        return new User(user.name(), user.password(), user.apiToken().orElse(""), user.secondFactor());
    }

    Device device() {
        DemoDescription.Device device = description.devices().get(0);
        return new Device(device.uid(), device.name());
    }

    DemoDescription.Database database() {
        return description.database();
    }

    /** A present access token of a user of the first domain. */
    String accessToken(String user) {
        return accessToken(description.domain(), description.user(user));
    }

    /** The REST API with a new sign-in of a user of the first domain whom a test has made. */
    Api signedIn(String user, String password) {
        try {
            String apiToken = new RealmClient(description.keycloak(), realm()).signIn(user, password);
            return new Api(url(), Optional.of(accessToken(realm(), apiToken)));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private String accessToken(String domain, DemoDescription.User user) {
        return accessToken(domain, user.apiToken().orElseThrow());
    }

    private String accessToken(String domain, String apiToken) {
        try {
            return new RealmClient(description.keycloak(), domain)
                    .accessToken(apiToken)
                    .orElseThrow(() -> new AssertionError("the realm " + domain + " gives no access token"));
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    Api api(String user) {
        return new Api(url(), Optional.of(accessToken(user)));
    }

    /** The administrator of the second domain. */
    Api otherApi() {
        return new Api(url(), Optional.of(otherAccessToken()));
    }

    /** A present access token of the administrator of the second domain. */
    String otherAccessToken() {
        return accessToken(Demo.SECOND_DOMAIN, description.user(Demo.SECOND_DOMAIN, "automation"));
    }

    Path basculeJar() {
        return Path.of("..", "agent-client", "control", "target", "bascule.jar")
                .toAbsolutePath()
                .normalize();
    }

    Path agentJar() {
        return Path.of("..", "agent-client", "agent", "target", "bascule-agent.jar")
                .toAbsolutePath()
                .normalize();
    }

    /** Enrols a device with the agent that ships, into a folder of its own. */
    Program.Result enrol(Path folder, String token, String name, String... more) {
        return enrol(agentUrl(), ca(), folder, token, name, more);
    }

    /** The same at another address, trusting others. */
    Program.Result enrol(String server, Path trusted, Path folder, String token, String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "enrol", "--server", server, "--name", name, "--ca", trusted.toString(), "--dir", folder.toString()));
        command.addAll(List.of(more));
        try (Program program =
                Program.start(Map.of("BASCULE_ENROLMENT_TOKEN", token), agentJar(), command.toArray(String[]::new))) {
            return program.finish(new byte[0], Duration.ofSeconds(60));
        }
    }

    /** An address that nobody else comes from, for the header {@code X-Forwarded-For}: failures of one test block no other. */
    static String anAddress() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "10.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(1, 255));
    }

    /** A folder of its own for a test. */
    Path folder(String name) {
        try {
            Path folder = FOLDER.toAbsolutePath().resolve("work").resolve(folders.incrementAndGet() + "-" + name);
            Files.createDirectories(folder.getParent());
            return folder;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        running = Optional.empty();
        chromium.close();
        demo.close();
        taps.values().forEach(Tap::close);
        mail.stop();
        syslog.close();
    }
}
