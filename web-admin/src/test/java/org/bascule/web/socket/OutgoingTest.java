package org.bascule.web.socket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutgoingTest {

    private static final CloseReason BYE = new CloseReason(CloseCodes.NORMAL_CLOSURE, "bye");

    private static final class TestWire implements Outgoing.Wire {
        final List<String> sent = new ArrayList<>();
        final List<Outgoing.Done> underWay = new ArrayList<>();
        final List<CloseReason> closed = new ArrayList<>();
        boolean atOnce;
        boolean broken;

        @Override
        public void send(String text, Outgoing.Done done) {
            if (broken) {
                throw new IllegalStateException("closed");
            }
            sent.add(text);
            if (atOnce) {
                done.sent(true);
            } else {
                underWay.add(done);
            }
        }

        @Override
        public void close(CloseReason reason) {
            closed.add(reason);
        }

        void finish(boolean ok) {
            underWay.remove(0).sent(ok);
        }
    }

    private final TestWire wire = new TestWire();
    private final Outgoing outgoing = new Outgoing(wire, 3, 100);

    @Test
    void oneMessageIsUnderWayAtATime() {
        outgoing.send("a");
        outgoing.send("b");
        outgoing.send("c");
        assertThat(wire.sent).containsExactly("a");
        wire.finish(true);
        assertThat(wire.sent).containsExactly("a", "b");
        wire.finish(true);
        wire.finish(true);
        assertThat(wire.sent).containsExactly("a", "b", "c");
        assertThat(wire.underWay).isEmpty();
    }

    @Test
    void orderHoldsWhenMessagesAreDoneAtOnce() {
        wire.atOnce = true;
        for (int i = 0; i < 10_000; i++) {
            outgoing.send("m" + i);
        }
        assertThat(wire.sent).hasSize(10_000).startsWith("m0").endsWith("m9999");
    }

    @Test
    void aPeerThatDoesNotTakeMessagesIsClosed() {
        for (int i = 0; i < 5; i++) {
            outgoing.send("m" + i);
        }
        assertThat(wire.closed).singleElement().satisfies(reason -> assertThat(reason.getCloseCode())
                .isEqualTo(CloseCodes.TRY_AGAIN_LATER));
        wire.finish(true);
        assertThat(wire.sent).containsExactly("m0");
    }

    @Test
    void sizeIsBoundedToo() {
        outgoing.send("x");
        outgoing.send("y".repeat(100));
        assertThat(wire.closed).isEmpty();
        outgoing.send("z");
        assertThat(wire.closed).hasSize(1);
    }

    @Test
    void closesAfterWhatWasQueued() {
        outgoing.send("a");
        outgoing.send("error");
        outgoing.close(BYE);
        outgoing.send("late");
        assertThat(wire.closed).isEmpty();
        wire.finish(true);
        wire.finish(true);
        assertThat(wire.sent).containsExactly("a", "error");
        assertThat(wire.closed).containsExactly(BYE);
        outgoing.close(BYE);
        assertThat(wire.closed).hasSize(1);
    }

    @Test
    void aFailedMessageCloses() {
        outgoing.send("a");
        outgoing.send("b");
        wire.finish(false);
        assertThat(wire.sent).containsExactly("a");
        assertThat(wire.closed).hasSize(1);
    }

    @Test
    void aSocketThatThrowsIsClosedNotPropagated() {
        wire.broken = true;
        outgoing.send("a");
        assertThat(wire.closed).hasSize(1);
    }

    @Test
    void nothingIsSentWhenTheSocketIsGone() {
        outgoing.gone();
        outgoing.send("a");
        outgoing.close(BYE);
        assertThat(wire.sent).isEmpty();
        assertThat(wire.closed).isEmpty();
    }
}
