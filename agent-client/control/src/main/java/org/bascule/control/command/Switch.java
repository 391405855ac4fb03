package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;

/** {@code on} and {@code off} on the command line. */
final class Switch {

    private Switch() {}

    /** @param what the option or argument, for the sentence that refuses anything else */
    static boolean parse(String what, String text) throws CommandException {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new CommandException(ExitCode.USAGE, what + " is on or off, not " + Printable.of(text));
        };
    }
}
