package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;

/** What a command does once its arguments are read. */
public interface Action {

    /** @return the exit code */
    int run(Surroundings around) throws CommandException;
}
