package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.chat.ChatService;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.display.Displays;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.events.LogFullException;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.service.Launch;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ProcessService;
import org.bascule.agent.service.TerminalService;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.watch.TerminalPicture;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.agent.watch.WatchedSession;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Ticket;

/** Opens what a session's streams ask for. Policy and account are looked up anew for each, so that a change counts at once. */
final class DeviceServices {

    private static final System.Logger LOG = System.getLogger(DeviceServices.class.getName());

    private final StateFolder folder;
    private final AccountRules accounts;
    private final long ownUid;
    private final EventLog events;
    private final Executor executor;
    private final WatchDesk watch;
    private final Watching watching;
    private final FileStreams files;
    private final DesktopStreams desktops;
    private final Reach reach;
    private final Forwards forwards;
    private final SystemStreams system;
    private final ChatService chat;
    private final Places places = new Places();

    /** @param endHere ends a session at the will of somebody at the device, who is named */
    DeviceServices(
            StateFolder folder,
            AccountRules accounts,
            long ownUid,
            EventLog events,
            WatchDesk watch,
            ChatDesk chat,
            InputHold hold,
            Executor executor,
            BiConsumer<SessionId, String> endHere,
            Consumer<String> endAll) {
        this.folder = folder;
        this.accounts = accounts;
        this.ownUid = ownUid;
        this.events = events;
        this.executor = executor;
        this.watch = watch;
        this.watching = new Watching(folder, events, watch, executor);
        this.files = new FileStreams(folder, ownUid);
        this.reach = new Reach(folder);
        this.desktops = new DesktopStreams(folder, accounts, ownUid, events, executor, endHere, reach, hold);
        this.forwards = new Forwards(reach, events, watch, executor);
        this.system = new SystemStreams(folder, accounts, events, executor, endAll);
        Displays displays = new Displays(new AccountDirectory(), ownUid);
        this.chat = new ChatService(chat, events, executor, () -> hasDisplay(displays));
    }

    private static boolean hasDisplay(Displays displays) {
        try {
            return !displays.present().isEmpty();
        } catch (AccountException e) {
            return false;
        }
    }

    /** What a service runs with. */
    record Use(
            StreamAdapter stream,
            Launcher launcher,
            Account account,
            SessionLog log,
            Optional<WatchedSession> watched) {}

    /** Runs a service as an account. */
    interface Task {
        void run(Use use) throws IOException, AccountException, StateException, InterruptedException;
    }

    /** Ports of the device at which the agent itself listens. */
    void keepAwayFrom(IntPredicate ports) {
        reach.keepAwayFrom(ports);
    }

    ServiceHandler handler(DeviceSession session) {
        return (stream, service, arguments) -> open(stream, service, arguments, session);
    }

    private StreamHandler open(SessionStream stream, Service service, JsonObject arguments, DeviceSession session)
            throws StreamRefusedException {
        if (service == Service.WATCH) {
            return watching.open(stream, arguments, session.ticket());
        }
        if (service == Service.TCP) {
            return forwards.open(stream, arguments, session::ticket);
        }
        Task task = task(stream, service, arguments, session);
        SessionId sid = session.sid();
        if (!places.enter(sid)) {
            throw new StreamRefusedException(EndReason.LIMIT, "too much is running on this device");
        }
        StreamAdapter adapter = new StreamAdapter(stream);
        executor.execute(() -> {
            try {
                run(adapter, service, session, task);
            } finally {
                places.leave(sid);
            }
        });
        return adapter;
    }

    private Task task(SessionStream stream, Service service, JsonObject arguments, DeviceSession session)
            throws StreamRefusedException {
        Ticket ticket = session.ticket();
        try {
            return switch (service) {
                case TERMINAL -> terminal(TerminalSize.parse(arguments));
                case PROCESS -> process(CommandLine.parse(arguments));
                case WATCH, TCP -> throw new IllegalStateException(service.text() + " runs nothing");
                case DESKTOP -> desktops.task(stream, DesktopRequest.parse(arguments), ticket, session::allows);
                case FILE -> {
                    FileRequest request = FileRequest.parse(arguments);
                    Task task = files.task(stream, request, ticket);
                    yield use -> {
                        // that the rest of the service is permitted says nothing of this
                        if (!stream.session().granted().allows(request.operation())) {
                            session.notPermitted(stream.session(), request.operation());
                        }
                        task.run(use);
                    };
                }
                case SYSTEM -> system.task(stream, SystemRequest.parse(arguments), ticket, session::allows);
                case CHAT -> use -> chat.run(use.stream(), ticket.sid(), ticket.userName(), use.log(), session::isOver);
            };
        } catch (WireException e) {
            throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        }
    }

    private Task terminal(TerminalSize size) {
        return use -> {
            String account = use.account().name();
            use.log().toolStarted(Operations.TERMINAL, "", account);
            TerminalPicture picture = new TerminalPicture(size);
            Optional<Integer> shown = use.watched().flatMap(session -> session.add(picture));
            try {
                new TerminalService(executor)
                        .run(use.stream(), use.launcher().loginShell(use.account()), use.account(), size, picture);
            } finally {
                picture.over();
                shown.ifPresent(number -> use.watched().ifPresent(session -> session.remove(number)));
                use.log().toolEnded(Operations.TERMINAL, "");
            }
        };
    }

    private Task process(CommandLine line) {
        return use -> {
            Launch launch = use.launcher().command(use.account(), line);
            use.log().processStarted(line.text(), use.account().name());
            Ended ended = new Ended();
            try {
                new ProcessService(executor).run(use.stream(), launch, use.account(), ended);
            } finally {
                use.log().processEnded(line.text(), ended.pid, ended.exit);
            }
        };
    }

    /** How a command ended; what it says until it was started. */
    private static final class Ended implements ProcessService.Ending {
        private long pid;
        private String exit = "not started";

        @Override
        public void ended(long id, Optional<ProcessExit> how) {
            pid = id;
            exit = how.map(ProcessExit::text).orElse("still running");
        }
    }

    private void run(StreamAdapter stream, Service service, DeviceSession session, Task task) {
        Ticket ticket = session.ticket();
        SessionId sid = session.sid();
        Optional<WatchedSession> watched = watch.find(sid);
        try {
            AgentPolicy policy = AgentPolicy.load(folder);
            if (!service.permittedBy(session.obey(policy))) {
                events.record("stream-refused", sid, "not permitted: " + service.text());
                stream.refuse("the device's policy does not permit it");
                return;
            }
            Account account = accounts.resolve(ticket.account(), policy);
            boolean told = service != Service.FILE || files.isFirst(sid);
            if (told) {
                events.record("stream-opened", sid, service.text() + " as " + account.name());
            }
            watched.ifPresent(shown -> shown.join(stream));
            SessionLog log =
                    new SessionLog(events, sid, () -> session.ticket().demands().fullLog(), stream::isOver);
            task.run(new Use(stream, new Launcher(ownUid, policy.shell()), account, log, watched));
            if (service != Service.FILE) {
                events.record("stream-ended", sid, service.text());
            }
        } catch (AccountException | StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} refused: {1}", service.text(), e.getMessage());
            events.record("stream-refused", sid, service.text() + ": " + e.getMessage());
            stream.fail(String.valueOf(e.getMessage()));
        } catch (LogFullException e) {
            events.record("stream-refused", sid, service.text() + ": " + e.getMessage());
            stream.fail(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} ended: {1}", service.text(), e.getMessage());
            if (service != Service.FILE) {
                events.record("stream-ended", sid, service.text());
            }
            stream.fail("the device could not go on with it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.fail("the agent is being stopped");
        } finally {
            watched.ifPresent(shown -> shown.leave(stream));
        }
    }
}
