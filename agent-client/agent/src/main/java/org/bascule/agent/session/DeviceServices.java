package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ProcessService;
import org.bascule.agent.service.TerminalService;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.FileRequest;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamRefusedException;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Ticket;

/** Opens what a session's streams ask for. Policy and account are looked up anew for each, so that a change counts at once. */
final class DeviceServices {

    private static final System.Logger LOG = System.getLogger(DeviceServices.class.getName());
    /** Terminals and commands of all sessions. */
    private static final int MAX_RUNNING = 64;

    private final StateFolder folder;
    private final AccountRules accounts;
    private final long ownUid;
    private final EventLog events;
    private final Executor executor;
    private final FileStreams files;
    private final Semaphore room = new Semaphore(MAX_RUNNING);

    DeviceServices(StateFolder folder, AccountRules accounts, long ownUid, EventLog events, Executor executor) {
        this.folder = folder;
        this.accounts = accounts;
        this.ownUid = ownUid;
        this.events = events;
        this.executor = executor;
        this.files = new FileStreams(folder, ownUid);
    }

    /** Runs a service as an account. */
    interface Task {
        void run(StreamAdapter stream, Launcher launcher, Account account)
                throws IOException, AccountException, StateException, InterruptedException;
    }

    ServiceHandler handler(Supplier<Ticket> ticket) {
        return (stream, service, arguments) -> open(stream, service, arguments, ticket.get());
    }

    private StreamHandler open(SessionStream stream, Service service, JsonObject arguments, Ticket ticket)
            throws StreamRefusedException {
        Task task = task(stream, service, arguments, ticket);
        if (!room.tryAcquire()) {
            throw new StreamRefusedException(EndReason.LIMIT, "too much is running on this device");
        }
        StreamAdapter adapter = new StreamAdapter(stream);
        executor.execute(() -> {
            try {
                run(adapter, service, ticket, task);
            } finally {
                room.release();
            }
        });
        return adapter;
    }

    private Task task(SessionStream stream, Service service, JsonObject arguments, Ticket ticket)
            throws StreamRefusedException {
        try {
            return switch (service) {
                case TERMINAL -> terminal(TerminalSize.parse(arguments));
                case PROCESS -> process(CommandLine.parse(arguments));
                case FILE -> files.task(stream, FileRequest.parse(arguments), ticket);
            };
        } catch (WireException e) {
            throw new StreamRefusedException(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        }
    }

    private Task terminal(TerminalSize size) {
        return (stream, launcher, account) ->
                new TerminalService(executor).run(stream, launcher.loginShell(account), account, size);
    }

    private Task process(CommandLine line) {
        return (stream, launcher, account) ->
                new ProcessService(executor).run(stream, launcher.command(account, line), account);
    }

    private void run(StreamAdapter stream, Service service, Ticket ticket, Task task) {
        SessionId sid = ticket.sid();
        try {
            AgentPolicy policy = AgentPolicy.load(folder);
            if (!service.permittedBy(policy.operations())) {
                events.record("stream-refused", sid, "not permitted: " + service.text());
                stream.refuse("the device's policy does not permit it");
                return;
            }
            Account account = accounts.resolve(ticket.account(), policy);
            boolean told = service != Service.FILE || files.isFirst(sid);
            if (told) {
                events.record("stream-opened", sid, service.text() + " as " + account.name());
            }
            task.run(stream, new Launcher(ownUid, policy.shell()), account);
            if (service != Service.FILE) {
                events.record("stream-ended", sid, service.text());
            }
        } catch (AccountException | StateException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} refused: {1}", service.text(), e.getMessage());
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
        }
    }
}
