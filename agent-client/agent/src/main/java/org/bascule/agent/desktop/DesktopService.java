package org.bascule.agent.desktop;

import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.desktop.DesktopProblem.Code;
import org.bascule.agent.display.Display;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.state.StateException;
import org.bascule.session.service.DesktopRequest;
import org.bascule.wire.Operations;

/** The service {@code desktop} ({@code docs/protocol/desktop.md}): each stream shows one display through a process of its own, with the rights of the account whose display it is. One for the whole agent. */
public final class DesktopService {

    /** At once on this device: each costs memory and looks at the whole screen. */
    static final int MAX_HELPERS = 4;

    private final Executor executor;
    private final InputHold hold;
    private final List<String> programme;
    private final int firstRow;
    // guarded by this
    private final BitSet rows = new BitSet(MAX_HELPERS);

    /**
     * @param executor a thread for each task
     * @param hold while somebody at the device is asked
     */
    public DesktopService(Executor executor, InputHold hold) {
        this(executor, hold, Helper.programme(), 0);
    }

    /** For those who watch: they take no room from those who work, and their banners are below the others'. */
    public static DesktopService forWatchers(Executor executor, InputHold hold) {
        return new DesktopService(executor, hold, Helper.programme(), MAX_HELPERS);
    }

    /** The same with another programme that shows the display: for tests. */
    DesktopService(Executor executor, InputHold hold, List<String> programme, int firstRow) {
        this.firstRow = firstRow;
        this.executor = executor;
        this.hold = hold;
        this.programme = List.copyOf(programme);
    }

    /**
     * Who asks.
     *
     * @param user name for people at the device: text from outside
     * @param permitted what the session may do, asked again and again
     * @param end ends the session because the person at the device wants it; told who that was
     */
    public record Caller(String user, Supplier<Operations> permitted, Consumer<String> end) {}

    /** Finds the display. */
    @FunctionalInterface
    public interface Where {
        Display display() throws DesktopProblem, AccountException, StateException;
    }

    /** Runs until the stream is over; blocks. */
    public void run(
            ServiceStream stream, DesktopRequest request, Where where, Launcher launcher, Caller caller, SessionLog log)
            throws IOException, InterruptedException, AccountException, StateException {
        int row = enter();
        try {
            if (row < 0) {
                throw new DesktopProblem(
                        Code.FAILED,
                        "Too many people look at this device's display. Wait until one of them has ended.");
            }
            new DesktopUse(stream, request, where.display(), firstRow + row, caller, log, executor, hold)
                    .run(launcher, programme);
        } catch (DesktopProblem e) {
            try {
                stream.event(e.toEvent());
            } finally {
                stream.fail(String.valueOf(e.getMessage()));
            }
        } finally {
            exit(row);
        }
    }

    /** The row of the banner, so that none covers another; negative if there is no room. */
    private synchronized int enter() {
        int row = rows.nextClearBit(0);
        if (row >= MAX_HELPERS) {
            return -1;
        }
        rows.set(row);
        return row;
    }

    private synchronized void exit(int row) {
        if (row >= 0) {
            rows.clear(row);
        }
    }
}
