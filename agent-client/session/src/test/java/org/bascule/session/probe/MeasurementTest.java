package org.bascule.session.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bascule.session.network.Network;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes over real sockets. */
@Timeout(60)
class MeasurementTest {

    private static final int LONG = 20;

    private final Network network = Network.ofPlatform("test/1");
    private final List<ProbeServer> servers = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (ProbeServer server : servers) {
            server.close();
        }
    }

    private ProbeServer with(ProbeServer server) {
        servers.add(server);
        return server;
    }

    private Map<RelayAddress, Long> measured(String token) throws Exception {
        return Measurement.start(
                        network, servers.stream().map(ProbeServer::address).toList(), token, Measurement.IN_HASTE)
                .done()
                .get(LONG, TimeUnit.SECONDS);
    }

    @Test
    void eachRelayHasItsFigure() throws Exception {
        RelayAddress far = with(ProbeServer.delaying("far", 60)).address();
        RelayAddress near = with(ProbeServer.delaying("near", 0)).address();
        Map<RelayAddress, Long> figures = measured(ProbeServer.TOKEN);
        assertThat(figures).containsOnlyKeys(far, near);
        assertThat(figures.get(near)).isBetween(1L, 50L);
        assertThat(figures.get(far)).isGreaterThanOrEqualTo(60).isLessThan(300);
    }

    @Test
    void theTwoSlowestDoNotCount() throws Exception {
        RelayAddress relay = with(new ProbeServer(
                        "r1", ProbeServer.Manner.PROPER, number -> number == 1 || number == 4 ? 400 : 0))
                .address();
        assertThat(measured(ProbeServer.TOKEN).get(relay)).isBetween(1L, 79L);
    }

    @Test
    void aRelayThatDoesNotTakeTheTokenHasNone() throws Exception {
        with(ProbeServer.delaying("r1", 0));
        assertThat(measured("another token")).isEmpty();
        assertThat(servers.get(0).connections()).isOne();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProbeServer.Manner.class,
            names = {"EARLY", "OTHER", "SILENT"})
    void aRelayThatMisbehavesHasNone(ProbeServer.Manner manner) throws Exception {
        with(ProbeServer.misbehaving("bad", manner));
        RelayAddress good = with(ProbeServer.delaying("good", 0)).address();
        assertThat(measured(ProbeServer.TOKEN)).containsOnlyKeys(good);
    }

    @Test
    void fewerRoundTripsAreAFigureAsWell() throws Exception {
        RelayAddress relay =
                with(ProbeServer.misbehaving("short", ProbeServer.Manner.SHORT)).address();
        assertThat(measured(ProbeServer.TOKEN)).containsOnlyKeys(relay);
    }

    @Test
    void noMoreThanFourAtATimeAndRelaysThatAreNotThereDoNotMatter() throws Exception {
        ProbeServer server = with(ProbeServer.delaying("r", 20));
        List<RelayAddress> relays = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            relays.add(new RelayAddress("r" + i, server.address().url()));
        }
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            relays.add(0, new RelayAddress("gone", "ws://127.0.0.1:" + gone.getLocalPort()));
        }
        Map<RelayAddress, Long> figures = Measurement.start(network, relays, ProbeServer.TOKEN, Measurement.IN_HASTE)
                .done()
                .get(LONG, TimeUnit.SECONDS);
        assertThat(figures).containsOnlyKeys(relays.subList(1, relays.size()));
        assertThat(server.most()).isBetween(2, 4);
    }

    @Test
    void theSilentOnesDoNotTakeTheTimeOfTheOthers() throws Exception {
        for (int i = 0; i < 4; i++) {
            with(ProbeServer.misbehaving("silent" + i, ProbeServer.Manner.SILENT));
        }
        RelayAddress last = with(ProbeServer.delaying("last", 0)).address();
        long begin = System.nanoTime();
        assertThat(measured(ProbeServer.TOKEN)).containsOnlyKeys(last);
        assertThat(System.nanoTime() - begin)
                .isLessThan(Measurement.IN_HASTE.all().plusSeconds(2).toNanos());
    }

    /** As over a satellite, where five round trips pass before there is a figure. */
    @Test
    void whoIsInNoHasteHasTheFigureOfARelayThatIsVeryFar() throws Exception {
        RelayAddress far = with(new ProbeServer("far", ProbeServer.Manner.PROPER, number -> number == 0 ? 3_000 : 0))
                .address();
        assertThat(measured(ProbeServer.TOKEN)).isEmpty();
        assertThat(Measurement.start(network, List.of(far), ProbeServer.TOKEN, Measurement.WITHOUT_HASTE)
                        .done()
                        .get(LONG, TimeUnit.SECONDS))
                .containsOnlyKeys(far);
    }

    /** Far relays, more than there is time for. */
    @Test
    void whatThereIsNoTimeForIsNotAlwaysTheSame() throws Exception {
        ProbeServer server = with(ProbeServer.delaying("r", 100));
        List<RelayAddress> relays = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            relays.add(new RelayAddress("r" + i, server.address().url()));
        }
        Measurement.Patience twoSeconds = new Measurement.Patience(Duration.ofSeconds(2), Duration.ofSeconds(2));
        Set<RelayAddress> ever = new HashSet<>();
        int most = 0;
        for (int i = 0; i < 3; i++) {
            Set<RelayAddress> measured = Measurement.start(network, relays, ProbeServer.TOKEN, twoSeconds)
                    .done()
                    .get(LONG, TimeUnit.SECONDS)
                    .keySet();
            most = Math.max(most, measured.size());
            ever.addAll(measured);
        }
        assertThat(most).isBetween(1, 32);
        assertThat(ever).hasSizeGreaterThan(most);
    }

    @Test
    void whatIsKnownCanBeTakenBeforeTheEnd() throws Exception {
        RelayAddress near = with(ProbeServer.delaying("near", 0)).address();
        ProbeServer silent = with(ProbeServer.misbehaving("silent", ProbeServer.Manner.SILENT));
        Measurement measurement =
                Measurement.start(network, List.of(near, silent.address()), ProbeServer.TOKEN, Measurement.IN_HASTE);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG);
        while ((measurement.figures().isEmpty() || silent.open() == 0) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(measurement.figures()).containsOnlyKeys(near);
        measurement.close();
        assertThat(measurement.done().get(LONG, TimeUnit.SECONDS)).containsOnlyKeys(near);
        while (silent.open() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(silent.open()).as("cut").isZero();
    }

    @Test
    void nothingToMeasureIsDoneAtOnce() throws Exception {
        assertThat(measured(ProbeServer.TOKEN)).isEmpty();
    }
}
