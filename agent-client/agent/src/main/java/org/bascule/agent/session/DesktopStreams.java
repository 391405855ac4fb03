package org.bascule.agent.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.desktop.DisplayChoice;
import org.bascule.agent.desktop.WatchedDesktop;
import org.bascule.agent.display.Display;
import org.bascule.agent.display.Displays;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.DesktopPolicy;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.vnc.VncService;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.ticket.Ticket;

/** Streams of the service {@code desktop}. */
final class DesktopStreams {

    private final StateFolder folder;
    private final EventLog events;
    private final DesktopService service;
    private final DesktopService watched;
    private final DisplayChoice choice;
    private final BiConsumer<SessionId, String> endHere;
    private final VncService servers;

    /** @param endHere ends a session at the will of somebody at the device, who is named */
    DesktopStreams(
            StateFolder folder,
            AccountRules accounts,
            long ownUid,
            EventLog events,
            Executor executor,
            BiConsumer<SessionId, String> endHere,
            Reach reach,
            InputHold hold) {
        this.folder = folder;
        this.events = events;
        BannerRows rows = new BannerRows();
        this.service = new DesktopService(executor, hold, rows);
        this.watched = new DesktopService(executor, hold, rows); // watchers take no room from those who work
        this.choice = new DisplayChoice(new Displays(new AccountDirectory(), ownUid), accounts);
        this.endHere = endHere;
        this.servers = new VncService(reach, folder, executor, hold, rows);
    }

    DeviceServices.Task task(SessionStream stream, DesktopRequest request, Ticket ticket) {
        return use -> {
            Supplier<Operations> permitted = () -> use.stream().isOver()
                    ? new Operations(List.of())
                    : stream.session().granted();
            DesktopService.Caller caller = new DesktopService.Caller(
                    ticket.sid(), ticket.userName(), permitted, by -> endHere.accept(ticket.sid(), by));
            if (request.vnc().isPresent()) {
                servers.run(new VncService.Use(
                        use.stream(),
                        request,
                        () -> choice.ofPeople(use.account(), AgentPolicy.load(folder), DesktopPolicy.load(folder)),
                        use.launcher(),
                        caller,
                        use.log(),
                        detail -> events.record("stream-opened", ticket.sid(), detail)));
                return;
            }
            Shown shown = new Shown(use, request.screen(), ticket.sid());
            try {
                service.run(
                        use.stream(),
                        request,
                        () -> {
                            Display display = choice.choose(
                                    request, use.account(), AgentPolicy.load(folder), DesktopPolicy.load(folder));
                            if (permitted.get().allows(Operations.DESKTOP_VIEW)
                                    || permitted.get().allows(Operations.DESKTOP_CONTROL)) {
                                shown.begin(display);
                            }
                            return display;
                        },
                        use.launcher(),
                        caller,
                        use.log());
            } finally {
                shown.end();
            }
        };
    }

    /** For those who watch the session, while it uses the display. */
    private final class Shown {
        private final DeviceServices.Use use;
        private final String screen;
        private final SessionId sid;
        private Optional<WatchedDesktop> desktop = Optional.empty();
        private Optional<Integer> number = Optional.empty();

        Shown(DeviceServices.Use use, String screen, SessionId sid) {
            this.use = use;
            this.screen = screen;
            this.sid = sid;
        }

        void begin(Display display) {
            WatchedDesktop tool = new WatchedDesktop(
                    watched,
                    display,
                    screen,
                    use.launcher(),
                    new SessionLog(events, sid, () -> false, () -> false),
                    endHere);
            desktop = Optional.of(tool);
            number = use.watched().flatMap(session -> session.add(tool));
        }

        void end() {
            desktop.ifPresent(WatchedDesktop::over);
            number.ifPresent(tool -> use.watched().ifPresent(session -> session.remove(tool)));
        }
    }
}
