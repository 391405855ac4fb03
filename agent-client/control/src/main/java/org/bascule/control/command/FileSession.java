package org.bascule.control.command;

import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.RemoteFiles;
import org.bascule.control.signin.Account;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Operations;

/** A session for the files of a device. */
final class FileSession implements AutoCloseable {

    private final DeviceSession session;
    private final RemoteFiles files;

    private FileSession(DeviceSession session) {
        this.session = session;
        this.files = new RemoteFiles(session);
    }

    static FileSession open(Surroundings around, String device, Operations operations, SessionReason reason)
            throws CommandException {
        DeviceSession session =
                DeviceSession.open(new Account(around).server(), around, device, operations, reason.text());
        session.unverified(System.console() != null).ifPresent(around::warn);
        session.comment(reason.comment());
        return new FileSession(session);
    }

    RemoteFiles files() {
        return files;
    }

    /** What was typed: as it is, or below the first folder of the device. */
    FilePath path(String typed) throws CommandException {
        try {
            if (typed.startsWith("/")) {
                return FilePath.ofText(typed);
            }
            List<FilePath> roots = files.roots();
            if (roots.isEmpty()) {
                throw new CommandException(ExitCode.REFUSED, "the owner of the device has opened no folder for this");
            }
            String below = typed.equals("~") ? "" : typed.startsWith("~/") ? typed.substring(2) : typed;
            return FilePath.ofText(roots.get(0).text() + "/" + below);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        } catch (DeviceProblem e) {
            throw failure(typed, e);
        }
    }

    /** An exit code for what the device could not do. */
    static CommandException failure(String path, DeviceProblem problem) {
        return new CommandException(
                ExitCode.of(problem.code()), Printable.of(path) + ": " + Printable.of(problem.text()), problem);
    }

    @Override
    public void close() {
        session.close();
    }
}
