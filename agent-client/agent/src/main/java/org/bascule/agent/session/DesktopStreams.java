package org.bascule.agent.session;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.desktop.DisplayChoice;
import org.bascule.agent.display.Displays;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.forward.Reach;
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
    private final DesktopService service;
    private final DisplayChoice choice;
    private final BiConsumer<SessionId, String> endHere;
    private final VncService servers;
    private final EventLog events;

    /** @param endHere ends a session at the will of somebody at the device, who is named */
    DesktopStreams(
            StateFolder folder,
            AccountRules accounts,
            long ownUid,
            Executor executor,
            BiConsumer<SessionId, String> endHere,
            EventLog events,
            Reach reach) {
        this.folder = folder;
        this.service = new DesktopService(executor);
        this.choice = new DisplayChoice(new Displays(new AccountDirectory(), ownUid), accounts);
        this.endHere = endHere;
        this.servers = new VncService(reach, folder, executor);
        this.events = events;
    }

    DeviceServices.Task task(SessionStream stream, DesktopRequest request, Ticket ticket) {
        return use -> {
            DesktopService.Caller caller = new DesktopService.Caller(
                    ticket.userName(),
                    () -> use.stream().isOver()
                            ? new Operations(List.of())
                            : stream.session().granted(),
                    by -> endHere.accept(ticket.sid(), by));
            DesktopService.Where where =
                    () -> choice.choose(request, use.account(), AgentPolicy.load(folder), DesktopPolicy.load(folder));
            if (request.vnc().isPresent()) {
                servers.run(new VncService.Use(
                        use.stream(),
                        request,
                        where,
                        use.launcher(),
                        caller,
                        use.log(),
                        detail -> events.record("stream-opened", ticket.sid(), detail)));
            } else {
                service.run(use.stream(), request, where, use.launcher(), caller, use.log());
            }
        };
    }
}
