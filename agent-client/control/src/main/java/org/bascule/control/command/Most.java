package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import picocli.CommandLine.Option;

/** How much of a list is wanted. */
final class Most {

    @Option(names = "--most", paramLabel = "N", description = "so many rows at most (default: all)")
    private int most = Integer.MAX_VALUE;

    int number() throws CommandException {
        if (most < 1) {
            throw new CommandException(ExitCode.USAGE, "--most is a number above 0");
        }
        return most;
    }
}
