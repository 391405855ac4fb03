package org.bascule.agent.desktop;

import java.io.IOException;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.bascule.agent.display.Display;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.watch.Audience;
import org.bascule.agent.watch.WatchedTool;
import org.bascule.agent.watch.Watcher;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;

/** The display that a session uses, for those who watch it: each has a process of his own that shows it, in mode {@code view} and without the clipboard, until the session uses it no more. Thread-safe. */
public final class WatchedDesktop implements WatchedTool {

    private static final Operations ONLY_SEEN = Operations.of(Operations.DESKTOP_VIEW);

    private final DesktopService service;
    private final Display display;
    private final String screen;
    private final Launcher launcher;
    private final SessionLog log;
    private final BiConsumer<SessionId, String> endHere;
    private final Audience audience = new Audience();

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
        audience.admit(
                stream,
                seen -> service.run(
                        seen,
                        new DesktopRequest(Mode.VIEW, Optional.of(display.name()), screen),
                        () -> display,
                        launcher,
                        new DesktopService.Caller(
                                watcher.sid(),
                                watcher.name(),
                                () -> ONLY_SEEN,
                                by -> endHere.accept(watcher.sid(), by)),
                        log));
    }

    @Override
    public void over() {
        audience.end();
    }
}
