package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.RemoteSystem;
import org.bascule.control.signin.Account;
import org.bascule.session.service.DeviceProblem;
import org.bascule.wire.Operations;

/** A session for processes, information and restart of a device. */
final class SystemSession {

    private SystemSession() {}

    /** What is done in one. */
    @FunctionalInterface
    interface Work {
        void run(RemoteSystem system) throws CommandException, DeviceProblem;
    }

    /** Opens a session, works in it, ends it; what the device could not do gets an exit code. */
    static int run(Surroundings around, String device, Operations operations, SessionReason reason, Work work)
            throws CommandException {
        try (DeviceSession session =
                DeviceSession.open(new Account(around).server(), around, device, operations, reason.text())) {
            session.unverified(System.console() != null).ifPresent(around::warn);
            session.comment(reason.comment());
            work.run(new RemoteSystem(session));
            return ExitCode.OK.code();
        } catch (DeviceProblem e) {
            throw new CommandException(ExitCode.of(e.code()), Printable.of(e.text()), e);
        }
    }
}
