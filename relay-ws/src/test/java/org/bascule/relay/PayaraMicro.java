package org.bascule.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The relay's WAR on a real Payara Micro, as a process of its own on loopback. */
final class PayaraMicro implements AutoCloseable {

    /** Until a header is complete; otherwise 30. */
    static final int HEADER_SECONDS = 10;

    private static final Duration START_WITHIN = Duration.ofMinutes(3);

    private final Process process;
    private final Path log;
    private final int port;
    private final int tlsPort;
    private final HttpClient http = HttpClient.newHttpClient();

    /** Small and quick to start. */
    PayaraMicro(Path folder, Map<String, String> settings, String heap) throws IOException, InterruptedException {
        this(folder, settings, List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }

    /**
     * Starts it, with HTTP and, under the container's own certificate, HTTPS.
     *
     * @param jvm options
     */
    PayaraMicro(Path folder, Map<String, String> settings, List<String> jvm) throws IOException, InterruptedException {
        port = freePort();
        tlsPort = freePort();
        log = Path.of("target", "payara.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.add("-Djava.net.preferIPv4Stack=true");
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of(
                "-jar",
                System.getProperty("payara.micro", "target/payara/payara-micro.jar"),
                "--rootDir",
                folder.resolve("root").toString(),
                "--nocluster",
                "--nohazelcast",
                "--prebootcommandfile",
                preboot(folder).toString(),
                "--port",
                String.valueOf(port),
                "--sslport",
                String.valueOf(tlsPort),
                "--deploy",
                System.getProperty("relay.war", "target/relay-ws.war"),
                "--contextroot",
                "relay"));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            awaitStart();
        } catch (IOException | InterruptedException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Loopback only; little room in the container's own write queue, where the relay cannot count, as {@code relay.sh} has it. */
    private static Path preboot(Path folder) throws IOException {
        String network = "set configs.config.server-config.network-config.";
        return Files.writeString(
                folder.resolve("preboot.asadmin"),
                network + "network-listeners.network-listener.http-listener.address=127.0.0.1\n" + network
                        + "network-listeners.network-listener.https-listener.address=127.0.0.1\n" + network
                        + "protocols.protocol.http-listener.http.timeout-seconds=" + HEADER_SECONDS + "\n" + network
                        + "protocols.protocol.https-listener.http.timeout-seconds=" + HEADER_SECONDS + "\n" + network
                        + "transports.transport.tcp.socket-write-buffer-size=16384\n" + network
                        + "transports.transport.tcp.acceptor-threads="
                        + Runtime.getRuntime().availableProcessors() + "\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitStart() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            if (Files.readString(log).contains(" ready in ")) {
                return;
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        throw new IOException("Payara Micro did not start:\n" + Files.readString(log));
    }

    URI relay() {
        return URI.create("ws://127.0.0.1:" + port + "/relay");
    }

    int port() {
        return port;
    }

    int tlsPort() {
        return tlsPort;
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    HttpResponse<String> readiness() throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Asks it to stop, as a service manager does. */
    void terminate() {
        process.destroy();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
