package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bascule.session.tls.Authorities;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real ports, between two network namespaces of which one drops what comes for some of them, as a firewall that says nothing. Needs root. */
@Timeout(90)
class BlockedPortsTest {

    private static final String ADDRESS = "10.99.0.2";

    private final String client = "bsc-c" + ProcessHandle.current().pid();
    private final String server = "bsc-s" + ProcessHandle.current().pid();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void remove() throws Exception {
        if ("root".equals(System.getProperty("user.name"))) {
            done("ip netns delete " + client);
            done("ip netns delete " + server);
        }
    }

    private static Process process(String command, String... more) throws IOException {
        List<String> all = new ArrayList<>(List.of(command.split(" ")));
        all.addAll(List.of(more));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }

    private static boolean done(String command) throws IOException, InterruptedException {
        Process process = process(command);
        process.getInputStream().readAllBytes();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private void connectNamespaces() throws IOException, InterruptedException {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        boolean made = done("ip netns add " + client)
                && done("ip netns add " + server)
                && done("ip link add to-server netns " + client + " type veth peer name to-client netns " + server)
                && done("ip -n " + client + " addr add 10.99.0.1/24 dev to-server")
                && done("ip -n " + server + " addr add " + ADDRESS + "/24 dev to-client")
                && done("ip -n " + client + " link set to-server up")
                && done("ip -n " + server + " link set to-client up")
                && done("ip -n " + server + " rule add pref 10 table local")
                && done("ip -n " + server + " rule del pref 0");
        assertThat(made).as("network namespaces made by root").isTrue();
    }

    private String java(Class<?> program, String argument) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return System.getProperty("java.home") + "/bin/java -XX:TieredStopAtLevel=1 -cp " + classes + " "
                + program.getName() + " " + argument + " " + folder.resolve("ca.pem");
    }

    /** Ports that drop are separated by a slash. */
    @ParameterizedTest
    @CsvSource({"443, ''", "80, 443", "5935, 443", "5935, 443/80", "5935, ''"})
    void thePortThatIsOpenIsFound(String open, String dropped) throws Exception {
        connectNamespaces();
        for (String port : dropped.split("/")) {
            assertThat(port.isEmpty()
                            || done("ip -n " + server + " rule add pref 1 iif to-client ipproto tcp dport " + port
                                    + " blackhole"))
                    .isTrue();
        }
        Process serving =
                process("ip netns exec " + server, java(Serve.class, open).split(" "));
        try {
            assertThat(serving.inputReader().readLine()).isEqualTo("ready");
            Process asking = process(
                    "ip netns exec " + client,
                    java(Ask.class, "https://" + ADDRESS + "/").split(" "));
            assertThat(new String(asking.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
        } finally {
            serving.destroyForcibly();
        }
    }

    /** The server's process. */
    static final class Serve {
        private Serve() {}

        public static void main(String[] args) throws Exception {
            try (TlsServer server =
                    new TlsServer("CN=us", ADDRESS, InetAddress.getByName(ADDRESS), Integer.parseInt(args[0]))) {
                Files.write(Path.of(args[1]), server.pem().readAllBytes());
                server.start();
                System.out.println("ready");
                // the test ends it; by itself it ends only if the test is gone
                Thread.sleep(60_000);
            }
        }
    }

    /** The client's, which knows no port. */
    static final class Ask {
        private Ask() {}

        public static void main(String[] args) throws Exception {
            Network network = new Network(
                    Tls.fresh(Authorities.with(Files.newInputStream(Path.of(args[1])))), Proxies.none(), "test/1");
            try (HttpAnswer answer = network.send(new HttpCall("GET", URI.create(args[0]), Duration.ofSeconds(20)))) {
                System.out.write(answer.body().readAllBytes());
                System.out.flush();
            }
        }
    }
}
