package org.bascule.agent.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.ChatMessage;
import org.bascule.session.service.ChatMessage.Objection;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.DeviceEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChatServiceTest {

    private static final String HOSTILE = "<img src=x onerror=alert(1)> \u202eevil";

    private final AtomicLong nanos = new AtomicLong();
    private final ChatDesk desk = new ChatDesk(Instant::now, nanos::get);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<DeviceEvent> recorded = new CopyOnWriteArrayList<>();
    private final SessionId sid = SessionId.random();
    private volatile boolean display;
    private volatile boolean sessionOver;
    private EventLog events;
    private ChatService service;
    private SessionLog log;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        events = new EventLog(
                EventSpool.open(StateFolder.create(folder.resolve("events")), 1 << 20, count -> "lost"),
                Instant::now,
                message -> false);
        events.witnessedBy(recorded::add);
        log = new SessionLog(events, sid, () -> true, () -> false);
        service = new ChatService(desk, events, threads, () -> display);
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    private Future<?> serve(ChatClient client) {
        return threads.submit(() -> {
            service.run(client, sid, "Ada", log, () -> sessionOver);
            return null;
        });
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.sleep(20);
        }
    }

    private List<String> codes() {
        return recorded.stream().map(DeviceEvent::code).toList();
    }

    @Test
    void bothWriteInOneOrderAndWhatIsLoggedIsNotWhatTheySay() throws Exception {
        ChatClient client = new ChatClient();
        Future<?> served = serve(client);
        client.say(HOSTILE);
        await(() -> client.messages().size() == 1);
        assertThat(desk.say(sid, "I am here", "ada on display :0")).isEmpty();
        await(() -> client.messages().size() == 2);
        assertThat(client.messages()).containsExactly("user: " + HOSTILE, "device: I am here");
        assertThat(desk.conversations().get(0).view(0).messages())
                .extracting(ChatMessage::number)
                .containsExactly(1L, 2L);
        client.leave();
        served.get(20, TimeUnit.SECONDS);
        assertThat(client.closed).isTrue();
        assertThat(codes()).contains("log.tool-started", "log.chat", "log.tool-ended", "chat");
        assertThat(recorded)
                .noneMatch(event ->
                        event.detail().contains("onerror") || event.detail().contains("I am here"));
        assertThat(recorded.stream().filter(event -> event.code().equals("chat")))
                .singleElement()
                .satisfies(event -> assertThat(event.detail()).contains("to the device: 1, from the device: 1"));
    }

    @Test
    void whatIsNoMessageIsRefusedAndTheChatGoesOn() throws Exception {
        ChatClient client = new ChatClient();
        serve(client);
        client.say("a\nb");
        client.say("\u001b[2J");
        client.say("\u2028");
        client.say("  ");
        client.say("x".repeat(4_097));
        client.say("ä".repeat(2_049));
        client.say("ä".repeat(2_048));
        await(() -> client.messages().size() == 1 && client.refusals().size() == 6);
        assertThat(client.refusals()).containsExactly("control", "control", "control", "empty", "too-long", "too-long");
        assertThat(desk.say(sid, "two\r\nlines", "x")).contains(Objection.CONTROL);
        assertThat(desk.say(sid, "x".repeat(4_097), "x")).contains(Objection.TOO_LONG);
        assertThat(desk.say(SessionId.random(), "hello", "x")).contains(Objection.OVER);
    }

    @Test
    void whatCannotBeUnderstoodEndsIt() throws Exception {
        ChatClient client = new ChatClient();
        Future<?> served = serve(client);
        client.raw("{\"text\":7}\n");
        assertThat(served)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withMessageContaining("malformed");
        ChatClient endless = new ChatClient();
        Future<?> other = serve(endless);
        endless.raw("x".repeat(ChatMessage.MAX_LINE + 1));
        other.get(20, TimeUnit.SECONDS);
        assertThat(endless.failed).contains("too long");
    }

    @Test
    void theUserSeesWhoCanRead() throws Exception {
        ChatClient client = new ChatClient();
        serve(client);
        await(() -> !client.device().isEmpty());
        assertThat(client.device().getJsonArray("readers")).isEmpty();
        assertThat(client.device().getBoolean("display")).isFalse();
        Conversation conversation = desk.find(sid).orElseThrow();
        conversation.attach(Place.PAGE, "p", Duration.ofSeconds(6));
        client.say("hello");
        await(() -> client.device().getJsonArray("readers").toString().equals("[\"page\"]"));
        await(() -> client.messages().size() == 1);
        assertThat(client.device().getInt("shown")).isZero();
        conversation.shown(1);
        await(() -> client.device().getInt("shown") == 1);
        nanos.addAndGet(Duration.ofSeconds(7).toNanos());
        display = true;
        await(() -> client.device().getJsonArray("readers").isEmpty()
                && client.device().getBoolean("display"));
        conversation.shown(99);
        assertThat(conversation.view(0).shown())
                .as("what was never written was not shown")
                .isEqualTo(1);
    }

    @Test
    void theHistoryIsBoundedAndGoneSoonAfterTheSession() throws Exception {
        ChatClient client = new ChatClient();
        serve(client);
        await(() -> desk.find(sid).isPresent());
        for (int i = 0; i < Conversation.MAX_MESSAGES + 10; i++) {
            desk.say(sid, "m" + i, "x");
        }
        Conversation conversation = desk.find(sid).orElseThrow();
        assertThat(conversation.view(0).messages()).hasSize(Conversation.MAX_MESSAGES);
        assertThat(conversation.view(0).messages().get(0).text()).isEqualTo("m10");
        desk.over(sid);
        assertThat(conversation.view(0).over()).isTrue();
        assertThat(desk.say(sid, "late", "x")).contains(Objection.OVER);
        assertThat(desk.conversations()).as("that he has left can be seen").hasSize(1);
        nanos.addAndGet(ChatDesk.SEEN_OVER.plusSeconds(1).toNanos());
        assertThat(desk.conversations()).isEmpty();
    }

    @Test
    void aChatThatOpensAfterItsSessionsEndIsGoneSoon() throws Exception {
        sessionOver = true;
        desk.over(sid);
        ChatClient client = new ChatClient();
        client.leave();
        serve(client).get(20, TimeUnit.SECONDS);
        assertThat(desk.conversations()).allMatch(conversation -> conversation.isOver());
        nanos.addAndGet(ChatDesk.SEEN_OVER.plusSeconds(1).toNanos());
        assertThat(desk.conversations()).isEmpty();
    }

    @Test
    void neitherLongMessagesNorManySessionsFillTheMemory() {
        Conversation conversation = desk.enter(sid, "Ada", new SessionLog(events, sid, () -> false, () -> false));
        for (int i = 0; i < 100; i++) {
            assertThat(desk.say(sid, "x".repeat(4_096), "x")).isEmpty();
        }
        assertThat(conversation.view(0).messages()).hasSize(Conversation.MAX_LENGTH / 4_096);
        assertThat(conversation.view(99).messages()).as("the newest is kept").hasSize(1);
        for (int i = 0; i < 3 * ChatDesk.MAX_OVER; i++) {
            SessionId other = SessionId.random();
            desk.enter(other, "Ada", log);
            desk.over(other);
        }
        assertThat(desk.conversations()).hasSize(1 + ChatDesk.MAX_OVER).contains(conversation);
    }

    @Test
    void whatCannotBeLoggedIsNotShown() throws Exception {
        log = new SessionLog(events, sid, () -> true, () -> true);
        desk.enter(sid, "Ada", log);
        Optional<Objection> objection = Optional.empty();
        for (int i = 0; i < 20_000 && objection.isEmpty(); i++) {
            objection = desk.say(sid, "m", "x");
        }
        assertThat(objection).as("the log's room is bounded").contains(Objection.FAILED);
    }

    @Test
    void anotherStreamOfTheSessionGoesOnWithTheSameChat() throws Exception {
        ChatClient first = new ChatClient();
        Future<?> served = serve(first);
        first.say("one");
        await(() -> first.messages().size() == 1);
        first.leave();
        served.get(20, TimeUnit.SECONDS);
        assertThat(desk.find(sid).orElseThrow().view(0).user()).isFalse();
        ChatClient second = new ChatClient();
        serve(second);
        await(() -> second.messages().equals(List.of("user: one")));
        assertThat(desk.find(sid).orElseThrow().view(0).user()).isTrue();
    }
}
