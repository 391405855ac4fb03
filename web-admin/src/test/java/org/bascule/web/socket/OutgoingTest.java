package org.bascule.web.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.bascule.websocket.CloseCode;
import org.junit.jupiter.api.Test;

class OutgoingTest {

    private final RecordedLink link = new RecordedLink();
    private long nanos;
    private final Outgoing outgoing = new Outgoing(link, 3, 100, () -> nanos);

    private void pass(int seconds) {
        nanos += TimeUnit.SECONDS.toNanos(seconds);
    }

    @Test
    void whatIsTakenDoesNotCount() {
        for (int i = 0; i < 10_000; i++) {
            outgoing.send("m" + i);
        }
        assertThat(link.sent).hasSize(10_000).startsWith("m0").endsWith("m9999");
        assertThat(link.closed).isEmpty();
    }

    @Test
    void aPeerThatTakesNothingIsClosed() {
        link.holds = true;
        for (int i = 0; i < 5; i++) {
            outgoing.send("m" + i);
        }
        assertThat(link.sent).containsExactly("m0", "m1", "m2");
        assertThat(link.closed).containsExactly(CloseCode.TRY_AGAIN_LATER);
    }

    @Test
    void sizeIsBoundedToo() {
        link.holds = true;
        outgoing.send("y".repeat(100));
        assertThat(link.closed).isEmpty();
        outgoing.send("z");
        assertThat(link.closed).containsExactly(CloseCode.TRY_AGAIN_LATER);
    }

    @Test
    void onlyWhoTakesNothingForLongIsClosed() {
        link.holds = true;
        outgoing.send("a");
        pass(15);
        outgoing.send("b");
        link.underWay.remove(0).done(true);
        pass(15);
        outgoing.send("c");
        assertThat(link.closed).isEmpty();
        pass(6);
        outgoing.send("d");
        assertThat(link.sent).containsExactly("a", "b", "c");
        assertThat(link.closed).containsExactly(CloseCode.TRY_AGAIN_LATER);
    }

    @Test
    void silenceIsNotSlowness() {
        outgoing.send("a");
        pass(3_600);
        outgoing.send("b");
        assertThat(link.closed).isEmpty();
    }

    @Test
    void nothingFollowsTheClose() {
        outgoing.send("a");
        outgoing.close(CloseCode.VIOLATED_POLICY, "bye");
        outgoing.send("late");
        outgoing.close(CloseCode.GOING_AWAY, "again");
        assertThat(link.sent).containsExactly("a");
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
    }

    @Test
    void nothingIsSentWhenTheSocketIsGone() {
        outgoing.gone();
        outgoing.send("a");
        outgoing.close(CloseCode.GOING_AWAY, "bye");
        assertThat(link.sent).isEmpty();
        assertThat(link.closed).isEmpty();
    }
}
