package org.bascule.agent.session;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.policy.RestartPolicy;
import org.bascule.agent.service.Launch;
import org.bascule.agent.service.ProcessService;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.system.SystemService;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.DeviceProblem.Code;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.stream.SessionStream;
import org.bascule.wire.Operations;
import org.bascule.wire.ticket.Ticket;

/** Streams of the service {@code system}. */
final class SystemStreams {

    private static final long LOOK = 1_000;

    private final StateFolder folder;
    private final AccountRules accounts;
    private final EventLog events;
    private final Executor executor;
    private final Consumer<String> endAll;
    private final SystemService service = new SystemService();

    /** @param endAll ends all sessions with a sentence, without waiting */
    SystemStreams(
            StateFolder folder, AccountRules accounts, EventLog events, Executor executor, Consumer<String> endAll) {
        this.folder = folder;
        this.accounts = accounts;
        this.events = events;
        this.executor = executor;
        this.endAll = endAll;
    }

    /** @param allowed what the owner's policy lets something run as, asked again and again */
    DeviceServices.Task task(SessionStream stream, SystemRequest request, Ticket ticket, Predicate<Account> allowed) {
        return use -> {
            Supplier<Operations> permitted = () -> use.stream().isOver()
                    ? new Operations(List.of())
                    : stream.session().granted();
            if (!stream.session().granted().allows(request.operation())) {
                events.record("stream-refused", ticket.sid(), "not permitted: " + request.operation());
            }
            if (request instanceof SystemRequest.Start start) {
                start(use, start, permitted, allowed);
            } else {
                boolean[] restarted = {false};
                service.run(
                        use.stream(),
                        request,
                        new SystemService.Caller(use.account(), permitted),
                        use.log()::processKilled,
                        reason -> {
                            restart(use, ticket, reason, permitted);
                            restarted[0] = true;
                        });
                if (restarted[0]) {
                    String reason = request instanceof SystemRequest.Restart why ? why.reason() : "";
                    endAll.accept("The device is being restarted by " + ticket.userName()
                            + (reason.isEmpty() ? "." : ": " + reason));
                }
            }
        };
    }

    /** On the disk before it happens, whether or not everything is logged; and afterwards, if nothing came of it. */
    private void restart(DeviceServices.Use use, Ticket ticket, String reason, Supplier<Operations> permitted)
            throws IOException, DeviceProblem, InterruptedException {
        List<String> command;
        try {
            command = RestartPolicy.load(folder).command();
        } catch (StateException e) {
            throw new DeviceProblem(Code.FAILED, String.valueOf(e.getMessage()));
        }
        events.keep(
                "device-restart",
                ticket.sid(),
                "by " + ticket.userName() + (reason.isEmpty() ? "" : ": " + reason),
                use.stream()::isOver);
        String text = String.join(" ", command);
        use.log().processStarted(text, System.getProperty("user.name", ""));
        if (!permitted.get().allows(Operations.POWER)) { // the log may have waited for room
            use.log().processEnded(text, 0, "not started");
            events.record("stream-refused", ticket.sid(), "not permitted: restart");
            throw new DeviceProblem(Code.NOT_PERMITTED, "This session may not do that, or not any more.");
        }
        String end = "still running";
        try {
            SystemService.execute(command);
            end = "0";
        } catch (DeviceProblem e) {
            end = e.text();
            events.record("device-restart-failed", ticket.sid(), end);
            throw e;
        } finally {
            use.log().processEnded(text, 0, end);
        }
    }

    private void start(
            DeviceServices.Use use,
            SystemRequest.Start start,
            Supplier<Operations> permitted,
            Predicate<Account> allowed)
            throws IOException, AccountException, StateException, InterruptedException {
        if (!permitted.get().allows(start.operation())) {
            use.stream().refuse("starting a program is not permitted");
            return;
        }
        Account account = account(use.account(), start);
        Launch launch = use.launcher().command(account, start.line(), start.folder());
        String text = start.line().text();
        use.log().processStarted(text, account.name());
        if (!permitted.get().allows(start.operation())) { // the log may have waited for room
            use.log().processEnded(text, 0, "not started");
            use.stream().refuse("starting a program is not permitted");
            return;
        }
        Watch watch = new Watch(use, () -> permitted.get().allows(start.operation()) && allowed.test(account));
        executor.execute(watch);
        String[] end = {"not started"};
        long[] pid = {0};
        try {
            new ProcessService(executor).run(use.stream(), launch, account, (number, exit) -> {
                pid[0] = number;
                end[0] = exit.map(ProcessExit::text).orElse("still running");
            });
        } finally {
            watch.end();
            use.log().processEnded(text, pid[0], end[0]);
        }
    }

    /** Another account is only for who has root's already: it is no more than that. */
    private Account account(Account own, SystemRequest.Start start) throws AccountException, StateException {
        Optional<String> other = start.account().filter(name -> !name.equals(own.name()));
        if (other.isEmpty()) {
            return own;
        }
        if (!own.isRoot()) {
            throw new AccountException(
                    "a session with the account " + own.name() + " cannot start something as " + "another one");
        }
        return accounts.resolve(other.get(), AgentPolicy.load(folder));
    }

    /** Ends a program whose right to be there has gone while other rights of the session keep the stream. */
    private static final class Watch implements Runnable {
        private final DeviceServices.Use use;
        private final BooleanSupplier permitted;
        // guarded by this
        private boolean over;

        Watch(DeviceServices.Use use, BooleanSupplier permitted) {
            this.use = use;
            this.permitted = permitted;
        }

        synchronized void end() {
            over = true;
            notifyAll();
        }

        @Override
        public synchronized void run() {
            try {
                while (!over && !use.stream().isOver()) {
                    wait(LOOK);
                    if (!over && !permitted.getAsBoolean()) {
                        use.stream().refuse("no longer permitted");
                        return;
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
