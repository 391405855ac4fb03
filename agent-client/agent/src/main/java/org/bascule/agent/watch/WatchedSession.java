package org.bascule.agent.watch;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.agent.service.EventSink;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;

/** What can be watched of one session, and who does. Thread-safe; nothing here blocks but {@link #list}. */
public final class WatchedSession {

    /** Watchers at once. */
    static final int MAX_WATCHERS = 8;

    private final Executor executor;
    private final WatchReports reports;

    // guarded by this
    private final TreeMap<Integer, WatchedTool> tools = new TreeMap<>();
    /** By the watcher's own session. */
    private final Map<SessionId, Presence> watchers = new LinkedHashMap<>();

    private final Map<EventSink, Told> streams = new IdentityHashMap<>();
    private int nextTool = 1;
    private long changes;
    private boolean over;

    private static final class Presence {
        private final String name;
        private int streams;

        Presence(String name) {
            this.name = name;
        }
    }

    /** What a stream of the watched knows already. */
    private static final class Told {
        private List<String> names = List.of();
        private boolean underWay;
    }

    /** What is to be recorded. */
    public interface WatchReports {
        void started(String watcher);

        void ended(String watcher);
    }

    WatchedSession(Executor executor, WatchReports reports) {
        this.executor = executor;
        this.reports = reports;
    }

    // ---- the watched ----

    /** A stream on which its user is told who watches, from now on. */
    public void join(EventSink stream) {
        Told told = new Told();
        synchronized (this) {
            streams.put(stream, told);
        }
        tell(stream, told);
    }

    /** The stream is over. */
    public synchronized void leave(EventSink stream) {
        streams.remove(stream);
    }

    /** A tool that can be watched has begun; empty if there are too many. */
    public synchronized Optional<Integer> add(WatchedTool tool) {
        if (tools.size() >= WatchRequest.MAX_TOOLS) {
            return Optional.empty();
        }
        int number = nextTool++;
        tools.put(number, tool);
        changed();
        return Optional.of(number);
    }

    /** It is over. Who watches it sees the rest. */
    public synchronized void remove(int number) {
        tools.remove(number);
        changed();
    }

    /** The session is over, and so is watching it. */
    synchronized void end() {
        over = true;
        changed();
    }

    private void changed() {
        changes++;
        notifyAll();
    }

    // ---- watchers ----

    /**
     * Somebody begins to watch, or opens another stream for it. The watched are told.
     *
     * @param watcher his session
     * @return false if there are too many, or the session is over
     */
    boolean enter(SessionId watcher, String name) {
        return enter(watcher, name, MAX_WATCHERS);
    }

    /** The same at the device itself: others do not take the room of who is there. */
    boolean enterHere(SessionId watcher, String name) {
        return enter(watcher, name, 2 * MAX_WATCHERS);
    }

    private boolean enter(SessionId watcher, String name, int most) {
        boolean first;
        synchronized (this) {
            Presence present = watchers.get(watcher);
            if (over || (present == null && watchers.size() >= most)) {
                return false;
            }
            first = present == null;
            watchers.computeIfAbsent(watcher, sid -> new Presence(name)).streams++;
        }
        if (first) {
            reports.started(name);
            tellAll();
        }
        return true;
    }

    /** One of his streams is over. */
    void exit(SessionId watcher) {
        @Nullable Presence gone = null;
        synchronized (this) {
            Presence present = watchers.get(watcher);
            if (present != null && --present.streams == 0) {
                gone = watchers.remove(watcher);
            }
        }
        if (gone != null) {
            reports.ended(gone.name);
            tellAll();
        }
    }

    /** Who watches now: hostile texts. */
    public synchronized List<String> watchers() {
        return watchers.values().stream().map(watcher -> watcher.name).toList();
    }

    synchronized List<WatchRequest.Tool> tools() {
        List<WatchRequest.Tool> now = new ArrayList<>();
        tools.forEach((number, tool) -> now.add(new WatchRequest.Tool(number, tool.service())));
        return now;
    }

    synchronized @Nullable WatchedTool tool(int number) {
        return tools.get(number);
    }

    /** Tells a watcher which tools there are, until the session or his stream is over; blocks. */
    void list(ServiceStream watcher) throws IOException, InterruptedException {
        AtomicBoolean gone = new AtomicBoolean();
        watcher.onEnd(() -> {
            gone.set(true);
            synchronized (this) {
                notifyAll();
            }
        });
        long told = -1;
        while (true) {
            List<WatchRequest.Tool> now;
            synchronized (this) {
                while (told == changes && !over && !gone.get()) {
                    wait();
                }
                if (over || gone.get()) {
                    break;
                }
                told = changes;
                now = tools();
            }
            watcher.event(WatchRequest.toolsEvent(now));
        }
        watcher.close();
    }

    // ---- telling the watched ----

    private void tellAll() {
        Map<EventSink, Told> all;
        synchronized (this) {
            all = new IdentityHashMap<>(streams);
        }
        all.forEach(this::tell);
    }

    /** On a thread of its own, because a stream whose connection is slow or lost waits; one after the other for each stream, and only the last state. */
    private void tell(EventSink stream, Told told) {
        synchronized (this) {
            if (told.underWay || told.names.equals(watchers())) {
                return;
            }
            told.underWay = true;
        }
        executor.execute(() -> {
            for (List<String> names = due(told); names != null; names = due(told)) {
                JsonObject event = WatchRequest.watchersEvent(names);
                try {
                    stream.event(event);
                } catch (IOException e) {
                    leave(stream);
                    return;
                }
            }
        });
    }

    private synchronized @Nullable List<String> due(Told told) {
        List<String> names = watchers();
        if (told.names.equals(names)) {
            told.underWay = false;
            return null;
        }
        told.names = names;
        return names;
    }
}
