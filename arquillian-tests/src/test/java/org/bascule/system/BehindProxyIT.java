package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bascule.session.network.SocksServer;
import org.bascule.session.network.Squid;
import org.bascule.session.network.TestCertificate;
import org.bascule.session.tls.Authorities;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Agent and {@code bascule} where nothing is reached but through a proxy (DEV-4): access server and relay have a name that only the proxy knows. The relay is one that was added to the running system.
 */
@ExtendWith(RunningSystem.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BehindProxyIT {

    /** Of tests that need no relay: it starts meanwhile. */
    private static final int FIRST = 1;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SECURITY = 6;
    private static final int CONNECTION = 7;
    private static final String ANN = "ann:s3%3A%20cr3t@";

    private static TheSystem system;
    private static AddedRelay relay;
    private static URI server;

    @BeforeAll
    static void addTheRelay() {
        system = TheSystem.get();
        server = URI.create(system.insideUrl());
        relay = AddedRelay.start(system, "relay-inside", Squid.INSIDE);
    }

    @AfterAll
    static void removeTheRelay() {
        if (relay != null) {
            relay.close();
        }
    }

    private static String http(Squid squid) {
        return "http://127.0.0.1:" + squid.port();
    }

    private static String asAnn(Squid squid) {
        return http(squid).replace("://", "://" + ANN);
    }

    /** Enrols and runs an agent that knows this proxy alone. */
    private static EnrolledDevice device(String name, String... options) {
        return EnrolledDevice.start(
                system, name, system.insideUrl(), List.of(options), folder -> agent(folder, Map.of()));
    }

    private static Program agent(Path folder, Map<String, String> environment) {
        return Program.start(environment, system.agentJar(), "run", "--dir", folder.toString());
    }

    private static Program bascule(String proxy, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.insideUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("BASCULE_PROXY", proxy);
        environment.put("XDG_CONFIG_HOME", system.folder("cli-proxy").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    /** It was told no address, and no port without TLS: with its defaults it could be reached from everywhere. */
    @Test
    void nothingOfTheRelayIsBeyondLoopbackButItsPublicPort() throws IOException {
        relay.approve();
        List<Listener> listeners = relay.listeners();
        assertThat(listeners.stream()
                        .filter(listener -> !listener.onLoopback())
                        .map(Listener::port)
                        .distinct())
                .containsExactly(relay.port());
        assertThat(listeners.stream().map(Listener::port).distinct())
                .containsExactlyInAnyOrder(relay.port(), relay.opsPort());
    }

    /** A session through the added relay, both ways. */
    private static void expectSession(EnrolledDevice device, String proxy) {
        relay.approve();
        FixedRelay.set(system, device.uid(), Optional.of(relay.id()));
        byte[] data = new byte[3_000_000];
        new Random(5).nextBytes(data);
        try (Program cat = bascule(proxy, "exec", device.uid(), "--", "cat")) {
            Program.Result result = cat.finish(data, LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(result.outputBytes()).isEqualTo(data);
        }
    }

    private static Path passwordFile() throws IOException {
        return Files.writeString(system.folder("proxy-password"), "s3: cr3t\n");
    }

    /** The agent's signs in by Basic, the client's by Digest with nonces that are good for three connections. */
    @Test
    void throughHttpProxiesThatAskForAPassword() throws Exception {
        Path password = passwordFile();
        try (Squid basic = Squid.open(Squid.basic(), Squid.membersOnly());
                Squid digest = Squid.open(Squid.digest(3), Squid.membersOnly());
                EnrolledDevice device = device(
                        "behind-http",
                        "--proxy",
                        http(basic).replace("://", "://ann@"),
                        "--proxy-password-file",
                        password.toString())) {
            expectSession(device, asAnn(digest));
            assertThat(device.says("ping").output())
                    .containsPattern("Access server: .* \\d+ ms, through the proxy " + http(basic) + "\n")
                    .containsPattern("Relay: +relay-inside\\S* .* \\d+ ms, through the proxy " + http(basic) + "\n");
            for (Squid proxy : List.of(basic, digest)) {
                for (int port : List.of(server.getPort(), relay.port())) {
                    assertThat(proxy.logs("CONNECT " + Squid.INSIDE + ":" + port + " ann HIER_DIRECT"))
                            .as("CONNECT to %d", port)
                            .isTrue();
                }
            }
        }
    }

    /** OpenSSH's. */
    @Test
    void throughASocksProxy() throws Exception {
        int port = FreePorts.next();
        String proxy = "socks5://127.0.0.1:" + port;
        try (Sshd sshd = Sshd.knowing(Squid.INSIDE, Files.createDirectories(system.folder("proxy-sshd")));
                Program ssh = Program.start(
                        Map.of(),
                        sshd.client(
                                "ssh",
                                "-N",
                                "-D",
                                "127.0.0.1:" + port,
                                "-p",
                                Integer.toString(sshd.port()),
                                "127.0.0.1"))) {
            Eventually.within(LIMIT, "it listens", () -> listens(port));
            try (EnrolledDevice device = device("behind-socks", "--proxy", proxy)) {
                expectSession(device, proxy);
            }
        }
    }

    /** OpenSSH's knows no passwords: this one is the tests' own, and does what RFC 1929 says. */
    @Test
    void throughASocksProxyThatAsksForAPassword() throws Exception {
        Path password = passwordFile();
        try (SocksServer socks = new SocksServer("ann", "s3: cr3t", 0)) {
            String proxy = "socks5://127.0.0.1:" + socks.port();
            String asAnn = proxy.replace("://", "://ann@");
            Path wrong = Files.writeString(system.folder("proxy-wrong-password"), "hunter2\n");
            expectRefusal(
                    List.of("--proxy", asAnn, "--proxy-password-file", wrong.toString()),
                    proxy.replace("://", "://ann:hunter2@"),
                    system.ca(),
                    CONNECTION,
                    "the proxy " + proxy + " refuses this user and password");
            expectRefusal(
                    List.of("--proxy", proxy),
                    proxy,
                    system.ca(),
                    CONNECTION,
                    "the proxy " + proxy + " asks for a user and a password");
            assertThat(socks.asked).as("connections of those it refused").isEmpty();

            try (EnrolledDevice device =
                    device("behind-socks-password", "--proxy", asAnn, "--proxy-password-file", password.toString())) {
                expectSession(device, proxy.replace("://", "://" + ANN));
            }
            assertThat(socks.asked).contains(Squid.INSIDE + ":" + server.getPort(), Squid.INSIDE + ":" + relay.port());
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Order(FIRST)
    @Test
    void aProxyThatWantsKerberosIsNamed() throws Exception {
        try (Squid squid = Squid.open(Squid.negotiate(), Squid.membersOnly())) {
            expectRefusal(
                    List.of("--proxy", http(squid)),
                    asAnn(squid),
                    system.ca(),
                    CONNECTION,
                    "offers only Negotiate",
                    "Basic and Digest");
        }
    }

    private static Program.Result enrolled(Path folder, Path trusted, List<String> options) {
        String token = system.api("automation").enrolmentToken(1, 600);
        return system.enrol(system.insideUrl(), trusted, folder, token, "behind-proxy", options.toArray(String[]::new));
    }

    /**
     * Neither enrols or lists anything, and both say why, without a password.
     *
     * @param agents what its enrolment is told of the proxy
     * @param clients proxy of {@code bascule}
     * @param exit its exit code
     */
    private static void expectRefusal(List<String> agents, String clients, Path trusted, int exit, String... words) {
        Program.Result enrolled = enrolled(system.folder("refused"), trusted, agents);
        assertThat(enrolled.exit()).isNotZero();
        assertThat(enrolled.error()).contains(words).doesNotContain("cr3t", "hunter2");
        try (Program list = bascule(clients, "ls")) {
            Program.Result listed = list.finish(LIMIT);
            assertThat(listed.exit()).isEqualTo(exit);
            assertThat(listed.error()).contains(words).doesNotContain("cr3t", "hunter2");
        }
    }

    /** Something in between ends TLS with a certificate of its own. Whoever does not trust that says who it is, and tells it nothing; an agent that was told to trust it is refused by the server. */
    @Order(FIRST)
    @Test
    void inspectionOfTlsIsRecognised() throws Exception {
        TestCertificate stranger = new TestCertificate("CN=Snoop CA,O=Acme", Squid.INSIDE);
        TestCertificate company = new TestCertificate("CN=Company CA,O=Acme", Squid.INSIDE);
        Path both = Files.writeString(system.folder("proxy-ca"), Files.readString(system.ca()) + company.pem());
        try (Tap strangers = inspecting("127.0.0.2", stranger);
                Tap companys = inspecting("127.0.0.3", company);
                Squid direct = Squid.open(Squid.everybody());
                Squid through = Squid.leadingTo("127.0.0.2", Squid.everybody());
                Squid trusted = Squid.leadingTo("127.0.0.3", Squid.everybody())) {
            strangers.record();
            companys.record();
            expectRefusal(
                    List.of("--proxy", http(through)),
                    asAnn(through),
                    both,
                    SECURITY,
                    "issued by \"CN=Snoop CA,O=Acme\"",
                    "inspects TLS");

            Path folder = system.folder("inspected");
            Program.Result enrolled = enrolled(folder, both, List.of("--proxy", http(direct)));
            assertThat(enrolled.exit()).as(enrolled.error()).isZero();
            expectSaid(folder, through, "issued by \"CN=Snoop CA,O=Acme\"");
            assertThat(strangers.recorded()).isNotEmpty().allSatisfy(line -> assertThat(line.toServer())
                    .isEmpty());

            expectSaid(folder, trusted, "tls-intercepted");
            assertThat(companys.recorded())
                    .anySatisfy(line -> assertThat(line.toServer()).isNotEmpty());
        }
    }

    /** By an agent that was enrolled, and comes another way now. */
    private static void expectSaid(Path folder, Squid proxy, String words) {
        try (Program agent = agent(folder, Map.of("BASCULE_PROXY", http(proxy)))) {
            Eventually.within(LIMIT, "\"" + words + "\" is said", () -> (agent.outputSoFar() + agent.errorSoFar())
                    .contains(words));
        }
    }

    private static Tap inspecting(String address, TestCertificate certificate)
            throws GeneralSecurityException, IOException {
        try (var pem = Files.newInputStream(system.ca())) {
            return Tap.inspecting(
                    new InetSocketAddress(address, server.getPort()),
                    server.getPort(),
                    certificate.context(Authorities.with(pem)));
        }
    }
}
