package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.session.stream.SessionConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records changed on the way through a real relay: each costs that transport, and the session goes on through another without a byte lost or repeated; nothing hangs. */
@ExtendWith(RunningSystem.class)
class TamperIT {

    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final long SEED = 20260101;
    private static final int SAMPLES = 50;

    private final TheSystem system = TheSystem.get();

    /** Half of the samples towards the device, half towards the client; the first records of each direction, any bit. */
    static Stream<Arguments> flips() {
        Random random = new Random(SEED);
        return IntStream.range(0, SAMPLES)
                .mapToObj(
                        i -> Arguments.of(i, i % 2 == 0, random.nextInt(i % 2 == 0 ? 4 : 2), random.nextInt(1 << 20)));
    }

    @ParameterizedTest(name = "sample {0}: towards device {1}, record {2}, bit {3}")
    @MethodSource("flips")
    void aFlippedBitCostsTheTransportAlone(int sample, boolean towardsDevice, int record, int bit) {
        Disturbance.Rule flip = Disturbance.flip(record, bit);
        if (towardsDevice) {
            goesOn(flip, Disturbance::untouched);
        } else {
            goesOn(Disturbance::untouched, flip);
        }
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("dropped", Disturbance.drop(1), Disturbance.drop(1)),
                Arguments.of("repeated", Disturbance.repeat(1), Disturbance.repeat(1)),
                Arguments.of("swapped", Disturbance.swap(1), Disturbance.swap(1)),
                Arguments.of("cut to 30 bytes", Disturbance.cut(1, 30), Disturbance.cut(1, 30)),
                Arguments.of("cut to 7 bytes", Disturbance.cut(1, 7), Disturbance.cut(1, 7)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void aRecordThatIsMissingOrOutOfPlaceCostsTheTransportAlone(
            String name, Disturbance.Rule out, Disturbance.Rule in) {
        goesOn(out, Disturbance::untouched);
        goesOn(Disturbance::untouched, in);
    }

    private void goesOn(Disturbance.Rule outgoing, Disturbance.Rule incoming) {
        try (NativeSession session = disturbed(outgoing, incoming)) {
            NativeSession.Terminal terminal = session.terminal();
            for (int i = 0; i < 6; i++) {
                terminal.type("echo n$((40 + " + i + "))\n");
            }
            for (int i = 0; i < 6; i++) {
                terminal.await("n" + (40 + i));
            }
            assertThat(session.isOver()).isFalse();
        }
    }

    private NativeSession disturbed(Disturbance.Rule outgoing, Disturbance.Rule incoming) {
        return NativeSession.open(
                system, system.device().uid(), SessionConfig.DEFAULT, way -> new Disturbance(way, outgoing, incoming));
    }

    @Test
    void whatTheDeviceRejectedIsInTheLog() {
        String sid;
        try (NativeSession session = disturbed(Disturbance.flip(1, 100), Disturbance::untouched)) {
            sid = session.sid();
            NativeSession.Terminal terminal = session.terminal();
            terminal.type("echo n$((40 + 2))\n");
            terminal.await("n42");
        }
        Eventually.within(
                LIMIT, "what was rejected, and where, is in the log", () -> rows(sid, "device.report").stream()
                        .anyMatch(row -> row.getString("detail").startsWith("record-rejected: by relay ")));
    }

    private List<JsonObject> rows(String sid, String code) {
        return system.api("automation").items("/api/audit?limit=200&code=" + code).stream()
                .filter(row ->
                        !row.isNull("session") && row.getString("session").equals(sid))
                .toList();
    }
}
