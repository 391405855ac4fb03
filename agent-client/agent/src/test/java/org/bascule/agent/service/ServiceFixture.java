package org.bascule.agent.service;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.account.AccountException;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Runs services as the account of the tests, and, where that is root, as another one. */
final class ServiceFixture implements AutoCloseable {

    final ExecutorService executor = Executors.newCachedThreadPool();

    Account own() throws AccountException {
        return new AccountDirectory().own();
    }

    /** Another account, if the tests run as root. */
    Optional<Account> other() throws AccountException {
        return AccountDirectory.ownUid() == 0 ? new AccountDirectory().find("nobody") : Optional.empty();
    }

    private static Launcher launcher() throws AccountException {
        return new Launcher(AccountDirectory.ownUid(), Optional.of(TestShell.PLAIN));
    }

    Future<?> terminal(PipeStream stream, Account account) throws AccountException {
        Launch launch = launcher().loginShell(account);
        return executor.submit(() -> {
            new TerminalService(executor).run(stream, launch, account, new TerminalSize(80, 24), TerminalTap.NONE);
            return "over";
        });
    }

    Future<?> process(PipeStream stream, Account account, String arguments) throws AccountException, WireException {
        Launch launch = launcher()
                .command(
                        account,
                        CommandLine.parse(StrictJson.parse(arguments, 100_000).object()));
        return executor.submit(() -> {
            new ProcessService(executor).run(stream, launch, account, (pid, exit) -> {});
            return "over";
        });
    }

    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
