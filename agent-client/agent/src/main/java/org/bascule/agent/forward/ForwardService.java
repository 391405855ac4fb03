package org.bascule.agent.forward;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.LogFullException;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.ForwardPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
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

    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(10);
    /** A little more than a {@link Tally} waits. */
    private static final int LATER_SECONDS = 11;
    /** Before a target that was not permitted, which has no such character. */
    private static final String REFUSED = "!";

    private final StateFolder folder;
    private final EventLog events;
    private final Executor executor;
    private final Names names;
    private final Dialer dialer = new Dialer(CONNECT_WITHIN);
    private final Connections connections = new Connections("forward");
    private final Semaphore room = new Semaphore(MAX_CONNECTIONS);
    private final Turns turns;
    private final Tally tally = new Tally();
    private volatile IntPredicate kept = port -> false;

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

    public ForwardService(StateFolder folder, EventLog events, Executor executor) {
        this(folder, events, executor, Names.OF_SYSTEM);
    }

    ForwardService(StateFolder folder, EventLog events, Executor executor, Names names) {
        this.folder = folder;
        this.events = events;
        this.executor = executor;
        this.names = names;
        this.turns = new Turns(executor, MAX_CONNECTING);
    }

    /** Ports of this machine at which the agent itself listens, and which nobody reaches from afar. */
    public void keepAwayFrom(IntPredicate ports) {
        kept = ports;
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
        turns.add(() -> {
            caller.joined(stream);
            forwarded.begin();
        });
        return forwarded.connection;
    }

    /** One connection, from the question to its end. */
    private final class Forwarded implements TcpConnection.Observer {

        private final SessionStream stream;
        private final TcpRequest request;
        private final Caller caller;
        private final SessionLog log;
        private final TcpConnection connection;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable InetAddress address;
        private volatile boolean logged;
        private volatile @Nullable ForwardRules rules;

        Forwarded(SessionStream stream, TcpRequest request, Caller caller) {
            this.stream = stream;
            this.request = request;
            this.caller = caller;
            this.log = caller.log(over::get);
            this.connection = new TcpConnection(connections, this, stream);
        }

        void begin() {
            try {
                if (!over.get()) {
                    connect();
                }
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
            ForwardRules own = rules();
            rules = own;
            List<InetAddress> found = names.addresses(request.host());
            DeviceProblem last =
                    new DeviceProblem(Code.NAME_UNKNOWN, "The device does not know the name " + request.host() + ".");
            for (InetAddress each : found) {
                if (over.get()) {
                    return;
                }
                Optional<String> objection = own.objection(each, request.port(), caller.permitted());
                if (objection.isPresent()) {
                    last = last.code() == Code.NAME_UNKNOWN
                            ? new DeviceProblem(Code.NOT_PERMITTED, objection.get())
                            : last;
                    continue;
                }
                begins(each);
                try {
                    established(each, dialer.connect(each, request.port()));
                    return;
                } catch (DeviceProblem e) {
                    last = e;
                }
            }
            throw last;
        }

        private ForwardRules rules() throws StateException, DeviceProblem {
            if (!AgentPolicy.load(folder).allowsForwarding()) {
                throw new DeviceProblem(
                        Code.NOT_PERMITTED, "The device's policy does not permit forwarded connections.");
            }
            return new ForwardRules(ForwardPolicy.load(folder), ForwardRules::isOwn, kept);
        }

        /** On the disk before anything leaves this machine. */
        private void begins(InetAddress target) throws IOException {
            log.toolStarted(TcpTarget.ANY, where(target), "");
            logged = true;
            address = target;
            tell(where(target));
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
            stream.sendEvent(TcpRequest.connectedEvent(target.getHostAddress()));
            connection.attach(stream, channel);
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

        /** The ticket may have changed. */
        @Override
        public @Nullable String objection() {
            ForwardRules present = rules;
            InetAddress target = address;
            if (present == null || target == null) {
                return null;
            }
            Optional<String> why = present.objection(target, request.port(), caller.permitted());
            return why.isPresent() ? "no longer permitted: " + why.get() : null;
        }

        @Override
        public void over(TcpConnection ended, EndReason reason, String text) {
            over.set(true);
            room.release();
            InetAddress target = address;
            long in = ended.bytesToSocket();
            long out = ended.bytesToStream();
            LOG.log(System.Logger.Level.DEBUG, "{0} is over: {1} {2}", request, reason.text(), text);
            executor.execute(() -> {
                caller.left(stream);
                if (logged) {
                    log.forward(target == null ? request.host() : target.getHostAddress(), request.port(), in, out);
                }
            });
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
