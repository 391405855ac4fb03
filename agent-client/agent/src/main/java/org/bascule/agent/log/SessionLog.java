package org.bascule.agent.log;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.bascule.agent.events.EventLog;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.LoggedAction;

/**
 * Records what the tools of a session do, if its ticket demands it; otherwise every call does nothing. Thread-safe.
 *
 * <p>What throws {@link IOException} is to be called before the effect, and without it there must be none: it may block for as long as {@link EventLog#KEEP_WITHIN} when the
 * server has not taken what is kept here already, so it is not for a thread that must not block. What is over is recorded without waiting, in room that is left for it.
 */
public final class SessionLog {

    /** Which way something goes. */
    public enum Direction {
        TO_DEVICE("to-device"),
        FROM_DEVICE("from-device"),
        DELETE("delete"),
        RENAME("rename"),
        EDIT("edit"),
        MKDIR("mkdir");

        private final String text;

        Direction(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    private final EventLog events;
    private final SessionId sid;
    private final BooleanSupplier full;
    private final BooleanSupplier over;

    /**
     * @param full whether everything is to be recorded now; a newer ticket may change it
     * @param over whether nobody waits for the action any more, because stream or session have ended
     */
    public SessionLog(EventLog events, SessionId sid, BooleanSupplier full, BooleanSupplier over) {
        this.events = events;
        this.sid = sid;
        this.full = full;
        this.over = over;
    }

    /** Whether anything is recorded: so that nobody calculates what is not needed. */
    public boolean isFull() {
        return full.getAsBoolean();
    }

    /**
     * A tool is about to begin.
     *
     * @param tool the operation's name
     * @param mode how it is used, such as {@code view}; may be empty
     * @param account what it runs as; may be empty
     */
    public void toolStarted(String tool, String mode, String account) throws IOException {
        before(
                LoggedAction.TOOL_STARTED,
                new ActionDetail().with("tool", tool).with("mode", mode).with("account", account));
    }

    /** A tool is over, or ends this mode. */
    public void toolEnded(String tool, String mode) {
        after(LoggedAction.TOOL_ENDED, new ActionDetail().with("tool", tool).with("mode", mode));
    }

    /** Something is about to be executed. Its number is told at its end: it must not run before this is on the disk. */
    public void processStarted(String command, String account) throws IOException {
        before(
                LoggedAction.PROCESS_STARTED,
                new ActionDetail().with("command", command).with("account", account));
    }

    /**
     * What was executed is over.
     *
     * @param pid 0 if it never ran
     * @param exit its code, or {@code signal 9}
     */
    public void processEnded(String command, long pid, String exit) {
        after(
                LoggedAction.PROCESS_ENDED,
                new ActionDetail().with("command", command).with("pid", pid).with("exit", exit));
    }

    /** A process of the device is about to get a signal. */
    public void processKilled(long pid, int signal, String command) throws IOException {
        before(
                LoggedAction.PROCESS_KILLED,
                new ActionDetail().with("pid", pid).with("signal", signal).with("command", command));
    }

    /**
     * A file is about to leave, without a check sum; or it is complete and about to be put in place, or to be told complete to the client, or to be changed.
     *
     * @param path as people read it; hostile text
     * @param size in bytes
     * @param sha256 in hex; empty where there is none
     */
    public void file(Direction direction, String path, long size, String sha256) throws IOException {
        before(
                LoggedAction.FILE,
                new ActionDetail()
                        .with("direction", direction.text())
                        .with("path", path)
                        .with("sha256", sha256)
                        .with("size", size));
    }

    /**
     * What was about to leave has not come to its end.
     *
     * @param path as people read it; hostile text
     * @param sent bytes that may have arrived
     */
    public void fileBroken(String path, long size, long sent) {
        after(
                LoggedAction.FILE,
                new ActionDetail()
                        .with("direction", Direction.FROM_DEVICE.text())
                        .with("path", path)
                        .with("size", size)
                        .with("bytesOut", sent));
    }

    /** A forwarded connection is over; the tool itself says when it begins. */
    public void forward(String host, int port, long bytesIn, long bytesOut) {
        after(
                LoggedAction.FORWARD,
                new ActionDetail()
                        .with("host", host)
                        .with("port", port)
                        .with("bytesIn", bytesIn)
                        .with("bytesOut", bytesOut));
    }

    /**
     * Something is about to be put on a clipboard; never what.
     *
     * @param length in characters
     */
    public void clipboard(Direction direction, long length) throws IOException {
        before(
                LoggedAction.CLIPBOARD,
                new ActionDetail().with("direction", direction.text()).with("length", length));
    }

    /**
     * A message of a chat is about to be shown; never what it says.
     *
     * @param length in characters
     * @param who wrote it
     */
    public void chat(Direction direction, long length, String who) throws IOException {
        before(
                LoggedAction.CHAT,
                new ActionDetail()
                        .with("direction", direction.text())
                        .with("who", who)
                        .with("length", length));
    }

    private void before(LoggedAction action, ActionDetail detail) throws IOException {
        if (isFull()) {
            events.keep(action.code(), sid, detail.toString(), over);
        }
    }

    private void after(LoggedAction action, ActionDetail detail) {
        if (isFull()) {
            events.recordEnd(action.code(), sid, detail.toString());
        }
    }
}
