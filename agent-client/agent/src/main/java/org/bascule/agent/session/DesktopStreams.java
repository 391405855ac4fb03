package org.bascule.agent.session;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
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
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.vnc.VncService;
import org.bascule.agent.vnc.WatchedServers;
import org.bascule.agent.watch.WatchedSession;
import org.bascule.agent.watch.WatchedTool;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.VncRequest;
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
    private final WatchedServers watchedServers;

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
        this.watched = new DesktopService(executor, hold, rows);
        this.choice = new DisplayChoice(new Displays(new AccountDirectory(), ownUid), accounts);
        this.endHere = endHere;
        this.servers = new VncService(reach, folder, executor, hold, rows);
        this.watchedServers = new WatchedServers(new VncService(reach, folder, executor, hold, rows), endHere);
    }

    /** @param allowed what the owner's policy lets something run as, asked again and again */
    DeviceServices.Task task(SessionStream stream, DesktopRequest request, Ticket ticket, Predicate<Account> allowed) {
        return use -> {
            Shown shown = new Shown(use.watched(), use.account());
            Supplier<Operations> permitted = () -> use.stream().isOver() || !allowed.test(shown.account)
                    ? new Operations(List.of())
                    : stream.session().granted();
            DesktopService.Caller caller = new DesktopService.Caller(
                    ticket.sid(), ticket.userName(), permitted, by -> endHere.accept(ticket.sid(), by));
            try {
                if (request.vnc().isPresent()) {
                    server(use, request, caller, shown);
                } else {
                    display(use, request, caller, shown);
                }
            } finally {
                shown.end();
            }
        };
    }

    private void display(DeviceServices.Use use, DesktopRequest request, DesktopService.Caller caller, Shown shown)
            throws IOException, InterruptedException, AccountException, StateException {
        service.run(
                use.stream(),
                request,
                () -> {
                    Display display =
                            choice.choose(request, use.account(), AgentPolicy.load(folder), DesktopPolicy.load(folder));
                    if (display.account().uid() != use.account().uid()) {
                        shown.account = display.account();
                    }
                    Operations permitted = caller.permitted().get();
                    if (permitted.allows(Operations.DESKTOP_VIEW) || permitted.allows(Operations.DESKTOP_CONTROL)) {
                        shown.begin(new WatchedDesktop(
                                watched, display, request.screen(), use.launcher(), ofNothing(caller.sid()), endHere));
                    }
                    return display;
                },
                use.launcher(),
                caller,
                use.log());
    }

    private void server(DeviceServices.Use use, DesktopRequest request, DesktopService.Caller caller, Shown shown)
            throws IOException, InterruptedException, AccountException, StateException {
        DesktopService.Where where =
                () -> choice.ofPeople(use.account(), AgentPolicy.load(folder), DesktopPolicy.load(folder));
        servers.run(new VncService.Use(
                use.stream(), request, where, use.launcher(), caller, use.log(), true, new VncService.Follower() {
                    private Optional<WatchedServers.Watched> tool = Optional.empty();

                    @Override
                    public void opened(String detail) {
                        events.record("stream-opened", caller.sid(), detail);
                    }

                    @Override
                    public void shown(VncRequest server) {
                        WatchedServers.Watched begun = watchedServers.of(
                                server, caller.permitted().get(), where, use.launcher(), ofNothing(caller.sid()));
                        tool = Optional.of(begun);
                        shown.begin(begun);
                    }

                    @Override
                    public void endedByServer() {
                        tool.ifPresent(WatchedServers.Watched::endedByServer);
                    }
                }));
    }

    /** A watcher is recorded as one. */
    private SessionLog ofNothing(SessionId sid) {
        return new SessionLog(events, sid, () -> false, () -> false);
    }

    /** For those who watch the session, while it uses a screen. */
    private static final class Shown {
        private final Optional<WatchedSession> session;
        private Optional<WatchedTool> tool = Optional.empty();
        private Optional<Integer> number = Optional.empty();
        /** As whom it is seen and touched. */
        private volatile Account account;

        Shown(Optional<WatchedSession> session, Account account) {
            this.session = session;
            this.account = account;
        }

        void begin(WatchedTool begun) {
            tool = Optional.of(begun);
            number = session.flatMap(watched -> watched.add(begun));
        }

        void end() {
            tool.ifPresent(WatchedTool::over);
            number.ifPresent(each -> session.ifPresent(watched -> watched.remove(each)));
        }
    }
}
