package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.Test;

class TallyTest {

    private long nanos;
    private final Tally tally = new Tally(() -> nanos);
    private final SessionId sid = SessionId.random();

    private Flow flow() {
        return new Flow(new FakeLink("192.0.2.1"), FlowLimits.DEFAULT, new Budget(1 << 20), () -> nanos);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void pairThatIsOverIsToldUntilItWasTakenDown() {
        Flow fromClient = flow();
        Flow fromDevice = flow();
        Tally.Pair pair = tally.began(sid, fromClient, fromDevice);
        fromClient.forward(ByteBuffer.allocate(10));
        fromDevice.forward(ByteBuffer.allocate(1_000));
        fromDevice.forward(ByteBuffer.allocate(1));
        pass(Duration.ofSeconds(3));
        assertThat(tally.due(10)).isEmpty();
        tally.ended(pair);
        tally.ended(pair);
        pass(Duration.ofSeconds(3));
        List<Tally.Line> due = tally.due(10);
        assertThat(due).singleElement().satisfies(line -> {
            assertThat(line.sid()).isEqualTo(sid);
            assertThat(line.fromClient()).isEqualTo(10);
            assertThat(line.fromDevice()).isEqualTo(1_001);
            assertThat(line.millis()).isEqualTo(3_000);
        });
        assertThat(tally.due(10)).isEqualTo(due);
        tally.taken(due);
        assertThat(tally.due(10)).isEmpty();
    }

    @Test
    void pairThatLivesIsToldEveryMinute() {
        Flow fromClient = flow();
        Tally.Pair pair = tally.began(sid, fromClient, flow());
        pass(Duration.ofSeconds(60));
        fromClient.forward(ByteBuffer.allocate(10));
        List<Tally.Line> first = tally.due(10);
        assertThat(first).singleElement().returns(10L, Tally.Line::fromClient);
        tally.taken(first);
        assertThat(tally.due(10)).isEmpty();
        fromClient.forward(ByteBuffer.allocate(10));
        pass(Duration.ofSeconds(60));
        List<Tally.Line> second = tally.due(10);
        assertThat(second).singleElement().returns(20L, Tally.Line::fromClient);
        // it ends while that is on its way
        tally.ended(pair);
        tally.taken(second);
        assertThat(tally.due(10)).as("the end is told as well").hasSize(1);
    }

    /** Two ends may meet again and again; others are not forgotten for it. */
    @Test
    void aSessionHasOneAccountHoweverOftenItsEndsMeet() {
        SessionId other = SessionId.random();
        tally.ended(tally.began(other, flow(), flow()));
        for (int i = 0; i < 20_000; i++) {
            Flow fromClient = flow();
            Tally.Pair pair = tally.began(sid, fromClient, flow());
            fromClient.forward(ByteBuffer.allocate(10));
            pass(Duration.ofMillis(5));
            tally.ended(pair);
            if (i % 1_000 == 0) {
                tally.taken(tally.due(1).stream()
                        .filter(line -> line.sid().equals(sid))
                        .toList());
            }
        }
        assertThat(tally.due(20_000)).extracting(Tally.Line::sid).containsExactly(other, sid);
        assertThat(tally.due(2).get(1)).satisfies(line -> {
            assertThat(line.fromClient()).isEqualTo(200_000);
            assertThat(line.millis()).isEqualTo(100_000);
        });
    }

    @Test
    void anAccountGoesOnForAsLongAsItsEndsMayComeAgain() {
        tally.ended(tally.began(sid, flow(), flow()));
        List<Tally.Line> first = tally.due(10);
        tally.taken(first);
        pass(Duration.ofNanos(Tally.KEPT_NANOS - 1));
        tally.sweep();
        Tally.Pair again = tally.began(sid, flow(), flow());
        pass(Duration.ofSeconds(1));
        tally.taken(first);
        tally.ended(again);
        tally.taken(first);
        List<Tally.Line> second = tally.due(10);
        assertThat(second).singleElement().satisfies(line -> {
            assertThat(line.pair()).isEqualTo(first.get(0).pair());
            assertThat(line.millis()).isEqualTo(1_000);
        });
        tally.taken(second);
        assertThat(tally.due(10)).isEmpty();
        pass(Duration.ofNanos(Tally.KEPT_NANOS));
        tally.sweep();
        tally.ended(tally.began(sid, flow(), flow()));
        assertThat(tally.due(10)).singleElement().satisfies(line -> assertThat(line.pair())
                .isNotEqualTo(first.get(0).pair()));
    }

    @Test
    void oneReportHasNoMoreThanItMayAndTheOldestAreForgotten() {
        for (int i = 0; i < 10_005; i++) {
            tally.ended(tally.began(SessionId.random(), flow(), flow()));
        }
        assertThat(tally.due(200)).hasSize(200);
        assertThat(tally.due(20_000)).hasSize(10_000);
    }
}
