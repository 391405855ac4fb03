package org.bascule.control.remote;

import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;

/** What was done in a session, where the domain asks whoever ends one of his own ({@code commentRequired}). */
public final class ClosingComment {

    /** Characters, as the access server has it. */
    static final int MAX = 1_000;

    private final Optional<String> given;
    private final boolean asks;

    private ClosingComment(Optional<String> given, boolean asks) {
        this.given = given;
        this.asks = asks;
    }

    /**
     * Decides before the session is opened: when it turns out that nobody can be asked, nothing has been done yet.
     *
     * @param given what was said on the command line
     * @param terminal whether somebody can be asked
     * @throws CommandException {@code USAGE} if a comment is needed and there is none
     */
    public static ClosingComment of(AccessServer server, Optional<String> given, boolean terminal)
            throws CommandException {
        if (given.isPresent()) {
            return new ClosingComment(Optional.of(checked(given.get())), false);
        }
        boolean required = server.commentRequired();
        if (required && !terminal) {
            throw new CommandException(
                    ExitCode.USAGE, "your domain asks what is done in a session: say it with --comment TEXT");
        }
        return new ClosingComment(Optional.empty(), required);
    }

    private static String checked(String text) throws CommandException {
        String comment = text.strip();
        if (comment.isEmpty() || comment.length() > MAX) {
            throw new CommandException(ExitCode.USAGE, "a comment has 1 to 1,000 characters");
        }
        return comment;
    }

    /** What was given, or the answer to a question; empty if none is needed, or the input ended without one. */
    public Optional<String> take(Surroundings around, LocalInput input) throws CommandException {
        return take(around, (Lines) input::line);
    }

    /** Where an answer is typed. */
    public interface Lines {
        /** Empty at the end of the input. */
        Optional<String> line() throws InterruptedException;
    }

    /** The same with what is typed elsewhere. */
    public Optional<String> take(Surroundings around, Lines input) throws CommandException {
        if (!asks) {
            return given;
        }
        try {
            return ask(around, input);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
        }
    }

    private static Optional<String> ask(Surroundings around, Lines input) throws InterruptedException {
        around.warn("Your domain asks what was done in this session (one line, 1 to 1,000 characters):");
        while (true) {
            Optional<String> line = input.line();
            if (line.isEmpty()) {
                around.warn("No comment was given. Add it in the web application.");
                return line;
            }
            String comment = line.get();
            if (!comment.isEmpty() && comment.length() <= MAX) {
                return line;
            }
            around.warn("A comment has 1 to 1,000 characters. What was done?");
        }
    }
}
