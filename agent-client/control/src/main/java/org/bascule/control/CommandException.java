package org.bascule.control;

import org.jspecify.annotations.Nullable;

/** A command cannot go on: one sentence for the user, and the exit code. */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;
    private final String problem;

    public CommandException(ExitCode exitCode, String message) {
        this(exitCode, message, (Throwable) null);
    }

    public CommandException(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.problem = "";
    }

    private CommandException(ExitCode exitCode, String message, String problem) {
        super(message);
        this.exitCode = exitCode;
        this.problem = problem;
    }

    /**
     * The access server refused.
     *
     * @param problem its code, such as {@code device-offline}
     */
    public static CommandException ofServer(ExitCode exitCode, String message, String problem) {
        return new CommandException(exitCode, message, problem);
    }

    /** The code of the access server's problem; empty if it was not the server that refused. */
    public String problem() {
        return problem;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
