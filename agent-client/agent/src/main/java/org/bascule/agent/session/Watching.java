package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.WatchRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Ticket;

/** Opens streams of the service {@code watch}: they run nothing and need no account, and have room of their own. */
final class Watching {

    private static final System.Logger LOG = System.getLogger(Watching.class.getName());
    /** Streams of all watchers. */
    private static final int MAX_STREAMS = 64;

    private final StateFolder folder;
    private final EventLog events;
    private final WatchDesk desk;
    private final Executor executor;
    private final Semaphore room = new Semaphore(MAX_STREAMS);

    Watching(StateFolder folder, EventLog events, WatchDesk desk, Executor executor) {
        this.folder = folder;
        this.events = events;
        this.desk = desk;
        this.executor = executor;
    }

    StreamHandler open(SessionStream stream, JsonObject arguments, Ticket ticket) throws StreamRefusedException {
        WatchRequest request = parse(arguments);
        if (!ticket.operations().allows(Operations.watch(request.sid()))) {
            throw new StreamRefusedException(EndReason.NOT_PERMITTED, "another session is permitted to be watched");
        }
        if (!room.tryAcquire()) {
            throw new StreamRefusedException(EndReason.LIMIT, "too much is watched on this device");
        }
        StreamAdapter adapter = new StreamAdapter(stream);
        executor.execute(() -> {
            try {
                show(adapter, request, ticket);
            } finally {
                room.release();
            }
        });
        return adapter;
    }

    private static WatchRequest parse(JsonObject arguments) throws StreamRefusedException {
        try {
            return WatchRequest.parse(arguments);
        } catch (WireException e) {
            throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        }
    }

    private void show(StreamAdapter stream, WatchRequest request, Ticket ticket) {
        try {
            if (!AgentPolicy.load(folder).operations().allows(Operations.WATCH)) {
                events.record("stream-refused", ticket.sid(), "not permitted: watch");
                stream.refuse("the device's policy does not permit it");
                return;
            }
            desk.show(stream, new Watcher(ticket.sid(), ticket.userName()), request);
        } catch (StateException e) {
            LOG.log(System.Logger.Level.WARNING, "watching refused: {0}", e.getMessage());
            stream.fail(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "watching ended: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.fail("the agent is being stopped");
        }
    }
}
