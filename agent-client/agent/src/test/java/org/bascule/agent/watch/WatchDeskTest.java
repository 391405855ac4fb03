package org.bascule.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ReportMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchDeskTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> recorded = new CopyOnWriteArrayList<>();
    private final SessionId sid = SessionId.random();
    private WatchDesk desk;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        EventSpool spool =
                EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost " + count);
        EventLog events = new EventLog(spool, () -> Instant.EPOCH, message -> {
            ReportMessage.Events batch = (ReportMessage.Events) message;
            batch.events().forEach(event -> recorded.add(event.code() + " " + event.detail()));
            return false;
        });
        events.connected();
        desk = new WatchDesk(threads, events);
        desk.begin(sid);
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Future<?> watch(FakeStream stream, SessionId watcher, String name, Optional<Integer> tool) {
        return threads.submit(() -> {
            desk.show(stream, new Watcher(watcher, name), new WatchRequest(sid, tool));
            return "over";
        });
    }

    private WatchedSession watched() {
        return desk.find(sid).orElseThrow();
    }

    @Test
    void theWatchedAreToldWhoWatchesOnEveryStreamAndWhenItEnds() throws Exception {
        FakeStream first = new FakeStream();
        watched().join(first);
        FakeStream list = new FakeStream();
        watch(list, SessionId.random(), "Ada", Optional.empty());
        FakeStream.await(() -> first.events().contains("0 {\"watchers\":[\"Ada\"]}"));
        FakeStream second = new FakeStream();
        watched().join(second);
        FakeStream.await(() -> second.events().contains("0 {\"watchers\":[\"Ada\"]}"));
        FakeStream other = new FakeStream();
        watch(other, SessionId.random(), "Bo", Optional.empty());
        FakeStream.await(() -> first.events().contains("0 {\"watchers\":[\"Ada\",\"Bo\"]}"));
        assertThat(desk.watchers(sid)).containsExactly("Ada", "Bo");
        list.end();
        other.end();
        FakeStream.await(() -> first.events().get(first.events().size() - 1).equals("0 {\"watchers\":[]}"));
        FakeStream.await(() -> recorded.containsAll(
                List.of("watching-started Ada", "watching-started Bo", "watching-ended Ada", "watching-ended Bo")));
    }

    @Test
    void aStreamThatIsHeldHearsTheLastStateAlone() throws Exception {
        FakeStream stream = new FakeStream();
        stream.hold(true);
        watched().join(stream);
        for (int i = 0; i < 5; i++) {
            FakeStream list = new FakeStream();
            Future<?> watching = watch(list, SessionId.random(), "W" + i, Optional.empty());
            FakeStream.await(() -> !list.events().isEmpty());
            if (i < 4) {
                list.end();
                watching.get(20, TimeUnit.SECONDS);
            }
        }
        stream.hold(false);
        FakeStream.await(() -> !stream.events().isEmpty()
                && stream.events().get(stream.events().size() - 1).equals("0 {\"watchers\":[\"W4\"]}"));
        assertThat(stream.events().size()).isLessThanOrEqualTo(2);
    }

    @Test
    void severalStreamsOfOneWatcherAreOneWatcher() throws Exception {
        TerminalPicture picture = new TerminalPicture(new TerminalSize(80, 24));
        int tool = watched().add(picture).orElseThrow();
        SessionId watcher = SessionId.random();
        FakeStream list = new FakeStream();
        FakeStream terminal = new FakeStream();
        watch(list, watcher, "Ada", Optional.empty());
        FakeStream.await(
                () -> list.events().contains("0 {\"tools\":[{\"tool\":" + tool + ",\"service\":\"terminal\"}]}"));
        Future<?> showing = watch(terminal, watcher, "Ada", Optional.of(tool));
        FakeStream.await(() -> !terminal.events().isEmpty());
        assertThat(desk.watchers(sid)).containsExactly("Ada");
        picture.over();
        watched().remove(tool);
        showing.get(20, TimeUnit.SECONDS);
        FakeStream.await(() -> list.events().contains("0 {\"tools\":[]}"));
        assertThat(desk.watchers(sid)).containsExactly("Ada");
    }

    @Test
    void theEndOfTheSessionEndsWatchingIt() throws Exception {
        FakeStream list = new FakeStream();
        Future<?> watching = watch(list, SessionId.random(), "Ada", Optional.empty());
        FakeStream.await(() -> !list.events().isEmpty());
        desk.end(sid);
        watching.get(20, TimeUnit.SECONDS);
        assertThat(list.isClosed()).isTrue();
        FakeStream late = new FakeStream();
        watch(late, SessionId.random(), "Bo", Optional.empty()).get(20, TimeUnit.SECONDS);
        assertThat(late.failure()).contains("not running");
    }

    @Test
    void tooManyWatchersAreRefused() throws Exception {
        for (int i = 0; i < WatchedSession.MAX_WATCHERS; i++) {
            FakeStream list = new FakeStream();
            watch(list, SessionId.random(), "W" + i, Optional.empty());
            FakeStream.await(() -> !list.events().isEmpty());
        }
        FakeStream one = new FakeStream();
        watch(one, SessionId.random(), "more", Optional.empty()).get(20, TimeUnit.SECONDS);
        assertThat(one.failure()).contains("too many");
        assertThat(recorded).noneMatch(text -> text.contains("more"));
    }

    @Test
    void whatIsOverIsNotShown() throws Exception {
        FakeStream stream = new FakeStream();
        watch(stream, SessionId.random(), "Ada", Optional.of(7)).get(20, TimeUnit.SECONDS);
        assertThat(stream.failure()).isEqualTo("this is over");
        assertThat(desk.watchers(sid)).isEmpty();
    }
}
