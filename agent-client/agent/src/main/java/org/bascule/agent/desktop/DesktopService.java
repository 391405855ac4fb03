package org.bascule.agent.desktop;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.display.Display;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.state.StateException;
import org.bascule.session.service.DesktopRequest;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;

/** The service {@code desktop} ({@code docs/protocol/desktop.md}): each stream shows one display through a process of its own, with the rights of the account whose display it is. One for the whole agent. */
public final class DesktopService {

    /** At once on this device: each costs memory and looks at the whole screen. */
    static final int MAX_HELPERS = 4;

    /** Of these, by one session. */
    static final int MAX_OF_SESSION = 2;

    private final Executor executor;
    private final InputHold hold;
    private final BannerRows rows;
    private final List<String> programme;
    private final Room room = new Room(
            MAX_HELPERS,
            MAX_OF_SESSION,
            "Too many people look at this device's display. Wait until one of them has ended.");

    /**
     * For those who work; those who watch have another one, so that they take no room from them.
     *
     * @param executor a thread for each task
     * @param hold while somebody at the device is asked
     * @param rows of this device's banners
     */
    public DesktopService(Executor executor, InputHold hold, BannerRows rows) {
        this(executor, hold, rows, Helper.programme());
    }

    /** The same with another programme that shows the display: for tests. */
    DesktopService(Executor executor, InputHold hold, BannerRows rows, List<String> programme) {
        this.executor = executor;
        this.hold = hold;
        this.rows = rows;
        this.programme = List.copyOf(programme);
    }

    /**
     * Who asks.
     *
     * @param sid his session
     * @param user name for people at the device: text from outside
     * @param permitted what the session may do, asked again and again
     * @param end ends the session because the person at the device wants it; told who that was
     */
    public record Caller(SessionId sid, String user, Supplier<Operations> permitted, Consumer<String> end) {}

    /** Finds the display. */
    @FunctionalInterface
    public interface Where {
        Display display() throws DesktopProblem, AccountException, StateException;
    }

    /** Runs until the stream is over; blocks. */
    public void run(
            ServiceStream stream, DesktopRequest request, Where where, Launcher launcher, Caller caller, SessionLog log)
            throws IOException, InterruptedException, AccountException, StateException {
        boolean entered = false;
        try {
            room.enter(caller.sid());
            entered = true;
            Display display = where.display();
            try (BannerRows.Row row = rows.take(display.name())) {
                new DesktopUse(stream, request, display, row.number(), caller, log, executor, hold)
                        .run(launcher, programme);
            }
        } catch (DesktopProblem e) {
            try {
                stream.event(e.toEvent());
            } finally {
                stream.fail(String.valueOf(e.getMessage()));
            }
        } finally {
            if (entered) {
                room.leave(caller.sid());
            }
        }
    }
}
