package org.bascule.agent.watch;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;

/** All sessions of this device that can be watched. Thread-safe. */
public final class WatchDesk {

    private final Executor executor;
    private final EventLog events;

    // guarded by this
    private final Map<SessionId, WatchedSession> sessions = new HashMap<>();

    /** @param executor a thread for each task */
    public WatchDesk(Executor executor, EventLog events) {
        this.executor = executor;
        this.events = events;
    }

    /** A session began. */
    public synchronized void begin(SessionId sid) {
        sessions.put(sid, new WatchedSession(executor, new Reports(sid)));
    }

    /** It is over. */
    public void end(SessionId sid) {
        WatchedSession session;
        synchronized (this) {
            session = sessions.remove(sid);
        }
        if (session != null) {
            session.end();
        }
    }

    /** Empty if the session does not run. */
    public synchronized Optional<WatchedSession> find(SessionId sid) {
        return Optional.ofNullable(sessions.get(sid));
    }

    /** All that run. */
    synchronized Map<SessionId, WatchedSession> sessions() {
        return Map.copyOf(sessions);
    }

    /** Who watches a session; hostile texts. */
    public List<String> watchers(SessionId sid) {
        return find(sid).map(WatchedSession::watchers).orElse(List.of());
    }

    /**
     * Shows what was asked for, until it or the stream is over; blocks. Whoever calls has checked that it is permitted.
     *
     * @param watcher who asks
     */
    public void show(ServiceStream stream, Watcher watcher, WatchRequest request)
            throws IOException, InterruptedException {
        Optional<WatchedSession> session = find(request.sid());
        if (session.isEmpty()) {
            stream.fail("this session is not running");
            return;
        }
        if (!session.get().enter(watcher.sid(), watcher.name())) {
            stream.fail("too many watch this session, or it is over");
            return;
        }
        try {
            show(stream, watcher, session.get(), request);
        } finally {
            session.get().exit(watcher.sid());
        }
    }

    private static void show(ServiceStream stream, Watcher watcher, WatchedSession session, WatchRequest request)
            throws IOException, InterruptedException {
        if (request.tool().isEmpty()) {
            session.list(stream);
            return;
        }
        @Nullable WatchedTool tool = session.tool(request.tool().get());
        if (tool == null) {
            stream.fail("this is over");
        } else {
            tool.show(stream, watcher);
        }
    }

    private final class Reports implements WatchedSession.WatchReports {
        private final SessionId sid;

        Reports(SessionId sid) {
            this.sid = sid;
        }

        @Override
        public void started(String watcher) {
            events.record("watching-started", sid, watcher);
        }

        @Override
        public void ended(String watcher) {
            events.record("watching-ended", sid, watcher);
        }
    }
}
