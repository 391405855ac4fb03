package org.bascule.agent.ping;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.bascule.agent.local.LocalCommands;
import org.bascule.session.network.Network;
import org.bascule.session.network.Proxies;
import org.bascule.session.probe.Measurement;
import org.bascule.wire.Json;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;

/** The running agent's answer to {@code bascule-agent ping}: it alone has the control channel and the token for the relays, and the environment that counts. */
public final class PingCommands {

    /** Of the local command. */
    public static final String COMMAND = "ping";

    /** For all together: after four seconds nobody hears the answer. */
    static final Duration WITHIN = Duration.ofSeconds(3);

    private final List<String> servers;
    private final ServerPing ping;
    private final Supplier<Optional<CompletableFuture<Duration>>> channel;
    private final Relays relays;
    private final Executor executor;

    /**
     * The relays of which this device knows.
     *
     * @param network the way to them
     * @param list the newest list, while its token is good
     */
    public record Relays(Network network, Proxies proxies, Supplier<Optional<RelayList>> list) {}

    /**
     * @param servers base URLs of access servers
     * @param channel sends a heartbeat; empty if the channel does not stand
     */
    public PingCommands(
            List<String> servers,
            ServerPing ping,
            Supplier<Optional<CompletableFuture<Duration>>> channel,
            Relays relays,
            Executor executor) {
        this.servers = List.copyOf(servers);
        this.ping = ping;
        this.channel = channel;
        this.relays = relays;
        this.executor = executor;
    }

    /** Makes {@link #COMMAND} known. */
    public void addTo(LocalCommands commands) {
        commands.add(COMMAND, (arguments, by) -> measure());
    }

    /** All at once. */
    JsonObject measure() {
        Optional<RelayList> list = relays.list().get();
        Optional<CompletableFuture<Map<RelayAddress, Long>>> toRelays = list.map(known -> Measurement.start(
                        relays.network(), addresses(known), known.probe(), new Measurement.Patience(WITHIN, WITHIN))
                .done());
        List<CompletableFuture<JsonObject>> toServers = servers.stream()
                .map(server -> CompletableFuture.supplyAsync(() -> ping.measure(server, WITHIN), executor))
                .toList();
        long end = System.nanoTime() + WITHIN.plusMillis(500).toNanos();
        JsonObjectBuilder result = Json.createObjectBuilder();
        channel.get()
                .flatMap(echo -> by(end, echo))
                .ifPresent(echo -> result.add("channelMs", Millis.of(echo.toNanos())));
        JsonArrayBuilder reached = Json.createArrayBuilder();
        for (int i = 0; i < servers.size(); i++) {
            reached.add(by(end, toServers.get(i)).orElse(silent(servers.get(i))));
        }
        result.add("servers", reached);
        Map<RelayAddress, Long> figures =
                toRelays.flatMap(measured -> by(end, measured)).orElse(Map.of());
        JsonArrayBuilder measured = Json.createArrayBuilder();
        list.ifPresent(known -> known.relays().forEach(relay -> measured.add(told(relay, figures))));
        return result.add("relays", measured).build();
    }

    private static List<RelayAddress> addresses(RelayList list) {
        return list.relays().stream().map(RelayList.Entry::address).toList();
    }

    private static JsonObject silent(String server) {
        return Json.createObjectBuilder()
                .add("url", server)
                .add("error", "it did not answer in time")
                .build();
    }

    private JsonObject told(RelayList.Entry relay, Map<RelayAddress, Long> figures) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", relay.address().id())
                .add("url", relay.address().url());
        if (!relay.region().isEmpty()) {
            json.add("region", relay.region());
        }
        relays.proxies()
                .leadingTo(URI.create(relay.address().url()))
                .ifPresent(proxy -> json.add("proxy", proxy.shown()));
        Long millis = figures.get(relay.address());
        if (millis != null) {
            json.add("roundTripMs", millis);
        }
        return json.build();
    }

    private static <T> Optional<T> by(long end, CompletableFuture<T> answer) {
        try {
            return Optional.of(answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
