package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import picocli.CommandLine.Command;

@Command(name = "logout", header = "Forget the sign-in, here and at the server.")
final class Logout implements Action {

    @Override
    public int run(Surroundings around) throws CommandException {
        around.warn(new Account(around).logout() ? "Signed out." : "You were not signed in.");
        return ExitCode.OK.code();
    }
}
