package org.bascule.control.command;

import java.nio.file.Path;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.signin.Account;
import org.bascule.control.signin.Browser;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "login",
        header = "Sign in with the browser of this machine, or by a code that is confirmed in a browser anywhere.",
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

    @ArgGroup
    private @Nullable Way way;

    /** One of them, or what suits this machine. */
    static final class Way {

        @Option(names = "--browser", description = "in the browser of this machine")
        private boolean browser;

        @Option(
                names = "--device",
                description =
                        "by a code that is confirmed in a browser anywhere (default without a desktop, or over ssh)")
        private boolean device;
    }

    @Override
    public int run(Surroundings around) throws CommandException {
        boolean here =
                way == null ? Browser.isHere(around.environment(), System.getProperty("os.name", "")) : way.browser;
        Account account = new Account(around);
        if (here) {
            account.loginHere(url, domain, Optional.ofNullable(ca), page -> {
                boolean opened = Browser.open(page);
                around.warn((opened ? "Your browser opens " : "Open in a browser of this machine: ") + page);
            });
        } else {
            account.login(url, domain, Optional.ofNullable(ca), around::warn);
        }
        around.warn("Signed in.");
        return ExitCode.OK.code();
    }
}
