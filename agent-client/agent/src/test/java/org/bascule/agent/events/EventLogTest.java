package org.bascule.agent.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

    private final List<ReportMessage.Events> sent = new ArrayList<>();
    private EventLog events;
    private EventSpool spool;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        spool = EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost");
        events = new EventLog(spool, () -> Instant.EPOCH, message -> sent.add((ReportMessage.Events) message));
        events.connected();
    }

    private List<Long> firsts() {
        return sent.stream().map(ReportMessage.Events::first).toList();
    }

    @Test
    void anAcknowledgementThatDoesNotAdvanceIsNotAnsweredWithTheSameEvents() {
        events.record("a", "");
        events.acknowledged(0);
        events.acknowledged(0);
        assertThat(firsts()).containsExactly(0L);
        events.record("b", "");
        assertThat(firsts()).containsExactly(0L, 0L);
        events.acknowledged(2);
        events.record("c", "");
        assertThat(firsts()).containsExactly(0L, 0L, 2L);
    }

    @Test
    void aServerThatKnowsMoreGetsTheEventsUnderNewNumbers() {
        events.record("a", "");
        events.acknowledged(9);
        assertThat(firsts()).containsExactly(0L, 9L);
        assertThat(sent.get(1).events()).hasSize(1);
        events.acknowledged(10);
        assertThat(firsts()).hasSize(2);
    }

    /** Acknowledges whatever comes. */
    private List<DeviceEvent> delivered() {
        List<DeviceEvent> all = new ArrayList<>();
        for (int next = sent.size() - 1; next < sent.size(); next++) {
            ReportMessage.Events batch = sent.get(next);
            all.addAll(batch.events());
            events.acknowledged(batch.first() + batch.events().size());
        }
        return all;
    }

    @Test
    void whatTheOwnerDoesIsRecordedThoughToolsHaveNoRoom() throws Exception {
        SessionId sid = SessionId.random();
        long kept = 0;
        while (spool.hasRoomToKeep()) {
            events.keep("log.file", sid, "x".repeat(900), () -> true);
            kept++;
        }
        assertThatThrownBy(() -> events.keep("log.file", sid, "late", () -> true))
                .isInstanceOf(LogFullException.class);
        events.record("switched-off", "by somebody");
        events.recordEnd("log.tool-ended", sid, "the end");
        List<DeviceEvent> all = delivered();
        assertThat(all.stream().filter(event -> event.code().equals("log.file")))
                .hasSize((int) kept);
        assertThat(all).extracting(DeviceEvent::code).endsWith("switched-off", "log.tool-ended");
    }

    @Test
    void whatIsRecordedWithoutWaitingPushesNothingOut() throws Exception {
        SessionId sid = SessionId.random();
        events.keep("log.tool-started", sid, "the first", () -> true);
        int recorded = 3_000;
        for (int i = 0; i < recorded; i++) {
            events.record("stream-refused", sid, "x".repeat(900));
        }
        events.recordEnd("log.tool-ended", sid, "the end");
        List<DeviceEvent> all = delivered();
        assertThat(all.get(0).detail()).isEqualTo("the first");
        assertThat(all).anyMatch(event -> event.detail().equals("the end"));
        long refused = all.stream()
                .filter(event -> event.code().equals("stream-refused"))
                .count();
        assertThat(refused).isLessThan(recorded);
        assertThat(all.stream().filter(event -> event.code().equals("events-lost")))
                .singleElement()
                .satisfies(lost -> assertThat(lost.count()).isEqualTo(recorded - refused));
    }
}
