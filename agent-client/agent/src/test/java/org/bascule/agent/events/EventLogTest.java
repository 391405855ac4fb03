package org.bascule.agent.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {

    private final List<ReportMessage.Events> sent = new ArrayList<>();
    private EventLog events;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        EventSpool spool = EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost");
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
}
