package org.bascule.control.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Http;
import org.bascule.control.server.TokenSource;
import org.bascule.session.probe.LocalAddresses;
import org.bascule.session.probe.ProbeServer;
import org.bascule.wire.registry.RelayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command knows of the relays, and what it leaves to the next. */
@Timeout(60)
class RelayFiguresTest {

    private static final int LONG = 20;

    private final FakeServer server = new FakeServer();
    private final ProbeServer near = ProbeServer.delaying("near", 0);
    private final ProbeServer far = ProbeServer.delaying("far", 30);
    private final ProbeServer silent = ProbeServer.misbehaving("silent", ProbeServer.Manner.SILENT);
    private final CountDownLatch held = new CountDownLatch(1);
    private TestUser user = new TestUser(Path.of("nowhere"));

    RelayFiguresTest() throws IOException {}

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
    }

    @AfterEach
    void stop() throws IOException {
        held.countDown();
        server.close();
        near.close();
        far.close();
        silent.close();
    }

    private void offer(ProbeServer... relays) {
        server.on("GET /api/relays", 200, offered(relays));
    }

    private static String offered(ProbeServer... relays) {
        return "{\"relays\":[%s],\"probe\":\"%s\"}"
                .formatted(
                        Arrays.stream(relays)
                                .map(relay -> relay.address().toJson().toString())
                                .collect(Collectors.joining(",")),
                        ProbeServer.TOKEN);
    }

    private RelayFigures begin() throws Exception {
        TokenSource tokens = new TokenSource() {
            @Override
            public String domain() {
                return "demo";
            }

            @Override
            public String token() {
                return "access";
            }

            @Override
            public String renewed(String refused) {
                return "access";
            }
        };
        return RelayFigures.begin(
                new AccessServer(Http.trusting(Optional.empty(), user.around()), URI.create(server.url()), tokens),
                user.around());
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG);
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private int asked() {
        return server.to("/api/relays").size();
    }

    /** Measures and keeps. */
    private void measured() throws Exception {
        offer(near, far);
        try (RelayFigures figures = begin()) {
            await(() -> Files.exists(user.config("relays.json")));
            assertThat(figures.roundTrips()).containsOnlyKeys("near", "far");
            assertThat(figures.roundTrips().get("far")).isGreaterThanOrEqualTo(30);
        }
    }

    @Test
    void theNextCommandsDoNotMeasureForTenMinutes() throws Exception {
        measured();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(user.config("relays.json"))))
                .isEqualTo("rw-------");
        user.now = user.now.plus(RelayFigures.FRESH).minusSeconds(1);
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).containsOnlyKeys("near", "far");
        }
        assertThat(asked()).isOne();
        user.now = user.now.plusSeconds(1);
        try (RelayFigures figures = begin()) {
            await(() -> asked() == 2);
            assertThat(figures.roundTrips()).containsOnlyKeys("near", "far");
        }
    }

    @Test
    void oldFiguresAreBetterThanWaiting() throws Exception {
        measured();
        user.now = user.now.plus(Duration.ofHours(1));
        hold();
        long begin = System.nanoTime();
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).containsOnlyKeys("near", "far");
        }
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(LONG / 2));
        user.now = user.now.plus(FigureFile.KEPT);
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).as("not of yesterday").isEmpty();
        }
    }

    private void hold() {
        server.on("GET /api/relays", request -> {
            boolean unused = held.await(LONG, TimeUnit.SECONDS);
            return new FakeServer.Reply(200, offered(near, far));
        });
    }

    @Test
    void aSlowServerHoldsUpASessionForAMoment() throws Exception {
        hold();
        long begin = System.nanoTime();
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).isEmpty();
        }
        assertThat(System.nanoTime() - begin)
                .isBetween(RelayFigures.WAIT.toNanos() / 2, TimeUnit.SECONDS.toNanos(LONG / 2));
    }

    @Test
    void aServerThatKnowsNothingOfItIsFineAsWell() throws Exception {
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).isEmpty();
        }
        assertThat(user.config("relays.json")).doesNotExist();
    }

    @Test
    void aSingleRelayIsNotMeasured() throws Exception {
        offer(near);
        try (RelayFigures figures = begin()) {
            await(() -> Files.exists(user.config("relays.json")));
            assertThat(figures.roundTrips()).isEmpty();
        }
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).isEmpty();
        }
        assertThat(near.connections()).isZero();
        assertThat(asked()).isOne();
    }

    @Test
    void whatIsKnownAtTheEndIsForTheNextWhichGoesOn() throws Exception {
        offer(silent, near);
        try (RelayFigures figures = begin()) {
            await(() -> figures.roundTrips().containsKey("near"));
        }
        hold();
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).containsOnlyKeys("near");
            await(() -> asked() == 2);
        }
    }

    /** A list that was replaced by another one of the same length would be too many figures for the server. */
    @Test
    void relaysThatAreGoneHaveNoFigures() throws Exception {
        Map<String, Long> old =
                IntStream.range(0, RelayList.MAX_RELAYS).boxed().collect(Collectors.toMap(i -> "gone-" + i, i -> 20L));
        offer(near, far);
        new FigureFile(user.around(), server.url(), LocalAddresses.text())
                .write(new FigureFile.Figures(user.now.minus(Duration.ofHours(1)), old), user.now);
        try (RelayFigures figures = begin()) {
            await(() -> figures.roundTrips().containsKey("near"));
            assertThat(figures.roundTrips().keySet()).isSubsetOf("near", "far");
        }
    }

    @Test
    void anotherServerIsAnotherPlaceAndADamagedFileIsNone() throws Exception {
        measured();
        FigureFile other = new FigureFile(user.around(), "https://other.example", "");
        assertThat(other.read(user.now)).isEmpty();
        other.write(new FigureFile.Figures(user.now, Map.of("r", 1L)), user.now);
        try (RelayFigures figures = begin()) {
            assertThat(figures.roundTrips()).containsOnlyKeys("near", "far");
        }
        assertThat(asked()).isOne();
        Files.writeString(user.config("relays.json"), "{\"x\":1}");
        assertThat(other.read(user.now)).isEmpty();
    }
}
