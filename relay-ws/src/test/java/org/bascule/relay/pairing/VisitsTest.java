package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.bascule.relay.pairing.TestLobby.End;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.TrafficLimits;
import org.junit.jupiter.api.Test;

/** Coming again gives nobody anything. */
class VisitsTest {

    private final TestLobby test = new TestLobby(LobbyLimits.DEFAULT, 64 << 20);
    private final SessionId sid = SessionId.random();

    private static void end(List<End> ends) {
        ends.forEach(end -> end.connection().ended());
    }

    private static void use(List<End> ends, int bytes) {
        for (int used = 0; used < bytes; used += 50_000) {
            ends.get(0).send(50_000);
        }
    }

    @Test
    void aSessionThatComesAgainOwesWhatItDidBefore() {
        test.traffic = new TrafficLimits(100_000, 0, 0);
        List<End> ends = test.pair(sid, 0);
        use(ends, 200_000);
        end(ends);
        test.lobby.sweep();
        List<End> again = test.pair(sid, 1);
        assertThat(again.get(0).pauses()).isTrue();
        assertThat(again.get(1).pauses()).isTrue();
        assertThat(test.pair(SessionId.random(), 0).get(0).pauses())
                .as("another")
                .isFalse();
        test.pass(Duration.ofMillis(1_001));
        assertThat(again.get(0).pauses()).as("when it is made up for").isFalse();
    }

    @Test
    void whatReplacesATransportOwesAsWell() {
        test.traffic = new TrafficLimits(100_000, 0, 0);
        use(test.pair(sid, 0), 200_000);
        assertThat(test.pair(sid, 1).get(0).pauses()).isTrue();
    }

    @Test
    void aDomainThatLeavesAndComesAgainOwesWhatItDidBefore() {
        test.traffic = new TrafficLimits(0, 100_000, 0);
        List<End> ends = test.pair(sid, 0);
        use(ends, 200_000);
        end(ends);
        test.lobby.sweep();
        List<End> again = test.pair(SessionId.random(), 0);
        use(again, 50_000);
        assertThat(again.get(0).pauses()).as("there is no reserve").isTrue();
        test.pass(Duration.ofMillis(500));
        assertThat(again.get(0).pauses())
                .as("half of what comes is for what was used before")
                .isTrue();
        test.pass(Duration.ofMillis(501));
        assertThat(again.get(0).pauses()).isFalse();
        end(again);
        test.pass(Duration.ofSeconds(2));
        assertThat(test.lobby.inDomains()).as("it owes nothing").isZero();
    }

    /** Its first bytes would be free each time. */
    @Test
    void comingAgainIsNoWayAroundTheRateOfADomain() {
        test.traffic = new TrafficLimits(0, 100_000, 0);
        List<End> ends = test.pair(sid, 0);
        use(ends, 200_000);
        for (int attempt = 1; attempt < 10; attempt++) {
            end(ends);
            test.lobby.sweep();
            ends = test.pair(sid, attempt);
            assertThat(ends.get(0).pauses()).as("before it has sent anything").isTrue();
            assertThat(ends.get(1).pauses()).isTrue();
        }
        test.pass(Duration.ofMillis(1_001));
        assertThat(ends.get(0).pauses()).as("it owes nothing any more").isFalse();
    }

    /** Each coming costs two checks of signatures, and each meeting a line in the accounts. */
    @Test
    void anEndDoesNotComeTooOften() {
        int attempt = 0;
        while (attempt < Visits.AT_ONCE) {
            end(test.pair(sid, attempt++));
        }
        assertThat(test.admitted(sid, "client:" + attempt).link().closed()).contains(RelayClose.LIMIT);
        assertThat(test.pair(SessionId.random(), 0).get(0).link().closed())
                .as("another session")
                .isEmpty();
        test.pass(Visits.EACH);
        assertThat(test.admitted(sid, "client:" + attempt++).link().closed()).isEmpty();
        assertThat(test.admitted(sid, "client:" + attempt++).link().closed()).contains(RelayClose.LIMIT);
        assertThat(test.admitted(sid, "device:" + attempt++).link().closed())
                .as("the other end has come once less")
                .isEmpty();
    }

    @Test
    void whoHasGoneAndOwesNothingIsForgotten() {
        List<End> ends = test.pair(sid, 0);
        test.pass(Duration.ofSeconds(60));
        assertThat(test.lobby.visits().size()).isEqualTo(1);
        end(ends);
        test.pass(Duration.ZERO);
        assertThat(test.lobby.visits().size()).isZero();
    }
}
