package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.TestInstallation.TicketBuilder;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.EventSpool;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.ticket.TicketGate;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.agent.transparency.TestTree;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.service.WatchRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.ticket.Demands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device's side of sessions against a client made of the session library; the access server's and the relay's part is the test's. */
class DeviceSessionsTest {

    private static final Operations BOTH = Operations.of(Operations.TERMINAL, Operations.EXEC);

    private final TestInstallation installation = new TestInstallation();
    private final TestTree tree = new TestTree(installation, "entry");
    private final MutableClock time = new MutableClock(TestInstallation.NOW);
    private final ChannelClock clock = new ChannelClock(time, time::nanos);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger running = new AtomicInteger();
    private final Executor executor = this::execute;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final List<ControlMessage> sent = new CopyOnWriteArrayList<>();
    private final MemoryTransport.Pair relay = MemoryTransport.pair();
    private final MemoryTransport.Pair nextRelay = MemoryTransport.pair();
    private final MemoryTransport.Pair watchersRelay = MemoryTransport.pair();
    private final AtomicInteger joins = new AtomicInteger();
    private final List<RelayTransport.RelayJoin> dialled = new CopyOnWriteArrayList<>();
    private TestInstallation.Enrolled device;
    private StaticKeys staticKeys;
    private EventLog events;
    private ConsentDesk consent;
    private DeviceSessions sessions;
    private TicketGate gate;
    private String account;
    private volatile boolean admits = true;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        device = installation.enrolled(folder);
        account = new AccountDirectory().own().name();
        device.state()
                .folder()
                .write(PolicyFile.NAME, "{\"allowRoot\":" + account.equals("root") + ",\"shell\":\"/bin/bash\"}");
        staticKeys = new StaticKeys(device.state(), device.registration(), device.own(clock), clock);
        gate = new TicketGate(device.registration(), device.own(clock), device.keySets(), clock);
        gate.channelStarted(clock.instant());
        EventSpool spool = EventSpool.open(
                new StateFolder(device.state().folder().subfolder("events")), 1 << 20, count -> "lost " + count);
        events = new EventLog(spool, clock, this::send);
        events.connected();
        consent = new ConsentDesk(clock, this::send, events, executor);
        sessions = sessions();
    }

    private DeviceSessions sessions() throws Exception {
        return sessions(() -> admits);
    }

    private DeviceSessions sessions(BooleanSupplier switchedOn) throws Exception {
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
                        ResumeTimes.DEFAULT,
                        clock,
                        consent),
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
            public CompletableFuture<? extends Transport> join(
                    RelayTransport.RelayJoin join, Optional<RelayTransport> early) {
                return CompletableFuture.completedFuture(
                        (joins.getAndIncrement() == 0 ? relay : watchersRelay).device());
            }

            @Override
            public RelayDialer.Dialling dial(RelayTransport.RelayJoin join) {
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
            executor.execute(
                    () -> events.acknowledged(batch.first() + batch.events().size()));
        }
        return true;
    }

    // ---- the client and the access server ----

    private final class Opening {
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

    private Opening opening() throws Exception {
        return new Opening(BOTH, ticket -> {});
    }

    private <T extends ControlMessage> T await(Class<T> type) throws Exception {
        await(() -> sent.stream().anyMatch(type::isInstance));
        return type.cast(sent.stream().filter(type::isInstance).findFirst().orElseThrow());
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private void awaitEvent(String code, String detail) throws Exception {
        await(() -> sent.stream()
                .filter(ReportMessage.Events.class::isInstance)
                .flatMap(message -> ((ReportMessage.Events) message).events().stream())
                .anyMatch(event -> event.code().equals(code) && event.detail().contains(detail)));
    }

    /** Keeps what arrives. */
    private static final class Collected implements StreamHandler {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final List<JsonObject> events = new CopyOnWriteArrayList<>();
        private final CompletableFuture<EndReason> end = new CompletableFuture<>();

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

    private static final JsonObject SIZE = new TerminalSize(80, 24).toJson();

    private static SessionEnd end(Session session) throws Exception {
        return session.ended().get(20, TimeUnit.SECONDS);
    }

    // ---- what it does ----

    private static final Demands AT_DEVICE = new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false);

    private void grant(SessionId sid, Operations granted) {
        consent.asked(new ConsentMessage.Ask(
                sid, "Ada", "192.0.2.9", Optional.empty(), BOTH, clock.instant().plusSeconds(60)));
        assertThat(consent.answer(sid.hex(), Optional.of(granted), "Eve")).isTrue();
    }

    @Test
    void whatATicketDemandsIsGrantedBeforeAndNothingMore() throws Exception {
        Opening opening = new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE);
        grant(opening.ticket.sid, Operations.of(Operations.EXEC));
        ClientHandshake.Completed completed = opening.answered();
        assertThat(completed.granted()).isEqualTo(Operations.of(Operations.EXEC));
        assertThat(await(ConsentMessage.Answer.class).granted()).contains(Operations.of(Operations.EXEC));
    }

    @Test
    void aRenewedTicketGivesNothingBackThatWasNotGranted() throws Exception {
        Opening opening = new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE);
        grant(opening.ticket.sid, Operations.of(Operations.EXEC));
        try (Session session = opening.session()) {
            opening.ticket.seq = 2;
            opening.ticket.jti = "second";
            sessions.updated(new SessionMessage.SessionUpdate(opening.ticket.sid, opening.ticket.sign()));
            await(() -> sessions.ticketNumber(opening.ticket.sid).orElse(0L) == 2);
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }

    @Test
    void withoutConsentNothingStarts() throws Exception {
        new Opening(BOTH, ticket -> ticket.demands = AT_DEVICE).offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("consent-required");
        awaitEvent("session-refused", "consent-required");
    }

    @Test
    void theDevicesOwnPolicyDemandsItWhateverTheTicketSays() throws Exception {
        device.state()
                .folder()
                .write(
                        PolicyFile.NAME,
                        "{\"allowRoot\":" + account.equals("root") + ",\"shell\":\"/bin/bash\",\"consent\":\"ask\"}");
        opening().offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("consent-required");
        Opening granted = opening();
        grant(granted.ticket.sid, BOTH);
        assertThat(granted.answered().granted()).isEqualTo(BOTH);
    }

    @Test
    void terminalRunsFromOfferToExit() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            SessionStream stream = session.open(Service.TERMINAL, SIZE, terminal);
            stream.write("echo mar''ker; exit 5\n".getBytes(StandardCharsets.UTF_8));
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
            assertThat(terminal.text()).contains("marker\r\n");
            assertThat(terminal.events.get(0).getJsonObject("opened").getString("account"))
                    .isEqualTo(account);
            assertThat(terminal.events.get(1).getJsonObject("exit").getInt("code"))
                    .isEqualTo(5);
        }
        SessionMessage.SessionEnded ended = await(SessionMessage.SessionEnded.class);
        assertThat(ended.sid()).isEqualTo(opening.ticket.sid);
        assertThat(ended.reason()).isEqualTo("done");
        assertThat(ended.bytesIn()).isPositive();
        assertThat(ended.bytesOut()).isPositive();
        awaitEvent("session-started", "Ada as " + account);
        awaitEvent("stream-opened", "terminal as " + account);
        awaitEvent("session-ended", "done");
    }

    private static JsonObject tcp(String host, int port) {
        return new TcpRequest(host, port).toJson();
    }

    @Test
    void connectionsLeadWhereTicketAndPolicyPermit() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Opening opening = new Opening(
                    Operations.of("tcp:device", "tcp:192.0.2.1:80"),
                    ticket -> ticket.operations = Operations.of("tcp:device", "tcp:192.0.2.1:80"));
            sessions.keepForwardsAwayFrom(port -> port == 5_936);
            try (Session session = opening.session()) {
                Collected connection = new Collected();
                SessionStream stream = session.open(Service.TCP, tcp("localhost", target.getLocalPort()), connection);
                stream.write("hello".getBytes(StandardCharsets.UTF_8));
                try (Socket there = target.accept()) {
                    assertThat(there.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
                    there.getOutputStream().write("world".getBytes(StandardCharsets.UTF_8));
                    await(() -> connection.text().equals("world"));
                    assertThat(connection
                                    .events
                                    .get(0)
                                    .getJsonObject("connected")
                                    .getString("address"))
                            .isEqualTo("127.0.0.1");
                    awaitEvent("stream-opened", "tcp to 127.0.0.1 port " + target.getLocalPort());

                    assertThat(refusal(session, "localhost", 5_936)).contains("agent itself");
                    assertThat(refusal(session, "192.0.2.1", 81)).contains("no permission");
                    assertThat(refusal(session, "0.0.0.0", 80)).contains("no address");
                    awaitEvent("stream-refused", "tcp: 192.0.2.1:81");

                    opening.ticket.seq = 2;
                    opening.ticket.jti = "second";
                    opening.ticket.operations = Operations.of("tcp:192.0.2.1:80");
                    long begin = System.nanoTime();
                    sessions.updated(new SessionMessage.SessionUpdate(opening.ticket.sid, opening.ticket.sign()));
                    assertThat(connection.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
                    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));
                    assertThat(session.isRunning()).isTrue();
                }
            }
        }
    }

    private static String refusal(Session session, String host, int port) throws Exception {
        Collected refused = new Collected();
        session.open(Service.TCP, tcp(host, port), refused);
        assertThat(refused.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        JsonObject error = refused.events.get(0).getJsonObject("error");
        assertThat(error.getString("code")).isEqualTo("not-permitted");
        return error.getString("text");
    }

    /** The relay is lost; the client comes to the next one with the same session. */
    @Test
    void goesOnThroughAnotherRelay() throws Exception {
        Opening opening = opening();
        ClientHandshake.Completed completed = opening.answered();
        RelayAddress first = new RelayAddress("r1", "wss://relay.example/relay");
        RelayAddress second = new RelayAddress("r2", "wss://relay-2.example/relay");
        sessions.relayed(new SessionMessage.SessionRelay(
                opening.ticket.sid,
                first,
                "token",
                List.of(new ReserveRelay(first, "token 1"), new ReserveRelay(second, "token 2"))));
        CompletableFuture<Boolean> lost = new CompletableFuture<>();
        SessionListener waits = new SessionListener() {
            @Override
            public boolean lost(Session session, TransportLoss loss) {
                return lost.complete(true);
            }
        };
        Session session = Session.client(
                completed.keys(), completed.granted(), relay.client(), "r1", waits, SessionConfig.DEFAULT);
        Collected process = new Collected();
        SessionStream stream = session.open(
                Service.PROCESS, Json.createObjectBuilder().add("shell", "cat").build(), process);
        stream.write("before\n".getBytes(StandardCharsets.UTF_8));
        await(() -> process.text().contains("before"));
        relay.client().close();
        lost.get(20, TimeUnit.SECONDS);
        stream.write("during\n".getBytes(StandardCharsets.UTF_8));
        assertThat(session.resume(nextRelay.client(), "r2", 1).get(20, TimeUnit.SECONDS))
                .isTrue();
        assertThat(dialled.get(0).relay()).as("the lost one is tried last").isEqualTo(second);
        assertThat(dialled.get(0).token()).isEqualTo("token 2");
        assertThat(dialled.get(0).attempt()).isEqualTo(1);
        stream.write("after\n".getBytes(StandardCharsets.UTF_8));
        stream.finish();
        assertThat(process.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
        assertThat(process.text().replaceAll("[^a-z\n]", ""))
                .contains("before\n")
                .contains("during\n")
                .endsWith("after\n");
        SessionMessage.SessionRelays asked = await(SessionMessage.SessionRelays.class);
        assertThat(asked.relays()).containsExactly("r1", "r2");
        // what the client has not noticed it is told by the other end, through the access server
        sessions.transportLost(new SessionMessage.SessionLost(opening.ticket.sid, 1, List.of("r2")));
        await(() -> dialled.size() > 1);
        sessions.ended(new SessionMessage.SessionEnd(opening.ticket.sid, "expired"));
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ended-by-server");
        session.end(EndReason.DONE, "");
    }

    @Test
    void commandRuns() throws Exception {
        try (Session session = opening().session()) {
            Collected process = new Collected();
            session.open(
                            Service.PROCESS,
                            Json.createObjectBuilder()
                                    .add("shell", "echo out; exit 4")
                                    .build(),
                            process)
                    .finish();
            assertThat(process.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
            assertThat(process.text()).endsWith("out\n");
            assertThat(process.events.get(1).getJsonObject("exit").getInt("code"))
                    .isEqualTo(4);
        }
    }

    @Test
    void whatTheOwnerSwitchesOffEndsWithTheReason() throws Exception {
        Opening opening = opening();
        Session session = opening.session();
        Collected terminal = new Collected();
        session.open(Service.TERMINAL, SIZE, terminal);
        await(() -> !terminal.events.isEmpty());
        assertThat(sessions.running()).singleElement().satisfies(running -> {
            assertThat(running.sid()).isEqualTo(opening.ticket.sid);
            assertThat(running.name()).isEqualTo("Ada");
            assertThat(running.from()).isEqualTo("192.0.2.9");
            assertThat(running.tools()).containsExactly("exec", "terminal");
            assertThat(running.started()).isTrue();
            assertThat(SessionSummary.parse(StrictJson.of(running.toJson()))).isEqualTo(running);
        });
        admits = false;
        sessions.switchedOff();
        SessionEnd end = end(session);
        assertThat(end.reason()).isEqualTo(EndReason.SWITCHED_OFF);
        assertThat(end.text()).isEqualTo(OwnerSwitch.SENTENCE);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("switched-off");
        await(() -> sessions.running().isEmpty());

        opening().offer();
        SessionMessage.SessionRefuse refusal = await(SessionMessage.SessionRefuse.class);
        assertThat(refusal.code()).isEqualTo("switched-off");
        assertThat(refusal.detail()).isEqualTo(OwnerSwitch.SENTENCE);
        awaitEvent("session-refused", "switched-off");
    }

    /** Between the check of the offer and the answer there is time. */
    @Test
    void anOfferThatIsUnderWayWhenItIsSwitchedOffIsRefused() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        sessions = sessions(() -> asked.getAndIncrement() == 0);
        opening().offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("switched-off");
        assertThat(sessions.running()).isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void somebodyAtTheDeviceEndsOneSession() throws Exception {
        Opening opening = opening();
        Session session = opening.session();
        await(() -> !sessions.running().isEmpty());
        assertThat(sessions.endHere(SessionId.random(), "local page")).isFalse();
        assertThat(sessions.endHere(opening.ticket.sid, "local page")).isTrue();
        SessionEnd end = end(session);
        assertThat(end.reason()).isEqualTo(EndReason.ENDED_BY_DEVICE);
        assertThat(end.text()).isEqualTo("The session was ended at the device.");
        awaitEvent("session-ended-here", "local page");
    }

    @Test
    void somebodyWatchesATerminalAndItsUserIsTold() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            SessionStream stream = session.open(Service.TERMINAL, SIZE, terminal);
            stream.write("echo mar''ker\n".getBytes(StandardCharsets.UTF_8));
            await(() -> terminal.text().contains("marker\r\n"));
            sent.removeIf(SessionMessage.SessionAnswer.class::isInstance);
            Operations watch = Operations.of(Operations.watch(opening.ticket.sid));
            Opening second = new Opening(watch, ticket -> ticket.operations = watch);
            Session watcher = second.joined(second.answered(), watchersRelay.client());

            Collected foreign = new Collected();
            watcher.open(Service.WATCH, new WatchRequest(SessionId.random(), Optional.empty()).toJson(), foreign);
            assertThat(foreign.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            Collected list = new Collected();
            watcher.open(Service.WATCH, new WatchRequest(opening.ticket.sid, Optional.empty()).toJson(), list);
            await(() -> list.events.toString().contains("{\"tool\":1,\"service\":\"terminal\"}"));
            await(() -> terminal.events.toString().contains("{\"watchers\":[\"Ada\"]}"));
            Collected shown = new Collected();
            SessionStream watched =
                    watcher.open(Service.WATCH, new WatchRequest(opening.ticket.sid, Optional.of(1)).toJson(), shown);
            await(() -> shown.text().contains("marker\r\n"));
            watched.write("exit\n".getBytes(StandardCharsets.UTF_8));
            stream.write("echo sec''ond\n".getBytes(StandardCharsets.UTF_8));
            await(() -> shown.text().contains("second\r\n"));
            assertThat(terminal.end).as("a watcher types nothing").isNotDone();
            awaitEvent("watching-started", "Ada");

            sessions.ended(new SessionMessage.SessionEnd(opening.ticket.sid, "ended-by-administrator"));
            SessionEnd over = end(watcher);
            assertThat(over.reason()).isEqualTo(EndReason.ENDED_BY_DEVICE);
            assertThat(over.text()).contains("watched has ended");
            awaitEvent("watching-ended", "Ada");
            assertThat(end(session).text()).isEqualTo("ended-by-administrator");
        }
    }

    @Test
    void thePolicyCanForbidWatching() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"operations\":[\"exec\",\"terminal\"]}");
        Operations watch = Operations.of(Operations.watch(SessionId.random()));
        new Opening(watch, ticket -> ticket.operations = watch).offer();
        assertRefused("not-permitted", "nothing");
    }

    @Test
    void theFullLogSaysWhatWasDoneWhereTheTicketDemandsIt() throws Exception {
        Opening opening =
                new Opening(BOTH, ticket -> ticket.demands = new Demands(Optional.empty(), Optional.empty(), true));
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            SessionStream stream = session.open(Service.TERMINAL, SIZE, terminal);
            stream.write("exit\n".getBytes(StandardCharsets.UTF_8));
            terminal.end.get(20, TimeUnit.SECONDS);
            Collected process = new Collected();
            session.open(
                            Service.PROCESS,
                            Json.createObjectBuilder().add("shell", "exit 4").build(),
                            process)
                    .finish();
            process.end.get(20, TimeUnit.SECONDS);
            awaitEvent("log.tool-started", "{\"tool\":\"terminal\",\"account\":\"" + account + "\"}");
            awaitEvent("log.tool-ended", "terminal");
            awaitEvent("log.process-started", "{\"command\":\"exit 4\",\"account\":\"" + account + "\"}");
            awaitEvent("log.process-ended", "\"exit\":\"4\"");
        }
    }

    @Test
    void grantedIsWhatAllThreeAllow() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"operations\":[\"exec\"]}");
        assertThat(opening().answered().granted()).isEqualTo(Operations.of(Operations.EXEC));
    }

    @Test
    void theClientsHeadIsComparedAndTheAnswerSaysHowFarTheRelaysAre() throws Exception {
        Opening opening = opening();
        opening.offer();
        SessionMessage.SessionAnswer answer = await(SessionMessage.SessionAnswer.class);
        assertThat(answer.log()).isEqualTo(TestTree.SIZE);
        assertThat(answer.rtts()).isEqualTo(Map.of("r1", 12L));
        assertThat(opening.handshake.finish(answer.m2(), opening.text).seen())
                .isEqualTo(HeadSeen.of(tree.head(TestTree.SIZE)));
    }

    @Test
    void aForkedLogIsReportedAndTheClientLearnsOfIt() throws Exception {
        TestTree other = new TestTree(installation, "forked");
        LogMemory.open(device.state().folder(), device.keySets(), installation.domain, clock, detail -> {})
                .meet(other.head(TestTree.SIZE), Optional.empty());
        sessions = sessions();
        HeadSeen seen = opening().answered().seen();
        assertThat(seen).isEqualTo(HeadSeen.of(other.head(TestTree.SIZE)));
        awaitEvent("log-forked", "seen " + TestTree.SIZE + ":");
    }

    @Test
    void offerIsRefusedWhenNothingIsLeft() throws Exception {
        new Opening(Operations.of(Operations.TERMINAL), ticket -> ticket.operations = Operations.of(Operations.EXEC))
                .offer();
        assertRefused("not-permitted", "nothing");
    }

    private void assertRefused(String code, String detail) throws Exception {
        SessionMessage.SessionRefuse refusal = await(SessionMessage.SessionRefuse.class);
        assertThat(refusal.code()).isEqualTo(code);
        assertThat(refusal.detail()).contains(detail);
        awaitEvent("session-refused", code);
        assertThat(sent).noneMatch(SessionMessage.SessionAnswer.class::isInstance);
        assertThat(sessions.count()).isZero();
    }

    @Test
    void forgedTicketIsRefusedAndReported() throws Exception {
        Opening opening = opening();
        sessions.offered(new SessionMessage.SessionOffer(
                opening.ticket.sid,
                opening.handshake.message1(),
                TestInstallation.withBrokenSignature(opening.text),
                ""));
        assertRefused("ticket-invalid", "");
    }

    @Test
    void ticketOfAnotherSessionIsForeign() throws Exception {
        Opening opening = opening();
        sessions.offered(
                new SessionMessage.SessionOffer(SessionId.random(), opening.handshake.message1(), opening.text, ""));
        assertRefused("ticket-foreign", "another session");
    }

    @Test
    void withoutAnAccountNothingStarts() throws Exception {
        new Opening(BOTH, ticket -> ticket.account = "").offer();
        assertRefused("not-permitted", "no account is set for this device");
    }

    @Test
    void accountThatDoesNotExistIsRefused() throws Exception {
        new Opening(BOTH, ticket -> ticket.account = "no-such-account").offer();
        assertRefused("not-permitted", "there is no account no-such-account");
    }

    @Test
    void brokenPolicyAllowsNothing() throws Exception {
        device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"acounts\":[]}");
        opening().offer();
        assertRefused("not-permitted", "acounts");
    }

    @Test
    void handshakeForAnotherKeyFails() throws Exception {
        DeviceStaticPublicKey other =
                org.bascule.session.handshake.DeviceStaticKey.generate().publicKey();
        new Opening(BOTH, other, ticket -> {}).offer();
        assertRefused("handshake-failed", "BAD_TAG");
    }

    @Test
    void offerWorksOnce() throws Exception {
        Opening opening = opening();
        assertThat(opening.answered().granted()).isEqualTo(BOTH);
        opening.offer();
        assertThat(await(SessionMessage.SessionRefuse.class).code()).isEqualTo("ticket-replayed");
    }

    @Test
    void keyBeforeTheRenewalWorksForAnHour() throws Exception {
        DeviceStaticPublicKey old = staticKeys.current().key();
        time.advance(Duration.ofHours(16));
        assertThat(staticKeys.renewIfDue()).isPresent();
        assertThat(new Opening(BOTH, old, ticket -> {}).answered().granted()).isEqualTo(BOTH);
    }

    @Test
    void floodOfOffersIsRefusedCheaply() throws Exception {
        Opening opening = opening();
        for (int i = 0; i < 100; i++) {
            opening.offer();
        }
        await(() -> sent.stream()
                        .filter(message -> message instanceof SessionMessage.SessionRefuse refuse
                                && refuse.detail().equals("too many offers"))
                        .count()
                == 70);
    }

    @Test
    void streamThatTheTicketDoesNotAllowIsRefusedAndReported() throws Exception {
        Opening opening = new Opening(BOTH, ticket -> ticket.operations = Operations.of(Operations.EXEC));
        try (Session session = opening.session()) {
            for (int i = 0; i < 3; i++) {
                Collected terminal = new Collected();
                session.open(Service.TERMINAL, SIZE, terminal);
                assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            }
        }
        awaitEvent("stream-refused", "not permitted: terminal");
        awaitEvent("stream-refused", "repeatedly");
    }

    @Test
    void badArgumentsAreRefused() throws Exception {
        try (Session session = opening().session()) {
            Collected terminal = new Collected();
            session.open(
                    Service.TERMINAL, Json.createObjectBuilder().add("cols", 0).build(), terminal);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.BAD_ARGUMENTS);
        }
    }

    @Test
    void leaseThatIsNotRenewedEndsTheSession() throws Exception {
        try (Session session = opening().session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            time.advance(Duration.ofSeconds(301));
            assertThat(end(session).reason()).isEqualTo(EndReason.TICKET_EXPIRED);
        }
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ticket-expired");
    }

    @Test
    void renewalProlongsTheLeaseButNotTheSession() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            await(() -> session.isRunning() && sessions.count() == 1);
            for (int seq = 2; seq <= 3; seq++) {
                time.advance(Duration.ofSeconds(200));
                renew(opening, seq, BOTH, clock.instant().plus(Duration.ofHours(5)));
            }
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            time.advance(Duration.ofHours(1));
            assertThat(end(session).reason()).isEqualTo(EndReason.TICKET_EXPIRED);
        }
    }

    private void renew(Opening opening, long seq, Operations operations, java.time.Instant sessionExpires)
            throws Exception {
        TicketBuilder newer = installation.ticket(device.identity().publicKey(), opening.handshake.message1());
        newer.sid = opening.ticket.sid;
        newer.account = account;
        newer.seq = seq;
        newer.operations = operations;
        newer.issuedAt = clock.instant();
        newer.notBefore = clock.instant();
        newer.sessionExpires = sessionExpires;
        sessions.updated(new SessionMessage.SessionUpdate(opening.ticket.sid, newer.sign()));
        await(() -> sessions.ticketNumber(opening.ticket.sid).equals(Optional.of(seq)));
    }

    @Test
    void narrowerTicketResetsWhatItNoLongerAllows() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            renew(opening, 2, Operations.of(Operations.EXEC), opening.ticket.sessionExpires);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            Collected again = new Collected();
            session.open(Service.TERMINAL, SIZE, again);
            assertThat(again.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }

    @Test
    void narrowerTicketBeforeTheRelayCounts() throws Exception {
        Opening opening = opening();
        ClientHandshake.Completed completed = opening.answered();
        renew(opening, 2, Operations.of(Operations.EXEC), opening.ticket.sessionExpires);
        try (Session session = opening.joined(completed)) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }

    @Test
    void aStricterPolicyCountsForTheNextStream() throws Exception {
        try (Session session = opening().session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            device.state().folder().write(PolicyFile.NAME, "{\"allowRoot\":true,\"operations\":[\"exec\"]}");
            Collected again = new Collected();
            session.open(Service.TERMINAL, SIZE, again);
            assertThat(again.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
        awaitEvent("stream-refused", "not permitted: terminal");
    }

    @Test
    void renewalForgedChangesNothing() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            await(() -> sessions.count() == 1);
            sessions.updated(new SessionMessage.SessionUpdate(
                    opening.ticket.sid, TestInstallation.withBrokenSignature(opening.text)));
            awaitEvent("session-refused", "(renewal)");
            assertThat(session.isRunning()).isTrue();
        }
    }

    @Test
    void serverEndsTheSession() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            sessions.ended(new SessionMessage.SessionEnd(opening.ticket.sid, "rights changed"));
            assertThat(end(session)).isEqualTo(new SessionEnd(EndReason.ENDED_BY_SERVER, true, "rights changed"));
        }
        await(() -> sessions.count() == 0);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ended-by-server");
    }

    @Test
    void offerWithoutARelayIsForgotten() throws Exception {
        assertThat(opening().answered().granted()).isEqualTo(BOTH);
        assertThat(sessions.count()).isOne();
        time.advance(Duration.ofSeconds(36));
        await(() -> sessions.count() == 0);
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("interrupted");
    }
}
