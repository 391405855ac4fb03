package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import picocli.CommandLine.Mixin;

/** A command that asks the access server and answers as text or, with {@code --json}, as the API does. */
abstract class ServerAction implements Action {

    @Mixin
    private Output output = new Output();

    @Override
    public final int run(Surroundings around) throws CommandException {
        return run(new Desk(around, new Account(around).server(), output));
    }

    /** @return the exit code */
    abstract int run(Desk desk) throws CommandException;
}
