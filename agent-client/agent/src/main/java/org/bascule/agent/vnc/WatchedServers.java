package org.bascule.agent.vnc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.watch.Audience;
import org.bascule.agent.watch.WatchedTool;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.service.VncRequest;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.TcpTarget;

/** Shows the screens of VNC servers that sessions use to those who watch. One for the whole agent. Thread-safe. */
public final class WatchedServers {

    /** A server that lets in one at a time throws the other one out as soon as the next comes. */
    private static final long AT_ONCE = TimeUnit.SECONDS.toNanos(5);

    /** So long that is held against it: it may have ended for another reason, or be another by then. */
    private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(10);

    private final VncService service;
    private final BiConsumer<SessionId, String> endHere;
    private final LongSupplier nanos;
    /** Servers that threw out whoever worked there because somebody watched, and when. */
    private final Map<TcpRequest, Long> single = new ConcurrentHashMap<>();

    /**
     * @param service with room for watchers
     * @param endHere ends a watcher's session at the will of somebody at the device, who is named
     */
    public WatchedServers(VncService service, BiConsumer<SessionId, String> endHere) {
        this(service, endHere, System::nanoTime);
    }

    WatchedServers(VncService service, BiConsumer<SessionId, String> endHere, LongSupplier nanos) {
        this.nanos = nanos;
        this.service = service;
        this.endHere = endHere;
    }

    /**
     * The screen that a session uses, until it does no more.
     *
     * @param server with its password
     * @param permitted what the session may do now
     * @param where the banners are
     * @param log of nothing: a watcher is recorded as one
     */
    public Watched of(
            VncRequest server, Operations permitted, DesktopService.Where where, Launcher launcher, SessionLog log) {
        return new Watched(server, onlySeen(permitted), where, launcher, log);
    }

    private boolean isSingle(TcpRequest target) {
        long now = nanos.getAsLong();
        single.values().removeIf(since -> now - since > REMEMBERED);
        return single.containsKey(target);
    }

    private static Operations onlySeen(Operations permitted) {
        List<String> names = new ArrayList<>(
                permitted.names().stream().filter(TcpTarget::isVnc).toList());
        names.add(Operations.DESKTOP_VIEW);
        return Operations.of(names.toArray(String[]::new));
    }

    /** One of them: each who watches it has a connection of his own to the server, in mode {@code view} and without the clipboard. */
    public final class Watched implements WatchedTool {
        private final VncRequest server;
        private final Operations onlySeen;
        private final DesktopService.Where where;
        private final Launcher launcher;
        private final SessionLog log;
        private final Audience audience = new Audience();
        private volatile Optional<Long> lastCame = Optional.empty();

        private Watched(
                VncRequest server, Operations onlySeen, DesktopService.Where where, Launcher launcher, SessionLog log) {
            this.server = server;
            this.onlySeen = onlySeen;
            this.where = where;
            this.launcher = launcher;
            this.log = log;
        }

        @Override
        public String service() {
            return "desktop";
        }

        @Override
        public void show(ServiceStream stream, Watcher watcher) throws IOException, InterruptedException {
            if (isSingle(server.target())) {
                DesktopProblem problem = new DesktopProblem(
                        Code.FAILED,
                        "This VNC server lets in one at a time: whoever works there would be thrown out. It cannot be watched for the next minutes.");
                stream.event(problem.toEvent());
                stream.fail(String.valueOf(problem.getMessage()));
                return;
            }
            audience.admit(
                    stream,
                    seen -> service.run(new VncService.Use(
                            seen,
                            new DesktopRequest(Mode.VIEW, Optional.empty(), "", Optional.of(server)),
                            where,
                            launcher,
                            new DesktopService.Caller(
                                    watcher.sid(),
                                    watcher.name(),
                                    () -> onlySeen,
                                    by -> endHere.accept(watcher.sid(), by)),
                            log,
                            false,
                            detail -> lastCame = Optional.of(nanos.getAsLong()))));
        }

        /** The server has ended the connection of the session. */
        public void endedByServer() {
            long now = nanos.getAsLong();
            if (lastCame.filter(came -> now - came < AT_ONCE).isPresent()) {
                single.put(server.target(), now);
            }
        }

        @Override
        public void over() {
            audience.end();
        }
    }
}
