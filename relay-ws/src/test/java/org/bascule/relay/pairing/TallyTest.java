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

    @Test
    void oneReportHasNoMoreThanItMayAndTheOldestAreForgotten() {
        for (int i = 0; i < 10_005; i++) {
            tally.ended(tally.began(SessionId.random(), flow(), flow()));
        }
        assertThat(tally.due(200)).hasSize(200);
        assertThat(tally.due(20_000)).hasSize(10_000);
    }
}
