package org.bascule.agent.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.events.LogFullException;
import org.bascule.agent.log.SessionLog.Direction;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.LoggedAction;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionLogTest {

    private static final SessionId SID = SessionId.random();
    private static final String HASH = "ab".repeat(32);

    private final List<ReportMessage.Events> sent = new CopyOnWriteArrayList<>();
    private final AtomicBoolean full = new AtomicBoolean(true);
    private final AtomicBoolean over = new AtomicBoolean();
    private EventLog events;
    private SessionLog log;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        EventSpool spool =
                EventSpool.open(StateFolder.create(folder.resolve("events")), 64 << 10, count -> "lost " + count);
        events = new EventLog(spool, () -> Instant.EPOCH, message -> sent.add((ReportMessage.Events) message));
        events.connected();
        log = new SessionLog(events, SID, full::get, over::get);
    }

    private DeviceEvent last() {
        List<DeviceEvent> batch = sent.get(sent.size() - 1).events();
        return batch.get(batch.size() - 1);
    }

    private static JsonObject detail(DeviceEvent event) throws Exception {
        return StrictJson.parse(event.detail(), LoggedAction.MAX_DETAIL).object();
    }

    @Test
    void anActionHasItsFields() throws Exception {
        log.file(Direction.FROM_DEVICE, "/etc/hosts", 123, HASH);
        DeviceEvent event = last();
        assertThat(event.code()).isEqualTo("log.file");
        assertThat(event.sid()).contains(SID);
        JsonObject detail = detail(event);
        assertThat(detail.getString("direction")).isEqualTo("from-device");
        assertThat(detail.getString("path")).isEqualTo("/etc/hosts");
        assertThat(detail.getInt("size")).isEqualTo(123);
        assertThat(detail.getString("sha256")).isEqualTo(HASH);
        assertThat(LoggedAction.FILE.fields()).containsAll(detail.keySet());
        events.acknowledged(1);
        log.fileBroken("/etc/hosts", 123, 45);
        JsonObject broken = detail(last());
        assertThat(broken.getInt("bytesOut")).isEqualTo(45);
        assertThat(LoggedAction.FILE.fields()).containsAll(broken.keySet());
    }

    @Test
    void nothingIsRecordedWhereTheTicketDoesNotDemandIt() throws Exception {
        full.set(false);
        log.toolStarted("terminal", "", "service");
        log.toolEnded("terminal", "");
        assertThat(sent).isEmpty();
        full.set(true);
        log.toolEnded("terminal", "");
        assertThat(last().code()).isEqualTo("log.tool-ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u0001", "\"", "\\", "\n", "😀", "\ud83d", "ä", "\u202e", "<b>"})
    void whateverATextHoldsItFits(String unit) throws Exception {
        log.processStarted("/bin/sh " + unit.repeat(20_000) + " end", "service");
        DeviceEvent event = last();
        assertThat(event.detail().length()).isLessThanOrEqualTo(LoggedAction.MAX_DETAIL);
        JsonObject detail = detail(event);
        assertThat(detail.getBoolean("cut")).isTrue();
        assertThat(detail.getString("command"))
                .startsWith("/bin/sh ")
                .endsWith(" end")
                .contains("…");
        assertThat(detail.getString("account")).isEqualTo("service");
    }

    @Test
    void aPairOfSurrogatesIsNotCut() throws Exception {
        for (int i = 0; i < 4; i++) {
            log.processStarted("a".repeat(i) + "😀".repeat(1_000), "service");
            String command = detail(last()).getString("command");
            assertThat(command.codePoints().filter(c -> c >= 0xd800 && c < 0xe000))
                    .as(command)
                    .isEmpty();
        }
    }

    @Test
    void aToolWaitsRatherThanLosesAnythingAndGoesOnWhenTheServerTakesIt() throws Exception {
        CompletableFuture<Integer> filling = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            try {
                for (; count < 400; count++) {
                    log.file(Direction.TO_DEVICE, "/tmp/" + "f".repeat(200) + count, count, HASH);
                }
            } catch (IOException e) {
                throw new AssertionError("after " + count, e);
            }
            return count;
        });
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(filling).as("there is no room for 400").isNotDone();
        long next = 0;
        while (!filling.isDone() || next < 400) {
            ReportMessage.Events batch = sent.get(sent.size() - 1);
            if (batch.first() + batch.events().size() > next) {
                assertThat(batch.first()).as("no event is missing").isLessThanOrEqualTo(next);
                next = batch.first() + batch.events().size();
                events.acknowledged(next);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(filling.get(1, TimeUnit.SECONDS)).isEqualTo(400);
        assertThat(sent.stream().flatMap(batch -> batch.events().stream()))
                .noneMatch(event -> event.code().equals("events-lost"));
    }

    @Test
    void whoDoesNotWaitAnyMoreDoesNotActEither() {
        over.set(true);
        assertThatThrownBy(() -> {
                    for (int i : IntStream.range(0, 1_000).toArray()) {
                        log.file(Direction.TO_DEVICE, "/tmp/" + "f".repeat(200) + i, i, HASH);
                    }
                })
                .isInstanceOf(LogFullException.class)
                .hasMessageContaining("log everything");
        int before = sent.get(0).events().size();
        log.toolEnded("terminal", "");
        assertThat(before).as("an end is recorded in the room that is left").isPositive();
    }
}
