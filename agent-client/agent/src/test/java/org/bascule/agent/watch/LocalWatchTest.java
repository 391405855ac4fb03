package org.bascule.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.LocalWatch.Terminal;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalWatchTest {

    private static final String HERE = "account ada on the command line";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> recorded = new CopyOnWriteArrayList<>();
    private final SessionId sid = SessionId.random();
    private final TerminalPicture picture = new TerminalPicture(new TerminalSize(80, 24));
    private WatchDesk desk;
    private LocalWatch here;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        EventLog events = new EventLog(
                EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost"),
                () -> Instant.EPOCH,
                message -> false);
        events.witnessedBy(event -> recorded.add(event.code() + " " + event.detail()));
        desk = new WatchDesk(threads, events);
        desk.begin(sid);
        here = new LocalWatch(desk, threads, Duration.ofSeconds(3));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private void print(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        picture.output(bytes, bytes.length);
    }

    @Test
    void whoeverIsThereSeesTheTerminalAndItsUserIsTold() throws Exception {
        WatchedSession session = desk.find(sid).orElseThrow();
        FakeStream stream = new FakeStream();
        session.join(stream);
        int tool = session.add(picture).orElseThrow();
        assertThat(here.terminals()).containsExactly(new Terminal(sid, tool));
        print("$ make\r\n");
        assertThat(here.look(new Terminal(sid, tool), HERE)).contains(List.of("$ make"));
        print("done");
        assertThat(here.look(new Terminal(sid, tool), HERE)).contains(List.of("$ make", "done"));
        FakeStream.await(() -> {
            here.look(new Terminal(sid, tool), HERE);
            return stream.events().contains("0 {\"watchers\":[\"" + HERE + "\"]}");
        });
        assertThat(desk.watchers(sid)).containsExactly(HERE);
        FakeStream.await(() -> stream.events().contains("0 {\"watchers\":[]}"));
        assertThat(recorded).containsExactly("watching-started " + HERE, "watching-ended " + HERE);

        session.remove(tool);
        assertThat(here.terminals()).isEmpty();
        assertThat(here.look(new Terminal(sid, tool), HERE)).isEmpty();
        desk.end(sid);
        assertThat(here.look(new Terminal(sid, tool), HERE)).isEmpty();
        assertThat(recorded).hasSize(2);
    }

    @Test
    void othersDoNotTakeTheRoomOfWhoIsThere() throws Exception {
        int tool = desk.find(sid).orElseThrow().add(picture).orElseThrow();
        for (int i = 0; i < WatchedSession.MAX_WATCHERS; i++) {
            FakeStream list = new FakeStream();
            String name = "W" + i;
            threads.submit(() -> {
                desk.show(list, new Watcher(SessionId.random(), name), new WatchRequest(sid, Optional.empty()));
                return "over";
            });
            FakeStream.await(() -> !list.events().isEmpty());
        }
        assertThat(here.look(new Terminal(sid, tool), HERE)).isPresent();
        assertThat(desk.watchers(sid)).contains(HERE);
    }
}
