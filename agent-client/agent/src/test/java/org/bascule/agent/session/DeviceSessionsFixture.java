package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.TestInstallation.TicketBuilder;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.service.TestShell;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.ticket.TicketGate;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.agent.transparency.TestTree;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The device's side of sessions against a client made of the session library; the access server's and the relay's part is the test's. */
abstract class DeviceSessionsFixture {

    static final Operations BOTH = Operations.of(Operations.TERMINAL, Operations.EXEC);

    final TestInstallation installation = new TestInstallation();
    final TestTree tree = new TestTree(installation, "entry");
    final MutableClock time = new MutableClock(TestInstallation.NOW);
    final ChannelClock clock = new ChannelClock(time, time::nanos);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger running = new AtomicInteger();
    private final Executor executor = this::execute;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    final List<ControlMessage> sent = new CopyOnWriteArrayList<>();
    final MemoryTransport.Pair relay = MemoryTransport.pair();
    final MemoryTransport.Pair nextRelay = MemoryTransport.pair();
    final MemoryTransport.Pair watchersRelay = MemoryTransport.pair();
    /** Done when the relay has both ends. */
    CompletableFuture<Boolean> paired = CompletableFuture.completedFuture(true);

    static final TransportException GIVEN_UP =
            new TransportException(new TransportEnd(TransportEnd.Kind.CLOSED, "closed by this end"));

    final List<Duration> connectWithin = new CopyOnWriteArrayList<>();
    final AtomicInteger joining = new AtomicInteger();
    /** Takes what would run at once, unless it is null. */
    volatile @Nullable List<Runnable> held;

    private final AtomicInteger joins = new AtomicInteger();
    final List<RelayTransport.RelayJoin> dialled = new CopyOnWriteArrayList<>();
    TestInstallation.Enrolled device;
    StaticKeys staticKeys;
    private EventLog events;
    private EventSpool spool;
    /** What the access server does not answer for now. */
    private final AtomicReference<ReportMessage.@Nullable Events> unanswered = new AtomicReference<>();

    private volatile boolean silent;
    ConsentDesk consent;
    DeviceSessions sessions;
    private TicketGate gate;
    String account;
    volatile boolean admits = true;
    /** Of {@link #sessions()}. */
    ResumeTimes resume = ResumeTimes.DEFAULT;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        device = installation.enrolled(folder);
        account = new AccountDirectory().own().name();
        policy("");
        staticKeys = new StaticKeys(device.state(), device.registration(), device.own(clock), clock);
        gate = new TicketGate(device.registration(), device.own(clock), device.keySets(), clock);
        gate.channelStarted(clock.instant());
        spool = EventSpool.open(
                new StateFolder(device.state().folder().subfolder("events")), 1 << 20, count -> "lost " + count);
        events = new EventLog(spool, clock, this::send);
        events.connected();
        consent = new ConsentDesk(clock, this::send, events, executor);
        sessions = sessions();
    }

    DeviceSessions sessions() throws Exception {
        return sessions(() -> admits);
    }

    DeviceSessions sessions(BooleanSupplier switchedOn) throws Exception {
        return new DeviceSessions(
                new DeviceSessions.Device(
                        device.state().folder(),
                        staticKeys,
                        gate,
                        new AccountRules(new AccountDirectory()),
                        AccountDirectory.ownUid(),
                        switchedOn,
                        relays(),
                        LogMemory.open(
                                device.state().folder(),
                                device.keySets(),
                                installation.domain,
                                clock,
                                detail -> events.record("log-forked", detail)),
                        DeviceSessions.Device.SESSIONS,
                        resume,
                        clock,
                        consent,
                        new ChatDesk(clock, System::nanoTime)),
                events,
                this::send,
                executor,
                timer);
    }

    private Relays relays() {
        return new Relays() {
            @Override
            public Map<String, Long> roundTrips() {
                return Map.of("r1", 12L);
            }

            @Override
            public RelayDialer.Dialling dial(
                    RelayTransport.RelayJoin join, Duration connect, Optional<RelayTransport> early) {
                if (join.attempt() == 0) {
                    connectWithin.add(connect);
                    joining.incrementAndGet();
                    CompletableFuture<Transport> first =
                            paired.thenApply(pair -> (joins.getAndIncrement() == 0 ? relay : watchersRelay).device());
                    return new RelayDialer.Dialling(first, () -> first.completeExceptionally(GIVEN_UP));
                }
                dialled.add(join);
                return new RelayDialer.Dialling(
                        dialled.size() == 1
                                ? CompletableFuture.completedFuture(nextRelay.device())
                                : new CompletableFuture<Transport>(),
                        () -> {});
            }
        };
    }

    @AfterEach
    void close() throws Exception {
        sessions.endAll();
        relay.client().close();
        await(() -> running.get() == 0);
        threads.shutdown();
        timer.shutdownNow();
    }

    private void execute(Runnable task) {
        List<Runnable> later = held;
        if (later != null) {
            later.add(task);
            return;
        }
        running.incrementAndGet();
        threads.execute(() -> {
            try {
                task.run();
            } finally {
                running.decrementAndGet();
            }
        });
    }

    private boolean send(ControlMessage message) {
        sent.add(message);
        if (message instanceof ReportMessage.Events batch) {
            if (silent) {
                unanswered.set(batch);
            } else {
                acknowledge(batch);
            }
        }
        return true;
    }

    private void acknowledge(ReportMessage.Events batch) {
        executor.execute(
                () -> events.acknowledged(batch.first() + batch.events().size()));
    }

    /** Nothing that must be recorded finds room until {@link #makeRoom}. */
    void fillLog() throws Exception {
        silent = true;
        events.record("full", "");
        while (spool.hasRoomToKeep()) {
            spool.append("x".repeat(4_000));
        }
    }

    void makeRoom() {
        silent = false;
        ReportMessage.Events batch = unanswered.getAndSet(null);
        if (batch != null) {
            acknowledge(batch);
        }
    }

    static void awaitWaitForRoom() throws Exception {
        await(() -> Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals(EventLog.class.getName())
                        && frame.getMethodName().equals("keep")));
    }

    /** @param json what the owner adds to what the test's account needs */
    void policy(String json) throws Exception {
        device.state()
                .folder()
                .write(
                        PolicyFile.NAME,
                        "{\"allowRoot\":" + account.equals("root") + ",\"shell\":\"" + TestShell.PLAIN + "\"" + json
                                + "}");
    }

    // ---- the client and the access server ----

    final class Opening {
        final TicketBuilder ticket;
        final String text;
        final ClientHandshake handshake;

        Opening(Operations requested, Consumer<TicketBuilder> change) throws Exception {
            this(requested, staticKeys.current().key(), change);
        }

        Opening(Operations requested, DeviceStaticPublicKey key, Consumer<TicketBuilder> change) throws Exception {
            SessionId sid = SessionId.random();
            handshake = ClientHandshake.start(
                    new Prologue(
                            sid,
                            TestInstallation.ISSUER,
                            installation.domain,
                            installation.user,
                            installation.uid,
                            device.identity().publicKey().thumbprint()),
                    key,
                    requested,
                    tree.head(TestTree.SIZE));
            ticket = installation.ticket(device.identity().publicKey(), handshake.message1());
            ticket.sid = sid;
            ticket.account = account;
            ticket.issuedAt = clock.instant();
            ticket.notBefore = clock.instant();
            ticket.sessionExpires = clock.instant().plus(Duration.ofHours(1));
            change.accept(ticket);
            text = ticket.sign();
        }

        void offer() {
            sessions.offered(new SessionMessage.SessionOffer(ticket.sid, handshake.message1(), text, "192.0.2.9"));
        }

        ClientHandshake.Completed answered() throws Exception {
            offer();
            SessionMessage.SessionAnswer answer = await(SessionMessage.SessionAnswer.class);
            return handshake.finish(answer.m2(), text);
        }

        Session session() throws Exception {
            return joined(answered());
        }

        Session joined(ClientHandshake.Completed completed) {
            return joined(completed, relay.client());
        }

        Session joined(ClientHandshake.Completed completed, Transport client) {
            sessions.relayed(new SessionMessage.SessionRelay(
                    ticket.sid, new RelayAddress("r1", "wss://relay.example/relay"), "token"));
            return Session.client(
                    completed.keys(), completed.granted(), client, new SessionListener() {}, SessionConfig.DEFAULT);
        }
    }

    void renew(Opening opening, long seq, Operations operations, Instant sessionExpires) throws Exception {
        TicketBuilder newer = installation.ticket(device.identity().publicKey(), opening.handshake.message1());
        newer.sid = opening.ticket.sid;
        newer.account = account;
        newer.seq = seq;
        newer.operations = operations;
        newer.demands = opening.ticket.demands;
        newer.issuedAt = clock.instant();
        newer.notBefore = clock.instant();
        newer.sessionExpires = sessionExpires;
        sessions.updated(new SessionMessage.SessionUpdate(opening.ticket.sid, newer.sign()));
        await(() -> sessions.ticketNumber(opening.ticket.sid).equals(Optional.of(seq)));
    }

    Opening opening() throws Exception {
        return new Opening(BOTH, ticket -> {});
    }

    <T extends ControlMessage> T await(Class<T> type) throws Exception {
        await(() -> sent.stream().anyMatch(type::isInstance));
        return type.cast(sent.stream().filter(type::isInstance).findFirst().orElseThrow());
    }

    static void await(BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    void awaitEvent(String code, String detail) throws Exception {
        await(() -> sent.stream()
                .filter(ReportMessage.Events.class::isInstance)
                .flatMap(message -> ((ReportMessage.Events) message).events().stream())
                .anyMatch(event -> event.code().equals(code) && event.detail().contains(detail)));
    }

    /** Keeps what arrives. */
    static final class Collected implements StreamHandler {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<JsonObject> events = new CopyOnWriteArrayList<>();
        final CompletableFuture<EndReason> end = new CompletableFuture<>();

        @Override
        public synchronized void data(SessionStream stream, byte[] buffer, int offset, int length) {
            bytes.write(buffer, offset, length);
            stream.consumed(length);
        }

        @Override
        public void event(SessionStream stream, JsonObject event) {
            events.add(event);
        }

        @Override
        public void finished(SessionStream stream) {
            stream.finish();
        }

        @Override
        public void ended(SessionStream stream, EndReason reason, String text) {
            end.complete(reason);
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    static final JsonObject SIZE = new TerminalSize(80, 24).toJson();

    static SessionEnd end(Session session) throws Exception {
        return session.ended().get(20, TimeUnit.SECONDS);
    }
}
