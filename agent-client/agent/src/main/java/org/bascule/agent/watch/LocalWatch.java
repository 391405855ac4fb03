package org.bascule.agent.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bascule.session.service.WatchRequest;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;

/** Watching at the device itself (DEV-6): terminals as text, for who asks again and again. Whoever works there is told, as of every watcher. Thread-safe. */
public final class LocalWatch {

    /** After the last time that somebody has looked. */
    private static final Duration PRESENT = Duration.ofSeconds(6);

    private final WatchDesk desk;
    private final Executor executor;
    private final Duration present;

    // guarded by this
    private final Map<Viewer, Viewing> viewing = new HashMap<>();

    private record Viewer(SessionId sid, String who) {}

    private static final class Viewing {
        /** Stands for a watcher's own session. */
        private final SessionId id = SessionId.random();

        private final WatchedSession session;
        private long looked;

        Viewing(WatchedSession session) {
            this.session = session;
        }
    }

    /** A terminal of a session. */
    public record Terminal(SessionId sid, int tool) {}

    public LocalWatch(WatchDesk desk, Executor executor) {
        this(desk, executor, PRESENT);
    }

    LocalWatch(WatchDesk desk, Executor executor, Duration present) {
        this.desk = desk;
        this.executor = executor;
        this.present = present;
    }

    /** All that run, with the oldest of each session first. */
    public List<Terminal> terminals() {
        List<Terminal> all = new ArrayList<>();
        desk.sessions().forEach((sid, session) -> {
            for (WatchRequest.Tool tool : session.tools()) {
                if (tool.service().equals(TerminalPicture.SERVICE)) {
                    all.add(new Terminal(sid, tool.number()));
                }
            }
        });
        return all;
    }

    /**
     * The screen of a terminal as it is now.
     *
     * @param who looks, for the watched and the log
     * @return its lines, hostile text; empty if it is over
     */
    public Optional<List<String>> look(Terminal terminal, String who) {
        Optional<WatchedSession> session = desk.find(terminal.sid());
        if (session.isEmpty()) {
            return Optional.empty();
        }
        @Nullable WatchedTool tool = session.get().tool(terminal.tool());
        if (tool == null || !enter(new Viewer(terminal.sid(), who), session.get())) {
            return Optional.empty();
        }
        return tool.text();
    }

    private boolean enter(Viewer viewer, WatchedSession session) {
        Viewing now;
        synchronized (this) {
            Viewing before = viewing.get(viewer);
            if (before != null) {
                before.looked = System.nanoTime();
                return true;
            }
            now = new Viewing(session);
            now.looked = System.nanoTime();
            viewing.put(viewer, now);
        }
        if (!session.enterHere(now.id, viewer.who())) {
            synchronized (this) {
                viewing.remove(viewer);
            }
            return false;
        }
        later(viewer);
        return true;
    }

    private void later(Viewer viewer) {
        CompletableFuture.delayedExecutor(present.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(() -> sweep(viewer));
    }

    private void sweep(Viewer viewer) {
        @Nullable Viewing gone = null;
        synchronized (this) {
            Viewing last = viewing.get(viewer);
            if (last != null && System.nanoTime() - last.looked >= present.toNanos()) {
                gone = viewing.remove(viewer);
            }
        }
        if (gone == null) {
            later(viewer);
        } else {
            gone.session.exit(gone.id);
        }
    }
}
