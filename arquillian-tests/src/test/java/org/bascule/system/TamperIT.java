package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Records changed on the way through a real relay: each ends the session with a name for it, at the end that noticed; nothing hangs. */
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
    void aFlippedBitEndsTheSession(int sample, boolean towardsDevice, int record, int bit) {
        Disturbance.Rule flip = Disturbance.flip(record, bit);
        if (towardsDevice) {
            expectTheDeviceNotices(flip);
        } else {
            expectTheClientNotices(flip);
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
    void aRecordThatIsMissingOrOutOfPlaceEndsTheSession(String name, Disturbance.Rule out, Disturbance.Rule in) {
        expectTheDeviceNotices(out);
        expectTheClientNotices(in);
    }

    /** The device tells the server why; the client only sees that the other end has gone. */
    private void expectTheDeviceNotices(Disturbance.Rule outgoing) {
        String sid;
        try (NativeSession session = disturbed(outgoing, Disturbance::untouched)) {
            sid = session.sid();
            assertThat(used(session).reason()).isEqualTo(EndReason.INTERRUPTED);
        }
        Eventually.within(LIMIT, "the device's reason is in the log", () -> !rows(sid, "session.end")
                .isEmpty());
        assertThat(rows(sid, "session.end")).singleElement().satisfies(row -> assertThat(row.getString("detail"))
                .contains("record-rejected"));
    }

    private void expectTheClientNotices(Disturbance.Rule incoming) {
        try (NativeSession session = disturbed(Disturbance::untouched, incoming)) {
            SessionEnd end = used(session);
            assertThat(end.reason()).isEqualTo(EndReason.RECORD_REJECTED);
            assertThat(end.byPeer()).isFalse();
        }
    }

    private NativeSession disturbed(Disturbance.Rule outgoing, Disturbance.Rule incoming) {
        return NativeSession.open(
                system, system.device().uid(), SessionConfig.DEFAULT, way -> new Disturbance(way, outgoing, incoming));
    }

    private static SessionEnd used(NativeSession session) {
        NativeSession.Terminal terminal = session.terminal();
        for (int i = 0; i < 6 && !session.isOver(); i++) {
            terminal.type("echo " + i + "\n");
        }
        return session.awaitEnd(LIMIT);
    }

    @Test
    void whatTheDeviceRejectedIsOneAuditRowForTheSession() {
        String sid;
        try (NativeSession session = NativeSession.open(
                system,
                system.device().uid(),
                SessionConfig.DEFAULT,
                way -> new Disturbance(way, Disturbance.flip(1, 100), Disturbance::untouched))) {
            sid = session.sid();
            session.terminal().type("x");
            session.awaitEnd(LIMIT);
        }
        Eventually.within(
                LIMIT, "the end of the session with its reason is in the log", () -> rows(sid, "session.end").stream()
                        .anyMatch(row -> row.toString().contains("record-rejected")));
        assertThat(rows(sid, "session.end")).hasSize(1);
    }

    private List<JsonObject> rows(String sid, String code) {
        return system.api("automation").items("/api/audit?limit=200&code=" + code).stream()
                .filter(row ->
                        !row.isNull("session") && row.getString("session").equals(sid))
                .toList();
    }
}
