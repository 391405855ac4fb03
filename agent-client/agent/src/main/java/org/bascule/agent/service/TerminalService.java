package org.bascule.agent.service;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.pty4j.WinSize;
import com.pty4j.unix.UnixPtyProcess;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Executor;
import org.bascule.agent.account.Account;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.service.TerminalSize;
import org.bascule.wire.WireException;

/** A shell on a pseudo-terminal. Output leaves as soon as the terminal gives it, without gathering. */
public final class TerminalService {

    private static final System.Logger LOG = System.getLogger(TerminalService.class.getName());

    private static final int END_OF_TRANSMISSION = 4;

    private final Executor executor;

    /** @param executor a thread for each task */
    public TerminalService(Executor executor) {
        this.executor = executor;
    }

    /** Runs until the shell or the stream ends; blocks. */
    public void run(ServiceStream stream, Launch launch, Account account, TerminalSize size, TerminalTap tap)
            throws IOException, InterruptedException {
        PtyProcess process = start(launch, size);
        RunningService running = new RunningService(process, () -> hangUp(process));
        try {
            // before anything can close the terminal: its name may be another's then
            own(process, account);
            running.endWith(stream, executor);
            stream.onEvent(event -> resize(process, event, tap));
            stream.event(ProcessExit.openedEvent(account.name()));
            OutputPump output = new OutputPump(process.getInputStream(), (buffer, length) -> {
                tap.output(buffer, length);
                stream.write(buffer, 0, length);
            });
            executor.execute(() -> running.feed(stream, process.getOutputStream(), TerminalService::endOfFile));
            executor.execute(() -> running.watch(List.of(output)));
            output.run();
            stream.event(running.exit().toEvent());
            stream.close();
        } finally {
            running.stop();
        }
    }

    /** As if the user had typed it: a shell that waits for its next line ends. */
    private static void endOfFile(OutputStream input) throws IOException {
        input.write(END_OF_TRANSMISSION);
        input.flush();
    }

    private static PtyProcess start(Launch launch, TerminalSize size) throws IOException {
        return new PtyProcessBuilder(launch.command().toArray(String[]::new))
                .setEnvironment(launch.environment())
                .setDirectory(launch.directory().toString())
                .setInitialColumns(size.columns())
                .setInitialRows(size.rows())
                .start();
    }

    /** The terminal belongs to the account, as after a login, so that programmes can open it by its name. */
    private static void own(PtyProcess process, Account account) {
        if (!(process instanceof UnixPtyProcess unix)) {
            return;
        }
        String slave = unix.getPty().getSlaveName();
        try {
            Path terminal = Path.of(slave);
            if (slave.startsWith("/dev/pts/")) {
                Files.setPosixFilePermissions(terminal, PosixFilePermissions.fromString("rw-------"));
                Files.setAttribute(terminal, "unix:uid", (int) account.uid());
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "{0} stays with the agent''s account: {1}", slave, e.getMessage());
        }
    }

    private static void resize(PtyProcess process, JsonObject event, TerminalTap tap) {
        try {
            TerminalSize.parseResizeEvent(event).ifPresent(size -> {
                process.setWinSize(windowSize(size));
                tap.resized(size);
            });
        } catch (WireException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a resize was ignored: {0}", e.getMessage());
        }
    }

    private static WinSize windowSize(TerminalSize size) {
        return new WinSize(size.columns(), size.rows());
    }

    private static void hangUp(PtyProcess process) {
        if (process instanceof UnixPtyProcess unix) {
            if (process.isAlive()) {
                unix.hangup();
            }
            try {
                unix.getPty().close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing a terminal: {0}", e.getMessage());
            }
        }
    }
}
