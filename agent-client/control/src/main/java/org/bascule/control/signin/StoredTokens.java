package org.bascule.control.signin;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.server.Http;
import org.bascule.control.server.TokenSource;

/** Tokens of a sign-in, renewed shortly before they expire and kept for the next command. */
final class StoredTokens implements TokenSource {

    private static final Duration MARGIN = Duration.ofSeconds(20);

    private final Http http;
    private final SignInFile file;
    private final Surroundings around;
    private SignIn signIn;

    StoredTokens(Http http, SignInFile file, Surroundings around, SignIn signIn) {
        this.http = http;
        this.file = file;
        this.around = around;
        this.signIn = signIn;
    }

    @Override
    public synchronized String domain() {
        return signIn.domain();
    }

    @Override
    public synchronized String token() throws CommandException {
        if (around.clock().instant().plus(MARGIN).isBefore(signIn.expires())) {
            return signIn.accessToken();
        }
        return renewed(signIn.accessToken());
    }

    @Override
    public synchronized String renewed(String refused) throws CommandException {
        // another command may have done it in the meantime
        Optional<SignIn> present = file.read();
        if (present.isPresent()
                && !present.get().accessToken().equals(refused)
                && present.get().expires().isAfter(around.clock().instant().plus(MARGIN))) {
            signIn = present.get();
            return signIn.accessToken();
        }
        String refreshToken = signIn.refreshToken().orElseThrow(StoredTokens::over);
        AuthorizationServer server = AuthorizationServer.discover(http, signIn.issuer(), signIn.clientId());
        Instant now = around.clock().instant();
        signIn = signIn.with(server.refresh(refreshToken, now).tokens().orElseThrow(StoredTokens::over));
        file.write(signIn);
        return signIn.accessToken();
    }

    private static CommandException over() {
        return new CommandException(ExitCode.NOT_SIGNED_IN, "your sign-in is over: run 'bascule login' again");
    }
}
