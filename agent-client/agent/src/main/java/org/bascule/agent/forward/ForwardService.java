package org.bascule.agent.forward;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.LogFullException;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.state.StateException;
import org.bascule.session.forward.Connections;
import org.bascule.session.forward.TcpConnection;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The service {@code tcp}: connections of all sessions. They are made by the agent's own process, whatever the account of the session. Thread-safe. */
public final class ForwardService {

    private static final System.Logger LOG = System.getLogger(ForwardService.class.getName());
    /** Connections of all sessions: each may hold {@link org.bascule.session.stream.Service#TCP}'s first credit. */
    private static final int MAX_CONNECTIONS = 512;
    /** That are being made, each with a thread. */
    private static final int MAX_CONNECTING = 64;

    /** A little more than a {@link Tally} waits. */
    private static final int LATER_SECONDS = 11;
    /** Before a target that was not permitted, which has no such character. */
    private static final String REFUSED = "!";

    private final EventLog events;
    private final Executor executor;
    private final Reach reach;
    private final Connections connections = new Connections("forward");
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
    private final Turns turns;
    private final Tally tally = new Tally();

    /** Of whose connections. */
    public interface Caller {

        SessionId sid();

        /** What the session may do at this moment; nothing once it is over. */
        Operations permitted();

        /** @param over whether nobody waits any more */
        SessionLog log(java.util.function.BooleanSupplier over);

        /** A stream begins, or is over: who watches the session is told on it. */
        default void joined(SessionStream stream) {}

        default void left(SessionStream stream) {}
    }

    public ForwardService(Reach reach, EventLog events, Executor executor) {
        this.events = events;
        this.executor = executor;
        this.reach = reach;
        this.turns = new Turns(executor, MAX_CONNECTING);
    }

    /** Begins to make a connection. Returns at once. */
    public StreamHandler open(SessionStream stream, JsonObject arguments, Caller caller) throws StreamRefusedException {
        TcpRequest request;
        try {
            request = TcpRequest.parse(arguments);
        } catch (WireException e) {
            throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        }
        if (!room.tryAcquire()) {
            throw new StreamRefusedException(EndReason.LIMIT, "the device has " + MAX_CONNECTIONS + " connections");
        }
        Forwarded forwarded = new Forwarded(stream, request, caller);
        turns.add(forwarded::turn);
        return forwarded.connection;
    }

    /** One connection, from the question to its end. */
    private final class Forwarded implements TcpConnection.Observer, Reach.Visitor {

        private final SessionStream stream;
        private final TcpRequest request;
        private final Caller caller;
        private final SessionLog log;
        private final TcpConnection connection;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile Reach.@Nullable Route route;
        private volatile boolean joined;
        /** Its turn, and the connection. */
        private final AtomicInteger parts = new AtomicInteger(2);

        Forwarded(SessionStream stream, TcpRequest request, Caller caller) {
            this.stream = stream;
            this.request = request;
            this.caller = caller;
            this.log = caller.log(over::get);
            this.connection = new TcpConnection(connections, this, stream);
        }

        /** The place in the queue is free for another one when this has run and the connection is over. */
        void turn() {
            try {
                if (!over.get()) {
                    caller.joined(stream);
                    joined = true;
                    begin();
                }
            } finally {
                partOver();
            }
        }

        private void begin() {
            try {
                connect();
            } catch (DeviceProblem e) {
                refuse(e);
            } catch (LogFullException | StateException e) {
                refuse(new DeviceProblem(Code.FAILED, String.valueOf(e.getMessage())));
            } catch (IOException e) {
                connection.fail("the device could not go on with it");
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a connection failed", e);
                connection.fail("the device could not go on with it");
            }
        }

        private void connect() throws DeviceProblem, StateException, IOException {
            Optional<SocketChannel> channel = reach.connect(Reach.Purpose.FORWARD, request, this);
            Reach.Route taken = route;
            if (channel.isPresent() && taken != null) {
                established(taken.address(), channel.get());
            }
        }

        @Override
        public Operations permitted() {
            return caller.permitted();
        }

        @Override
        public boolean isOver() {
            return over.get();
        }

        /** On the disk before anything leaves this machine. */
        @Override
        public void begins(Reach.Route next) throws IOException {
            log.toolStarted(TcpTarget.ANY, where(next.address()), "");
            route = next;
            tell(where(next.address()));
        }

        private String where(InetAddress target) {
            String own = target.getHostAddress() + " port " + request.port();
            return request.host().equals(target.getHostAddress()) ? own : own + " (" + request.host() + ")";
        }

        private void established(InetAddress target, SocketChannel channel) throws IOException {
            if (over.get()) {
                Dialer.closeQuietly(channel);
                return;
            }
            try {
                stream.sendEvent(TcpRequest.connectedEvent(target.getHostAddress()));
                connection.attach(stream, channel);
            } catch (IOException | RuntimeException e) {
                Dialer.closeQuietly(channel);
                throw e;
            }
        }

        private void refuse(DeviceProblem problem) {
            try {
                stream.sendEvent(problem.toEvent());
            } catch (IOException e) {
                // it is over already
            }
            if (problem.code() == Code.NOT_PERMITTED) {
                tell(REFUSED + request + ": " + problem.text());
                connection.refuse(problem.text());
            } else {
                connection.fail(problem.text());
            }
        }

        /** The ticket may have changed, or the owner's policy. */
        @Override
        public @Nullable String objection() {
            Reach.Route present = route;
            if (present == null) {
                return null;
            }
            Optional<String> why = present.objection(caller.permitted());
            return why.isPresent() ? "no longer permitted: " + why.get() : null;
        }

        @Override
        public void over(TcpConnection ended, EndReason reason, String text) {
            over.set(true);
            Reach.Route taken = route;
            long in = ended.bytesToSocket();
            long out = ended.bytesToStream();
            LOG.log(System.Logger.Level.DEBUG, "{0} is over: {1} {2}", request, reason.text(), text);
            executor.execute(() -> {
                if (taken != null) {
                    log.forward(taken.address().getHostAddress(), request.port(), in, out);
                }
                partOver();
            });
        }

        private void partOver() {
            if (parts.decrementAndGet() == 0) {
                room.release();
                if (joined) {
                    caller.left(stream);
                }
            }
        }

        private void tell(String target) {
            List<Tally.Due> now = tally.add(new Tally.Key(caller.sid().hex(), target), System.nanoTime());
            report(now);
            if (!now.isEmpty()) {
                CompletableFuture.delayedExecutor(LATER_SECONDS, TimeUnit.SECONDS, executor)
                        .execute(() -> report(tally.due(System.nanoTime())));
            }
        }
    }

    private void report(List<Tally.Due> due) {
        for (Tally.Due each : due) {
            String target = each.key().target();
            boolean refused = target.startsWith(REFUSED);
            Optional<SessionId> sid = sid(each.key().sid());
            if (refused) {
                events.record("stream-refused", sid, "tcp: " + target.substring(REFUSED.length()), each.count());
            } else {
                events.record("stream-opened", sid, "tcp to " + target, each.count());
            }
        }
    }

    private static Optional<SessionId> sid(String hex) {
        try {
            return Optional.of(SessionId.parse(hex));
        } catch (WireException e) {
            return Optional.empty();
        }
    }
}
