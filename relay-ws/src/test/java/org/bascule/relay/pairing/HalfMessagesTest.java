package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.bascule.relay.pairing.TestLobby.End;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayClose;
import org.junit.jupiter.api.Test;

/** What ends have not sent completely is in the relay's memory as well. */
class HalfMessagesTest {

    private static final int HALF = 60_000;

    private final TestLobby test = new TestLobby(LobbyLimits.DEFAULT, 2 << 20);
    private final SessionId sid = SessionId.random();

    @Test
    void theyLeaveLessForQueues() {
        List<End> ends = test.pair(sid, 0);
        long share = test.budget.share();
        for (int i = 0; i < 20; i++) {
            test.pair(SessionId.random(), 0).forEach(end -> end.connection().holds(HALF));
        }
        assertThat(test.lobby.queued()).isEqualTo(40 * HALF);
        assertThat(share).isEqualTo((2 << 20) / 16);
        assertThat(test.budget.share()).isZero();
        ends.get(1).link().hold();
        ends.get(0).send(1_000);
        assertThat(ends.get(0).pauses()).as("at the first that waits").isTrue();
        ends.get(1).link().release();
        assertThat(ends.get(0).pauses()).isFalse();
        assertThat(ends.get(0).link().closed()).isEmpty();
    }

    @Test
    void theyAreCountedUntilTheyAreCompleteOrTheirEndHasGone() {
        List<End> ends = test.pair(sid, 0);
        ends.get(0).connection().holds(HALF);
        ends.get(0).connection().holds(2 * HALF);
        ends.get(1).connection().holds(HALF);
        assertThat(test.budget.held()).isEqualTo(3 * HALF);
        ends.get(0).connection().holds(0);
        assertThat(test.budget.held()).isEqualTo(HALF);
        ends.get(1).connection().ended();
        assertThat(test.budget.held()).isZero();
        ends.get(1).connection().holds(HALF);
        assertThat(test.budget.held()).as("it is over").isZero();
    }

    @Test
    void whoHasNoPeerTakesNothingFromThoseWhoHave() {
        test.stranger("192.0.2.7").connection().holds(HALF);
        test.admitted(sid, "client:0").connection().holds(HALF);
        assertThat(test.budget.held()).isZero();
    }

    @Test
    void theFirstMessageHasAsLongAsEveryOther() {
        List<End> ends = test.pair(sid, 0);
        ends.get(0).connection().holds(HALF);
        pass(ends.get(1), 119);
        assertThat(ends.get(0).link().closed()).isEmpty();
    }

    /** Whatever the other end says meanwhile. */
    @Test
    void anEndIsNotWaitedForForEver() {
        List<End> ends = test.pair(sid, 0);
        ends.get(0).connection().holds(HALF);
        pass(ends.get(1), 60);
        ends.get(0).send(1);
        pass(ends.get(1), 119);
        assertThat(ends.get(0).link().closed()).isEmpty();
        pass(ends.get(1), 2);
        assertThat(ends.get(0).link().closed()).contains(RelayClose.TIMEOUT);
        assertThat(ends.get(1).link().closed()).contains(RelayClose.PEER_GONE);
    }

    @Test
    void anEndThatIsNotReadCannotComplete() {
        List<End> ends = test.pair(sid, 0);
        test.budget.hold(2 << 20);
        ends.get(1).link().hold();
        for (int i = 0; i < 16; i++) {
            ends.get(0).send(1_000);
        }
        ends.get(0).connection().holds(HALF);
        // slow, but never so long without taking anything that it would be stalled
        for (int i = 0; i < 14; i++) {
            pass(ends.get(1), 15);
            ends.get(1).link().releaseOne();
        }
        assertThat(ends.get(0).link().closed()).isEmpty();
        ends.get(1).link().release();
        pass(ends.get(1), 121);
        assertThat(ends.get(0).link().closed()).as("now it is read").contains(RelayClose.TIMEOUT);
    }

    /** So many seconds, in which an end says something now and then. */
    private void pass(End alive, int seconds) {
        for (int i = 0; i < seconds; i++) {
            alive.send(1);
            test.pass(Duration.ofSeconds(1));
        }
    }
}
