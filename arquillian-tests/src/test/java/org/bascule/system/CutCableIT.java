package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client, or the device, is somewhere else on the net, which says nothing when it fails (REL-4). */
@ExtendWith(RunningSystem.class)
class CutCableIT {

    private static final long BYTES = 20L << 20;
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /** Longer than either end waits for a sign of the other. */
    private static final Duration CUT = Duration.ofSeconds(30);
    /** 5 s until the silence is noticed, 3 s for another relay, and slack. */
    private static final Duration PAUSE = Duration.ofSeconds(25);

    private final TheSystem system = TheSystem.get();

    /** Of one session the client's cable is out for 30 s, of another one the device's; then the first one's client has another address. No byte is lost or repeated. */
    @Test
    void everyByteArrivesOnceThoughACableIsCutAndTheAddressChanges() throws Exception {
        try (Cable clients = Cable.to(system);
                Cable devices = Cable.to(system);
                EnrolledDevice device = devices.device(system, "cut-off");
                EchoedStream stream = new EchoedStream(
                        system, 3 * BYTES, clients.starter(), system.device().uid());
                EchoedStream other = new EchoedStream(system, 2 * BYTES, List.of(), device.uid())) {
            List<EchoedStream> both = List.of(stream, other);
            both.forEach(each -> each.sendUpTo(BYTES / 2));
            both.forEach(each -> Eventually.within(LIMIT, "it runs", () -> each.received() > BYTES / 10));
            clients.pull();
            devices.pull();
            both.forEach(each -> each.sendUpTo(BYTES));
            Thread.sleep(CUT.toMillis());
            both.forEach(
                    each -> assertThat(each.received()).as("nothing passes").isLessThanOrEqualTo(BYTES / 2));
            clients.plugIn();
            devices.plugIn();
            both.forEach(each -> Eventually.within(LIMIT, "it goes on", () -> each.received() == BYTES));
            Duration clientsCut = stream.longestPause();
            Duration devicesCut = other.longestPause();

            other.sendUpTo(2 * BYTES);
            stream.sendUpTo(BYTES + BYTES / 2);
            Eventually.within(LIMIT, "it runs", () -> stream.received() > BYTES + BYTES / 10);
            clients.changeAddress();
            stream.sendUpTo(2 * BYTES);
            Eventually.within(LIMIT, "it goes on", () -> stream.received() == 2 * BYTES);
            Duration changed = stream.longestPause();

            stream.sendUpTo(3 * BYTES);
            ends(stream, 3 * BYTES);
            ends(other, 2 * BYTES);
            System.out.printf(
                    "cable cut for %d ms: longest pause %d ms at the client's end, %d ms at the device's; address changed: %d ms%n",
                    CUT.toMillis(), clientsCut.toMillis(), devicesCut.toMillis(), changed.toMillis());
            assertThat(clientsCut).isLessThan(CUT.plus(PAUSE));
            assertThat(devicesCut).isLessThan(CUT.plus(PAUSE));
            assertThat(changed).isLessThan(PAUSE);
        }
    }

    /** In order, every byte there once. */
    private static void ends(EchoedStream stream, long bytes) throws Exception {
        assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
        assertThat(stream.received()).isEqualTo(bytes);
        assertThat(stream.echoed()).isEqualTo(stream.sent());
    }
}
