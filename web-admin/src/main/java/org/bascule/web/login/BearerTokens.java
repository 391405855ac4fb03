package org.bascule.web.login;

import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Kind;
import org.bascule.web.login.RealmTokens.Verified;
import org.bascule.wire.Sha256;

/** Access tokens in the {@code Authorization} header (RFC 6750): audience {@code bascule-api}, issued by a realm of a domain here. */
final class BearerTokens {

    private static final String SCHEME = "bearer ";

    /** A signature costs more than everything else about a request. A key that its realm has withdrawn counts for so long. */
    private static final Duration KEPT = Duration.ofSeconds(30);

    private final RealmTokens tokens;
    private final Recent<String, Verified> verified;

    BearerTokens(RealmTokens tokens, Clock clock) {
        this.tokens = tokens;
        this.verified = new Recent<>(clock, KEPT);
    }

    /** The token in the value of the header. */
    static String token(String authorization) throws LoginRefusedException {
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new LoginRefusedException(Reason.MALFORMED, "not a bearer token");
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    /** To be asked before the signature of a token is looked at. */
    interface Admission {
        void require() throws LoginRefusedException;
    }

    /** What an access token of a realm says. */
    Proof proof(String token, Admission admission) throws LoginRefusedException {
        Verified good = verified.get(HexFormat.of().formatHex(Sha256.of(token)), () -> {
            admission.require();
            return tokens.verify(token, Kind.ACCESS);
        });
        tokens.requireTime(good.claims());
        return Proof.of(
                good, Identity.Way.BEARER, good.claims().getExpirationTime().toInstant());
    }
}
