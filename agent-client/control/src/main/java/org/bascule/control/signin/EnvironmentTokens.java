package org.bascule.control.signin;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.server.Http;
import org.bascule.control.server.TokenSource;
import org.bascule.wire.B64;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The token of {@code BASCULE_TOKEN}, for automation: an access token is used as it is, an offline or refresh token is exchanged at the
 * server that issued it.
 */
final class EnvironmentTokens implements TokenSource {

    static final String CLIENT = "bascule-cli";
    private static final Set<String> EXCHANGED = Set.of("Offline", "Refresh");
    private static final int MAX_CLAIMS = 64 * 1_024;

    private final Http http;
    private final Surroundings around;
    private final String given;
    private @Nullable String access;

    EnvironmentTokens(Http http, Surroundings around, String given) {
        this.http = http;
        this.around = around;
        this.given = given.strip();
    }

    /** The realm that issued the token. */
    @Override
    public String domain() {
        return claim("iss").orElse("");
    }

    @Override
    public synchronized String token() throws CommandException {
        String known = access;
        if (known == null) {
            Optional<String> issuer = issuerToExchangeAt();
            known = issuer.isPresent() ? exchange(issuer.get()) : given;
            access = known;
        }
        return known;
    }

    @Override
    public synchronized String renewed(String refused) throws CommandException {
        Optional<String> issuer = issuerToExchangeAt();
        if (issuer.isEmpty()) {
            throw new CommandException(
                    ExitCode.NOT_SIGNED_IN, "the token in " + Surroundings.TOKEN + " is not accepted, or not any more");
        }
        String fresh = exchange(issuer.get());
        access = fresh;
        return fresh;
    }

    /** The issuer of an offline or refresh token; empty for everything else. */
    private Optional<String> issuerToExchangeAt() {
        return claim("typ").filter(EXCHANGED::contains).flatMap(type -> claim("iss"));
    }

    private Optional<String> claim(String name) {
        String[] parts = given.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            StrictJson claims = StrictJson.parse(new String(B64.decode(parts[1]), StandardCharsets.UTF_8), MAX_CLAIMS);
            return claims.optionalString(name, 1_000);
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    private String exchange(String issuer) throws CommandException {
        AuthorizationServer server = AuthorizationServer.discover(http, issuer, CLIENT);
        return server.refresh(given, around.clock().instant())
                .tokens()
                .map(AuthorizationServer.Tokens::accessToken)
                .orElseThrow(() -> new CommandException(
                        ExitCode.NOT_SIGNED_IN,
                        "the token in " + Surroundings.TOKEN + " is not accepted, or not any more"));
    }
}
