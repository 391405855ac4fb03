package org.bascule.control.command;

import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.RemoteFiles;
import org.bascule.control.signin.Account;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileProblem;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A session for the files of a device. */
final class FileSession implements AutoCloseable {

    /** Why somebody is there. */
    static final class Reason {
        @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the log of the device's owner")
        private @Nullable String text;

        @Option(names = "--comment", paramLabel = "TEXT", description = "what is done, for the log")
        private @Nullable String comment;

        Optional<String> text() {
            return Optional.ofNullable(text);
        }

        Optional<String> comment() {
            return Optional.ofNullable(comment);
        }
    }

    private final DeviceSession session;
    private final RemoteFiles files;

    private FileSession(DeviceSession session) {
        this.session = session;
        this.files = new RemoteFiles(session);
    }

    static FileSession open(Surroundings around, String device, Operations operations, Reason reason)
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
        } catch (FileProblem e) {
            throw failure(typed, e);
        }
    }

    /** An exit code for what the device could not do. */
    static CommandException failure(String path, FileProblem problem) {
        ExitCode code =
                switch (problem.code()) {
                    case NOT_FOUND, DENIED, NOT_PERMITTED, OUTSIDE, READ_ONLY -> ExitCode.REFUSED;
                    case EXISTS, NOT_EMPTY, CHANGED, NOT_A_FILE, NOT_A_FOLDER -> ExitCode.CONFLICT;
                    default -> ExitCode.FAILED;
                };
        return new CommandException(code, Printable.of(path) + ": " + Printable.of(problem.text()), problem);
    }

    @Override
    public void close() {
        session.close();
    }
}
