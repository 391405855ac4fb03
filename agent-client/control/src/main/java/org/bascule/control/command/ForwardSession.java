package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.ClosingComment;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.server.AccessServer;
import org.bascule.wire.Operations;

/** A session for connections: nobody can be asked at its end, which is an interrupt. */
final class ForwardSession implements AutoCloseable {

    private final DeviceSession session;
    private final Thread interrupted;

    private ForwardSession(DeviceSession session) {
        this.session = session;
        this.interrupted = new Thread(session::close, "bascule-interrupted");
    }

    /** @param device uid */
    static ForwardSession open(
            AccessServer server, Surroundings around, String device, Operations operations, SessionReason reason)
            throws CommandException {
        ClosingComment.of(server, reason.comment(), false);
        DeviceSession session = DeviceSession.open(server, around, device, operations, reason.text());
        session.unverified(System.console() != null).ifPresent(around::warn);
        session.comment(reason.comment());
        ForwardSession opened = new ForwardSession(session);
        Runtime.getRuntime().addShutdownHook(opened.interrupted);
        return opened;
    }

    DeviceSession session() {
        return session;
    }

    /** Until the session is ended by somebody else. */
    CommandException awaitEnd() throws CommandException {
        try {
            return session.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(org.bascule.control.ExitCode.CONNECTION, "interrupted", e);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(interrupted);
            session.close();
        } catch (IllegalStateException e) {
            // the process ends, and the hook closes it
        }
    }
}
