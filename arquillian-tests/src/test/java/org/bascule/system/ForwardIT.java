package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Connections through a real device, over a real relay (TOOL-5): servers behind it, and programs that know nothing of Bascule in front. */
@ExtendWith(RunningSystem.class)
class ForwardIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);

    private final TheSystem system = TheSystem.get();
    private final Outages outages = new Outages(system);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer web;
    private final ServerSocket echo;

    ForwardIT() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        web = HttpServer.create(new InetSocketAddress(loopback, 0), 50);
        web.createContext("/", exchange -> {
            byte[] page = ("page " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        echo = new ServerSocket(0, 300);
    }

    @BeforeEach
    void start() {
        web.start();
        threads.execute(() -> {
            while (!echo.isClosed()) {
                try {
                    Socket socket = echo.accept();
                    threads.execute(() -> echo(socket));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // seen at the other end
        }
    }

    @AfterEach
    void stop() throws Exception {
        web.stop(0);
        echo.close();
        threads.shutdownNow();
        outages.close();
    }

    private int webPort() {
        return web.getAddress().getPort();
    }

    private Map<String, String> environment(String user) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user(user).apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-forward").toString());
        return environment;
    }

    private Program bascule(String user, String... arguments) {
        return Program.start(environment(user), system.basculeJar(), arguments);
    }

    /** The events that a program has told so far. */
    private static List<JsonObject> events(Program program) {
        List<JsonObject> events = new ArrayList<>();
        for (String line : program.outputSoFar().split("\n", -1)) {
            try {
                events.add(StrictJson.parse(line, 10_000).object());
            } catch (WireException e) {
                // not all of it is there yet
            }
        }
        return events;
    }

    private static List<Integer> ports(Program program, int count) {
        Eventually.within(
                LIMIT,
                "it listens: " + program.errorSoFar(),
                () -> events(program).stream()
                                .filter(event -> event.getString("event").equals("listening"))
                                .count()
                        == count);
        return events(program).stream()
                .filter(event -> event.getString("event").equals("listening"))
                .map(event -> event.getInt("port"))
                .toList();
    }

    private static String curl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "30"));
        command.addAll(List.of(arguments));
        try (Program program = Program.start(Map.of(), command)) {
            Program.Result result = program.finish(LIMIT);
            return result.exit() == 0 ? result.output() : "curl " + result.exit();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void portsOfTheDeviceAreHere() throws Exception {
        try (Program forward = bascule(
                "engineer",
                "forward",
                "--json",
                system.device().uid(),
                "0:device:" + webPort(),
                "0:localhost:" + echo.getLocalPort(),
                "0:device:1")) {
            List<Integer> ports = ports(forward, 3);
            assertThat(curl("http://127.0.0.1:" + ports.get(0) + "/one")).isEqualTo("page /one");

            byte[] sent = random(10_000_000);
            try (Socket socket = new Socket("127.0.0.1", ports.get(1))) {
                socket.setSoTimeout(30_000);
                Future<?> writer = threads.submit(() -> {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                    return null;
                });
                assertThat(MessageDigest.isEqual(socket.getInputStream().readAllBytes(), sent))
                        .isTrue();
                writer.get(10, TimeUnit.SECONDS);
            }
            try (Socket nobody = new Socket("127.0.0.1", ports.get(2))) {
                nobody.setSoTimeout(20_000);
                assertThatThrownBy(() -> nobody.getInputStream().read()).isInstanceOf(IOException.class);
            }
            Eventually.within(LIMIT, "the failure is told", () -> events(forward).stream()
                    .anyMatch(event -> event.getString("event").equals("failed")
                            && event.getString("code").equals("refused")));
            Eventually.within(
                    LIMIT,
                    "the device has told of it",
                    () ->
                            system
                                    .api("automation")
                                    .items("/api/audit?limit=100&device="
                                            + system.device().uid())
                                    .stream()
                                    .anyMatch(row -> row.getString("detail", "")
                                            .contains("127.0.0.1 port " + echo.getLocalPort())));
        }
    }

    @Test
    void twoHundredConnectionsThroughTheProxyAtOnce() throws Exception {
        try (Program proxy = bascule(
                "engineer", "proxy", "--json", "--port", "0", system.device().uid())) {
            int port = ports(proxy, 1).get(0);
            String socks = "socks5h://127.0.0.1:" + port;
            assertThat(curl("--proxy", socks, "http://device:" + webPort() + "/two"))
                    .isEqualTo("page /two");
            assertThat(curl("--proxy", "socks5://127.0.0.1:" + port, "http://127.0.0.1:" + webPort() + "/three"))
                    .isEqualTo("page /three");
            // 97: the proxy has refused
            assertThat(curl("--proxy", socks, "http://no-such-name.invalid/")).startsWith("curl 97");
            assertThat(curl("--proxy", socks, "http://192.0.2.1/")).startsWith("curl 97");
            assertThat(curl("--proxy", socks, "http://localhost:1/")).startsWith("curl 97");

            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket(
                        new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
                socket.connect(InetSocketAddress.createUnresolved("localhost", echo.getLocalPort()), 30_000);
                socket.setSoTimeout(30_000);
                sockets.add(socket);
            }
            for (Socket socket : sockets) {
                socket.getOutputStream().write(random(1_000));
            }
            for (Socket socket : sockets) {
                assertThat(socket.getInputStream().readNBytes(1_000)).isEqualTo(random(1_000));
                socket.close();
            }
        }
    }

    @Test
    void theRelayIsKilledInMidTransferAndEveryByteArrives() throws Exception {
        try (Program forward =
                bascule("engineer", "forward", "--json", system.device().uid(), "0:device:" + echo.getLocalPort())) {
            int port = ports(forward, 1).get(0);
            byte[] sent = random(60_000_000);
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setSoTimeout(60_000);
                Future<?> writer = threads.submit(() -> {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                    return null;
                });
                ByteArrayOutputStream received = new ByteArrayOutputStream();
                InputStream in = socket.getInputStream();
                received.writeBytes(in.readNBytes(10_000_000));
                outages.kill(Carrier.ofNewest(system).relay());
                received.writeBytes(in.readAllBytes());
                writer.get(10, TimeUnit.SECONDS);
                assertThat(sha256(received.toByteArray())).isEqualTo(sha256(sent));
            }
        }
    }

    private static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    /** An address of this machine that is not loopback stands for a machine behind the device. */
    private static Optional<String> address() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .findFirst();
    }

    @Test
    void aSubDeviceIsReachedAtItsServicesUntilItIsRemoved() throws Exception {
        String address = address().orElseThrow(() -> new AssertionError("this machine has loopback alone"));
        Api administrator = system.api("automation");
        String uid = system.device().uid();
        JsonObject plc = Api.json(Api.expect(
                201,
                administrator.post(
                        "/api/devices/" + uid + "/sub-devices",
                        "{\"name\":\"plc-it\",\"ip\":\"%s\",\"services\":[{\"kind\":\"tcp\",\"port\":%d}]}"
                                .formatted(address, echo.getLocalPort()))));
        boolean removed = false;
        try {
            try (Program other = bascule("engineer", "forward", uid, "0:plc-it:" + webPort())) {
                Program.Result result = other.finish(LIMIT);
                assertThat(result.exit()).isEqualTo(4);
                assertThat(result.error()).contains("no sub-device");
            }
            try (Program forward = bascule("engineer", "forward", "--json", uid, "0:plc-it:" + echo.getLocalPort());
                    Socket socket = new Socket("127.0.0.1", ports(forward, 1).get(0))) {
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(random(100));
                assertThat(socket.getInputStream().readNBytes(100)).isEqualTo(random(100));
                remove(administrator, plc);
                removed = true;
                Program.Result result = forward.finish(REACHES_SESSIONS);
                assertThat(result.exit()).isEqualTo(4);
                assertThat(result.error()).contains("not-permitted");
            }
        } finally {
            if (!removed) {
                remove(administrator, plc);
            }
        }
    }

    private static void remove(Api administrator, JsonObject plc) {
        Api.expect(
                204,
                administrator.send(
                        "DELETE",
                        "/api/sub-devices/" + plc.getString("id"),
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        '"' + plc.getString("etag") + '"'));
    }

    @Test
    void withoutThePermissionThereIsNothing() {
        try (Program forward = bascule("viewer", "forward", system.device().uid(), "0:device:" + echo.getLocalPort())) {
            Program.Result result = forward.finish(LIMIT);
            assertThat(result.exit()).isEqualTo(4);
        }
    }

    @Test
    void aPermissionThatIsTakenAwayEndsConnectionsWithinFiveSeconds() throws Exception {
        try (Program forward = bascule(
                        "engineer", "forward", "--json", system.device().uid(), "0:device:" + echo.getLocalPort());
                Socket socket = new Socket("127.0.0.1", ports(forward, 1).get(0))) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(1);
            assertThat(socket.getInputStream().read()).isEqualTo(1);
            try (Denied denied =
                    Denied.of(system.api("automation"), system.device().uid(), "forwarding")) {
                assertThat(denied.entries()).hasSize(1);
                Program.Result result = forward.finish(REACHES_SESSIONS);
                assertThat(result.exit()).isEqualTo(4);
                assertThat(result.error()).contains("the permission for this was taken away");
                assertThatThrownBy(() -> {
                            if (socket.getInputStream().read() < 0) {
                                throw new IOException("it has ended");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    /** What {@code ssh} runs as its {@code ProxyCommand}: standard input and output are the connection. */
    @Test
    void standardInputAndOutputAreAConnection() {
        byte[] sent = random(5_000_000);
        try (Program connect = bascule(
                "engineer",
                "connect",
                system.device().name().toUpperCase(java.util.Locale.ROOT),
                String.valueOf(echo.getLocalPort()))) {
            Program.Result result = connect.finish(sent, LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(MessageDigest.isEqual(result.outputBytes(), sent)).isTrue();
        }
        try (Program connect = bascule("engineer", "connect", system.device().uid(), "1")) {
            Program.Result result = connect.finish(new byte[0], LIMIT);
            assertThat(result.exit()).isEqualTo(7);
            assertThat(result.error()).contains("Nothing listens at");
        }
    }

    @Test
    void sshGoesThroughConnect(@TempDir Path folder) throws IOException {
        ShippedBascule bascule = new ShippedBascule(system, "ssh");
        try (Sshd sshd = new Sshd(folder)) {
            List<String> command = sshd.client(
                    "ssh",
                    "-o",
                    "ProxyCommand=" + bascule.script() + " connect %h %p",
                    "-p",
                    Integer.toString(sshd.port()),
                    system.device().name(),
                    "cat; echo from $SSH_CONNECTION; exit 7");
            byte[] sent = new byte[5_000_000];
            new Random(9).nextBytes(sent);
            try (Program ssh = Program.start(bascule.environment("engineer"), command)) {
                Program.Result result = ssh.finish(sent, LIMIT);
                assertThat(result.exit()).as(result.error()).isEqualTo(7);
                byte[] output = result.outputBytes();
                assertThat(Arrays.copyOf(output, sent.length)).isEqualTo(sent);
                assertThat(new String(output, sent.length, output.length - sent.length, StandardCharsets.UTF_8))
                        .startsWith("from 127.0.0.1 ");
            }
        }
    }
}
