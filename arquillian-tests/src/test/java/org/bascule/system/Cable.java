package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bascule.launcher.DemoDescription;

/**
 * A network namespace for a program, joined to this machine by a cable that can be pulled out: nothing is said to either end then. In there, {@code localhost} is this machine's end of the cable, at which
 * the ports of the system are. Two at a time. Needs root.
 */
final class Cable implements AutoCloseable {

    private static final Path HOSTS = Path.of("/etc/netns");

    private static final AtomicInteger CABLES = new AtomicInteger();

    private final int number = CABLES.getAndIncrement() % 2;
    private final String name = "bsc-f" + ProcessHandle.current().pid() + "-" + number;
    /** Of the addresses for tests of networks (RFC 2544). */
    private final String net =
            "198." + (18 + number) + "." + ProcessHandle.current().pid() % 250;

    private final List<Tap> ports = new ArrayList<>();
    private int host = 2;

    private Cable() {}

    /** To whatever agents and native clients connect to. */
    static Cable to(TheSystem system) throws Exception {
        DemoDescription description = system.demo().description();
        return to(Stream.concat(
                        Stream.of(description.agentUrl(), description.keycloak()),
                        description.relays().stream().map(DemoDescription.RelayServer::nativeUrl))
                .map(URI::create)
                .toList());
    }

    /** @param urls of servers on loopback, with ports */
    private static Cable to(Collection<URI> urls) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        Cable cable = new Cable();
        try {
            cable.lay(urls);
            return cable;
        } catch (Exception | Error e) {
            cable.close();
            throw e;
        }
    }

    private void lay(Collection<URI> urls) throws Exception {
        String inside = "ip -n " + name;
        boolean made = done("ip netns add " + name)
                && done("ip link add " + name + " type veth peer name cable netns " + name)
                && done("ip addr add " + net + ".1/24 dev " + name)
                && done("ip link set " + name + " up")
                && done(inside + " addr add " + net + "." + host + "/24 dev cable")
                && done(inside + " link set cable up")
                && done(inside + " link set lo up");
        assertThat(made).as("network namespaces made by root").isTrue();
        Path hosts = Files.createDirectories(HOSTS.resolve(name)).resolve("hosts");
        Files.writeString(hosts, net + ".1 localhost\n");
        for (int port : urls.stream().map(URI::getPort).distinct().toList()) {
            ports.add(Tap.at(new InetSocketAddress(net + ".1", port), port));
        }
    }

    /** What comes before a command that is to run in there. */
    List<String> starter() {
        return List.of("ip", "netns", "exec", name);
    }

    /** A device whose agent runs in there. */
    EnrolledDevice device(TheSystem system, String device) {
        return EnrolledDevice.start(system, device, folder -> {
            List<String> command = new ArrayList<>(starter());
            command.addAll(Program.command(system.agentJar(), "run", "--dir", folder.toString()));
            return Program.start(Map.of(), command);
        });
    }

    void pull() throws Exception {
        must("ip -n " + name + " link set cable down");
    }

    void plugIn() throws Exception {
        must("ip -n " + name + " link set cable up");
    }

    /** In there is another address from now on; connections from the old one hear nothing any more. */
    void changeAddress() throws Exception {
        String address = "ip -n " + name + " addr %s " + net + ".%d/24 dev cable";
        must(address.formatted("del", host));
        host++;
        must(address.formatted("add", host));
    }

    /** Number of bytes that went through it, both ways, with all headers. */
    long bytes() throws IOException {
        long bytes = 0;
        for (String direction : List.of("rx_bytes", "tx_bytes")) {
            bytes += Long.parseLong(Files.readString(Path.of("/sys/class/net", name, "statistics", direction))
                    .strip());
        }
        return bytes;
    }

    private static void must(String command) throws Exception {
        if (!done(command)) {
            throw new AssertionError(command + " failed");
        }
    }

    private static boolean done(String command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /** The cable goes with the namespace. */
    @Override
    public void close() throws Exception {
        ports.forEach(Tap::close);
        done("ip netns delete " + name);
        Files.deleteIfExists(HOSTS.resolve(name).resolve("hosts"));
        Files.deleteIfExists(HOSTS.resolve(name));
    }
}
