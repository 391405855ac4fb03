package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.display.Display;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.state.StateException;
import org.bascule.agent.watch.WatchedTool;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;

/** The display that a session uses, for those who watch it: each has a process of his own that shows it, in mode {@code view} and without the clipboard, until the session uses it no more. Thread-safe. */
public final class WatchedDesktop implements WatchedTool {

    private static final Operations ONLY_SEEN = Operations.of(Operations.DESKTOP_VIEW);

    private final DesktopService service;
    private final Display display;
    private final String screen;
    private final Launcher launcher;
    private final SessionLog log;
    private final BiConsumer<SessionId, String> endHere;
    private final Ending ending = new Ending();

    /**
     * @param service with room for watchers
     * @param screen the monitor with which the session began; empty for all
     * @param log of nothing: a watcher is recorded as one
     * @param endHere ends a watcher's session at the will of somebody at the device, who is named
     */
    public WatchedDesktop(
            DesktopService service,
            Display display,
            String screen,
            Launcher launcher,
            SessionLog log,
            BiConsumer<SessionId, String> endHere) {
        this.service = service;
        this.display = display;
        this.screen = screen;
        this.launcher = launcher;
        this.log = log;
        this.endHere = endHere;
    }

    @Override
    public String service() {
        return DesktopUse.TOOL;
    }

    @Override
    public void show(ServiceStream stream, Watcher watcher) throws IOException, InterruptedException {
        OnlySeen seen = new OnlySeen(stream);
        try {
            service.run(
                    seen,
                    new DesktopRequest(Mode.VIEW, Optional.of(display.name()), screen),
                    () -> display,
                    launcher,
                    new DesktopService.Caller(
                            watcher.sid(), watcher.name(), () -> ONLY_SEEN, by -> endHere.accept(watcher.sid(), by)),
                    log);
        } catch (AccountException | StateException e) {
            stream.fail(String.valueOf(e.getMessage()));
            return;
        } finally {
            seen.leave();
        }
        stream.close();
    }

    /** The session uses it no more. */
    public void over() {
        ending.end();
    }

    /** Tells all who are here that it is over. */
    private static final class Ending {
        // guarded by this
        private final Set<OnlySeen> present = new HashSet<>();
        private boolean over;

        /** @return whether it is over already */
        synchronized boolean enter(OnlySeen stream) {
            present.add(stream);
            return over;
        }

        synchronized void exit(OnlySeen stream) {
            present.remove(stream);
        }

        void end() {
            Set<OnlySeen> all;
            synchronized (this) {
                over = true;
                all = Set.copyOf(present);
            }
            all.forEach(OnlySeen::end);
        }
    }

    /** A watcher's stream, which ends for the service when the watched desktop does. His events are ignored; what he sends is RFB, of which nothing counts that touches the device. */
    private final class OnlySeen implements ServiceStream {
        private final ServiceStream stream;
        // guarded by this
        private @Nullable Runnable handler;

        OnlySeen(ServiceStream stream) {
            this.stream = stream;
        }

        void leave() {
            ending.exit(this);
        }

        void end() {
            @Nullable Runnable told;
            synchronized (this) {
                told = handler;
            }
            if (told != null) {
                told.run();
            }
        }

        @Override
        public void onEnd(Runnable newHandler) {
            synchronized (this) {
                handler = newHandler;
            }
            stream.onEnd(newHandler);
            if (ending.enter(this)) {
                newHandler.run();
            }
        }

        @Override
        public int read(byte[] buffer) throws IOException {
            return stream.read(buffer);
        }

        @Override
        public void requireOpen() throws IOException {
            stream.requireOpen();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void event(JsonObject event) throws IOException {
            stream.event(event);
        }

        @Override
        public void onEvent(Consumer<JsonObject> ignored) {
            stream.onEvent(event -> {});
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }

        @Override
        public void fail(String text) {
            stream.fail(text);
        }
    }
}
