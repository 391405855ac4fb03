package org.bascule.control.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether somebody has read the words of a key at the machine that has it. There is no answer in advance without them. */
final class ComparedWords {

    @Option(
            names = "--words",
            paramLabel = "WORDS",
            description = "the words that were read at the machine; without them you are asked")
    private @Nullable String words;

    /**
     * Goes on if the words are the same; without words they are shown, and somebody says so.
     *
     * @param found what the server says
     */
    void require(Desk desk, List<String> found, String question) throws CommandException {
        String read = words;
        if (read == null) {
            desk.around().warn("Words of its key: " + Printable.of(String.join(" ", found)));
            Output.confirm(desk.around(), question, "give --words");
            return;
        }
        requireSame(read, found);
    }

    /**
     * Goes on if the words are the same; without words they are asked for, and never shown.
     *
     * @param found what the server says
     */
    void requireTyped(Desk desk, List<String> found, String question) throws CommandException {
        String read = words;
        if (read == null) {
            desk.around().warn(question + " Type its words:");
            read = Output.line(desk.around());
            if (read.isBlank()) {
                throw new CommandException(ExitCode.NOT_CONFIRMED, "nothing was done: type the words, or give --words");
            }
        }
        requireSame(read, found);
    }

    private static void requireSame(String read, List<String> found) throws CommandException {
        if (found.isEmpty() || !split(read).equals(split(String.join(" ", found)))) {
            throw new CommandException(
                    ExitCode.SECURITY, "nothing was done: these are not the words of the key that the server knows");
        }
    }

    private static List<String> split(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
