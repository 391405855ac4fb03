package org.bascule.control.command;

import java.nio.file.Path;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "login",
        header = "Sign in: the code shown is confirmed in a browser.",
        description = "Tokens are kept in the configuration folder, readable by you alone, and renewed by themselves.")
final class Login implements Action {

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            defaultValue = "${env:BASCULE_URL}",
            description = "the access server (default: BASCULE_URL)")
    private String url = "";

    @Option(names = "--domain", required = true, paramLabel = "NAME", description = "your domain")
    private String domain = "";

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM file with one more CA to trust (default: BASCULE_CA)")
    private @Nullable Path ca;

    @Override
    public int run(Surroundings around) throws CommandException {
        new Account(around).login(url, domain, Optional.ofNullable(ca), around::warn);
        around.warn("Signed in.");
        return ExitCode.OK.code();
    }
}
