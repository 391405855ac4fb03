package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.service.WatchRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Demands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What runs in a session, from its opening to what is reported of it. */
class SessionToolsTest extends DeviceSessionsFixture {

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

    /** The relay that was named is dead, or the client says that it does not come there: while the device waits there, or before it was told to. */
    @ParameterizedTest
    @ValueSource(strings = {"dead", "said", "said before"})
    void opensThroughAnotherRelay(String why) throws Exception {
        paired = new CompletableFuture<>();
        if (why.equals("dead")) {
            paired.completeExceptionally(new TransportException(new TransportEnd(TransportEnd.Kind.LOST, "dead")));
        }
        Opening opening = opening();
        ClientHandshake.Completed completed = opening.answered();
        RelayAddress first = new RelayAddress("r1", "wss://relay.example/relay");
        RelayAddress second = new RelayAddress("r2", "wss://relay-2.example/relay");
        SessionMessage.SessionLost lost = new SessionMessage.SessionLost(opening.ticket.sid, 0, List.of());
        if (why.equals("said before")) {
            List<Runnable> early = new CopyOnWriteArrayList<>();
            held = early;
            sessions.transportLost(lost);
            held = null;
            early.forEach(Runnable::run);
        }
        sessions.relayed(new SessionMessage.SessionRelay(
                opening.ticket.sid,
                first,
                "token",
                List.of(new ReserveRelay(first, "token 1"), new ReserveRelay(second, "token 2"))));
        await(() -> joining.get() == 1);
        if (why.equals("said")) {
            assertThat(dialled).isEmpty();
            sessions.transportLost(lost);
        }
        SessionListener waits = new SessionListener() {
            @Override
            public boolean lost(Session session, TransportLoss loss) {
                return true;
            }
        };
        Session session = Session.client(
                completed.keys(),
                completed.granted(),
                new LostTransport(new TransportEnd(TransportEnd.Kind.LOST, "dead")),
                "r1",
                waits,
                SessionConfig.DEFAULT);
        await(() -> !dialled.isEmpty());
        assertThat(dialled.get(0).relay()).isEqualTo(second);
        assertThat(session.resume(nextRelay.client(), "r2", 1).get(20, TimeUnit.SECONDS))
                .isTrue();
        Collected process = new Collected();
        session.open(
                Service.PROCESS,
                Json.createObjectBuilder().add("shell", "echo over $((1+1))").build(),
                process);
        assertThat(process.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.DONE);
        assertThat(process.text()).contains("over 2");
        session.close();
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
        assertThat(connectWithin).as("there was another one to try").containsExactly(RelayDialer.CONNECT);
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
}
