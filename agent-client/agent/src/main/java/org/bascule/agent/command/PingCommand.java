package org.bascule.agent.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bascule.agent.Version;
import org.bascule.agent.local.LocalClient;
import org.bascule.agent.local.LocalException;
import org.bascule.agent.ping.PingCommands;
import org.bascule.agent.ping.ServerPing;
import org.bascule.agent.state.AgentStatus;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.network.Proxies;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.RelayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bascule-agent ping} (requirement DEV-9). */
@Command(
        name = "ping",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Measures how this machine reaches its access server and the relays, and through which proxy. Without"
                        + " a running agent it asks the access server alone.")
public final class PingCommand implements Callable<Integer> {

    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final int MAX_SERVERS = 16;
    private static final int MAX_URL = 2_048;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private FolderOption folder = new FolderOption();

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        try {
            if (!Files.isDirectory(folder.path())) {
                err.println("This device is not enrolled.");
                return ExitCode.STATE;
            }
            DeviceState state = new DeviceState(StateFolder.open(folder.path()));
            if (!state.isEnrolled()) {
                err.println("This device is not enrolled.");
                return ExitCode.STATE;
            }
            Optional<StrictJson> running = new LocalClient(state.folder()).ask(PingCommands.COMMAND);
            StrictJson measured = running.isPresent() ? running.get() : StrictJson.of(serversAlone(state));
            return tell(measured, running.isPresent() ? AgentStatus.load(state.folder()) : Optional.empty());
        } catch (StateException | WireException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        } catch (LocalException e) {
            err.println(e.sentence());
            return ExitCode.FAILED;
        }
    }

    private static JsonObject serversAlone(DeviceState state) throws StateException {
        Proxies proxies = AgentProxy.of(state.folder());
        ServerPing ping = new ServerPing(ServerTrust.of(state.privateCa()).network(proxies), proxies);
        JsonArrayBuilder servers = Json.createArrayBuilder();
        for (String server : state.registration().servers()) {
            servers.add(ping.measure(server, WITHIN));
        }
        return Json.createObjectBuilder()
                .add("servers", servers)
                .add("relays", Json.createArrayBuilder())
                .build();
    }

    /** @param status of the running agent; empty if there is none */
    private int tell(StrictJson measured, Optional<AgentStatus> status) throws WireException {
        List<String> lines = new ArrayList<>();
        boolean online = measured.has("channelMs");
        String state = status.map(AgentStatus::state).orElse("stopped");
        if (online) {
            lines.add("Control channel: stands, " + measured.number("channelMs", 1, Long.MAX_VALUE) + " ms");
        } else if (state.equals(AgentStatus.ONLINE)) {
            lines.add("Control channel: stands, but did not answer in time");
        } else {
            lines.add("Control channel: " + state
                    + status.map(AgentStatus::detail)
                            .filter(detail -> !detail.isEmpty())
                            .map(detail -> " (" + Printable.of(detail) + ")")
                            .orElse(""));
        }
        boolean served = false;
        for (StrictJson server : measured.children("servers", MAX_SERVERS)) {
            served |= server.has("roundTripMs");
            lines.add("Access server:   " + line(server));
        }
        boolean relayed = true;
        for (StrictJson relay : measured.children("relays", RelayList.MAX_RELAYS)) {
            relayed &= relay.has("roundTripMs");
            lines.add("Relay:           " + Printable.of(relay.string("id", 64)) + " " + line(relay));
        }
        if (status.isEmpty()) {
            lines.add("The relays are measured by the running agent, and there is none.");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonObjectBuilder object =
                    Json.createObjectBuilder(measured.object()).add("state", state);
            out.println(Printable.json(object.remove("ok").build()));
        } else {
            lines.forEach(out::println);
        }
        out.flush();
        if (!served) {
            return ExitCode.SERVER;
        }
        if (status.isEmpty()) {
            return ExitCode.NOT_RUNNING;
        }
        return online && relayed ? ExitCode.OK : ExitCode.FAILED;
    }

    private static String line(StrictJson place) throws WireException {
        Optional<String> proxy = place.optionalString("proxy", MAX_URL);
        String how = place.has("roundTripMs")
                ? place.number("roundTripMs", 1, Long.MAX_VALUE) + " ms"
                : place.has("error")
                        ? "cannot be reached: " + Printable.of(place.text("error", MAX_URL))
                        : "does not answer";
        return Printable.of(place.string("url", MAX_URL)) + ": " + how
                + proxy.map(through -> ", through the proxy " + Printable.of(through))
                        .orElse("");
    }
}
