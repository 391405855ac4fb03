package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.launcher.DemoDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client is somewhere else on the net, which says nothing when it fails (REL-4). */
@ExtendWith(RunningSystem.class)
class CutCableIT {

    private static final long BYTES = 20L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** Longer than either end waits for a sign of the other. */
    private static final Duration CUT = Duration.ofSeconds(30);
    /** 5 s until the silence is noticed, 3 s for another relay, and slack. */
    private static final Duration PAUSE = Duration.ofSeconds(25);

    private final TheSystem system = TheSystem.get();

    /** The cable is out for 30 s, then the client has another address: no byte is lost or repeated. */
    @Test
    void everyByteArrivesOnceThoughTheCableIsCutAndTheAddressChanges() throws Exception {
        try (Cable cable = Cable.to(urls());
                EchoedStream stream = new EchoedStream(system, 3 * BYTES, cable.starter())) {
            stream.sendUpTo(BYTES / 2);
            Eventually.within(LIMIT, "it runs", () -> stream.received() > BYTES / 10);
            cable.pull();
            stream.sendUpTo(BYTES);
            Thread.sleep(CUT.toMillis());
            assertThat(stream.received()).as("nothing passes").isLessThanOrEqualTo(BYTES / 2);
            cable.plugIn();
            Eventually.within(LIMIT, "it goes on", () -> stream.received() == BYTES);
            Duration first = stream.longestPause();

            stream.sendUpTo(BYTES + BYTES / 2);
            Eventually.within(LIMIT, "it runs", () -> stream.received() > BYTES + BYTES / 10);
            cable.changeAddress();
            stream.sendUpTo(2 * BYTES);
            Eventually.within(LIMIT, "it goes on", () -> stream.received() == 2 * BYTES);
            Duration second = stream.longestPause();

            stream.sendUpTo(3 * BYTES);
            assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
            assertThat(stream.received()).isEqualTo(3 * BYTES);
            assertThat(stream.echoed()).isEqualTo(stream.sent());
            System.out.printf(
                    "cable cut for %d ms: longest pause %d ms; address changed: %d ms%n",
                    CUT.toMillis(), first.toMillis(), second.toMillis());
            assertThat(first).isLessThan(CUT.plus(PAUSE));
            assertThat(second).isLessThan(PAUSE);
        }
    }

    /** Of whatever a native client connects to. */
    private List<URI> urls() {
        DemoDescription description = system.demo().description();
        return Stream.concat(
                        Stream.of(description.agentUrl(), description.keycloak()),
                        description.relays().stream().map(DemoDescription.RelayServer::nativeUrl))
                .map(URI::create)
                .toList();
    }
}
