package org.bascule.control.signin;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Http;
import org.bascule.control.server.ServerUrl;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Signs in and out, and gives the access server to whoever is signed in. */
public final class Account {

    /** For a first login: a new password, a second factor. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Surroundings around;
    private final SignInFile file;
    private final Pause pause;

    /** Waits between two questions to the token endpoint. */
    @FunctionalInterface
    public interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    public Account(Surroundings around) {
        this(around, time -> Thread.sleep(time.toMillis()));
    }

    /** With another way to wait: for tests. */
    public Account(Surroundings around, Pause pause) {
        this.around = around;
        this.file = new SignInFile(around);
        this.pause = pause;
    }

    /**
     * The access server, with the token of the environment or of the last sign-in.
     *
     * @throws CommandException with {@link ExitCode#NOT_SIGNED_IN} if there is neither
     */
    public AccessServer server() throws CommandException {
        Optional<String> token = around.variable(Surroundings.TOKEN);
        Optional<String> url = around.variable(Surroundings.URL);
        if (token.isPresent()) {
            String server = url.orElseThrow(() -> new CommandException(
                    ExitCode.USAGE, Surroundings.TOKEN + " is set, but " + Surroundings.URL + " is not"));
            Http http = Http.trusting(Http.caOf(around), around);
            return new AccessServer(http, ServerUrl.parse(server), new EnvironmentTokens(http, around, token.get()));
        }
        SignIn signIn = file.read()
                .orElseThrow(() -> new CommandException(
                        ExitCode.NOT_SIGNED_IN, "you are not signed in: run 'bascule login --url URL --domain NAME'"));
        URI base = ServerUrl.parse(signIn.url());
        if (url.isPresent() && !ServerUrl.parse(url.get()).equals(base)) {
            throw new CommandException(
                    ExitCode.NOT_SIGNED_IN,
                    "you are signed in at " + Printable.of(signIn.url()) + ", not at the server in "
                            + Surroundings.URL);
        }
        Http http = Http.trusting(Http.caOf(around).or(() -> signIn.ca().map(Path::of)), around);
        return new AccessServer(http, base, new StoredTokens(http, file, around, signIn));
    }

    /**
     * Signs in by the device grant: the user confirms in a browser, anywhere.
     *
     * @param ask told what the user has to do
     */
    public void login(String url, String domain, Optional<Path> ca, Consumer<String> ask) throws CommandException {
        signIn(url, domain, ca, server -> grant(server, ask));
    }

    /**
     * Signs in with the browser of this machine, which comes back to a port of it.
     *
     * @param browser told where the person signs in
     */
    public void loginHere(String url, String domain, Optional<Path> ca, Consumer<URI> browser) throws CommandException {
        signIn(url, domain, ca, server -> {
            LoopbackLogin.Answer answer = new LoopbackLogin(server, PATIENCE).await(browser);
            AuthorizationServer.Outcome outcome =
                    server.redeem(answer, around.clock().instant());
            return outcome.tokens()
                    .orElseThrow(() -> new CommandException(
                            ExitCode.NOT_SIGNED_IN, "signing in failed: " + Printable.of(outcome.error())));
        });
    }

    /** A way to get tokens of a realm. */
    @FunctionalInterface
    private interface Way {
        AuthorizationServer.Tokens tokens(AuthorizationServer server) throws CommandException;
    }

    private void signIn(String url, String domain, Optional<Path> ca, Way way) throws CommandException {
        URI base = ServerUrl.parse(url);
        Optional<Path> trusted = ca.map(Path::toAbsolutePath).or(() -> Http.caOf(around));
        Http http = Http.trusting(trusted, around);
        StrictJson realm = realmOf(http, base, domain);
        String issuer = text(realm, "authorizationServer");
        String client = text(realm, "clientId");
        AuthorizationServer server = AuthorizationServer.discover(http, issuer, client);
        AuthorizationServer.Tokens tokens = way.tokens(server);
        file.write(new SignIn(
                base.toString(),
                domain,
                issuer,
                client,
                trusted.map(Path::toString),
                tokens.accessToken(),
                tokens.expires(),
                tokens.refreshToken()));
    }

    private static StrictJson realmOf(Http http, URI base, String domain) throws CommandException {
        Http.Answer answer =
                http.get(URI.create(base + "/api/sign-in?domain=" + Http.encode(domain)), Optional.empty());
        if (answer.status() == 404) {
            throw new CommandException(
                    ExitCode.REFUSED, "there is no domain '" + Printable.of(domain) + "' at " + base);
        }
        if (!answer.isOk()) {
            throw new CommandException(ExitCode.CONNECTION, base + " answered with status " + answer.status());
        }
        try {
            return StrictJson.parse(answer.body(), 64 * 1_024);
        } catch (WireException e) {
            throw new CommandException(ExitCode.FAILED, base + " is not an access server", e);
        }
    }

    private static String text(StrictJson json, String name) throws CommandException {
        try {
            return json.string(name, 1_000);
        } catch (WireException e) {
            throw new CommandException(ExitCode.FAILED, "the answer of the access server was not understood", e);
        }
    }

    private AuthorizationServer.Tokens grant(AuthorizationServer server, Consumer<String> ask) throws CommandException {
        String verifier = Secrets.random();
        AuthorizationServer.Grant grant =
                server.startDeviceGrant("openid offline_access", B64.encode(Sha256.of(verifier)));
        ask.accept("Open " + Printable.of(grant.verification()) + "\nand confirm the code "
                + Printable.of(grant.userCode()) + " .");
        Instant until = around.clock().instant().plusSeconds(grant.expiresIn());
        long interval = grant.interval();
        while (around.clock().instant().isBefore(until)) {
            await(interval);
            AuthorizationServer.Outcome outcome =
                    server.redeem(grant, verifier, around.clock().instant());
            if (outcome.tokens().isPresent()) {
                return outcome.tokens().get();
            }
            switch (outcome.error()) {
                case "authorization_pending" -> {}
                case "slow_down" -> interval += 5;
                case "access_denied" -> throw new CommandException(ExitCode.NOT_SIGNED_IN, "signing in was declined");
                case "expired_token" -> throw late();
                default ->
                    throw new CommandException(
                            ExitCode.NOT_SIGNED_IN, "signing in failed: " + Printable.of(outcome.error()));
            }
        }
        throw late();
    }

    private void await(long seconds) throws CommandException {
        try {
            pause.of(Duration.ofSeconds(seconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.FAILED, "interrupted", e);
        }
    }

    private static CommandException late() {
        return new CommandException(ExitCode.NOT_SIGNED_IN, "the code was not confirmed in time");
    }

    /**
     * Forgets the sign-in, at the server and then here: what is left there could not be ended from here any more.
     *
     * @return false if there was none
     * @throws CommandException with {@link ExitCode#CONNECTION} if the server did not end it; it is kept then
     */
    public boolean logout() throws CommandException {
        Optional<SignIn> signIn = file.read();
        if (signIn.isPresent() && signIn.get().refreshToken().isPresent()) {
            Http http =
                    Http.trusting(Http.caOf(around).or(() -> signIn.get().ca().map(Path::of)), around);
            AuthorizationServer.discover(
                            http, signIn.get().issuer(), signIn.get().clientId())
                    .revoke(signIn.get().refreshToken().get());
        }
        file.delete();
        return signIn.isPresent();
    }
}
