package org.bascule.agent.vnc;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.consent.InputHold;
import org.bascule.agent.desktop.BannerRows;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopService;
import org.bascule.agent.desktop.Room;
import org.bascule.agent.forward.Reach;
import org.bascule.agent.log.SessionLog;
import org.bascule.agent.service.Launcher;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DesktopRequest;
import org.bascule.session.service.VncRequest;

/** The service {@code desktop} with a VNC server as its source ({@code docs/protocol/vnc.md}). One for the whole agent. */
public final class VncService {

    /** At once on this device. */
    static final int MAX_USES = 8;
    /** Of these, by one session. */
    static final int MAX_OF_SESSION = 4;

    private final Reach reach;
    private final StateFolder folder;
    private final Executor executor;
    private final InputHold hold;
    private final BannerRows rows;
    private final Room room = new Room(
            MAX_USES,
            MAX_OF_SESSION,
            "Too many people use VNC servers through this device. Wait until one of them has ended.");

    /**
     * For those who work; those who watch have another one, so that they take no room from them.
     *
     * @param executor a thread for each task
     * @param hold while somebody at the device is asked
     * @param rows of this device's banners
     */
    public VncService(Reach reach, StateFolder folder, Executor executor, InputHold hold, BannerRows rows) {
        this.hold = hold;
        this.rows = rows;
        this.reach = reach;
        this.folder = folder;
        this.executor = executor;
    }

    /**
     * What a stream runs with.
     *
     * @param where the display of the device that shows the banner, if there is one
     * @param asks whether whoever is there knows the server's password
     */
    public record Use(
            ServiceStream stream,
            DesktopRequest request,
            DesktopService.Where where,
            Launcher launcher,
            DesktopService.Caller caller,
            SessionLog log,
            boolean asks,
            Follower follower) {}

    /** Told how a stream goes; must not block. */
    @FunctionalInterface
    public interface Follower {

        /** Where a connection leads, before it is made. */
        void opened(String detail);

        /**
         * The screen is shown.
         *
         * @param server with the password that it took, if it wanted one
         */
        default void shown(VncRequest server) {}

        /** The server has ended the connection. */
        default void endedByServer() {}
    }

    /** Runs until the stream is over; blocks. */
    public void run(Use use) throws IOException, InterruptedException, AccountException, StateException {
        boolean entered = false;
        try {
            room.enter(use.caller().sid());
            entered = true;
            new VncUse(use, reach, folder, executor, hold, rows).run();
        } catch (DesktopProblem e) {
            try {
                use.stream().event(e.toEvent());
            } finally {
                use.stream().fail(String.valueOf(e.getMessage()));
            }
        } finally {
            if (entered) {
                room.leave(use.caller().sid());
            }
        }
    }
}
