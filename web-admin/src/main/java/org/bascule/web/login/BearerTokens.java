package org.bascule.web.login;

import java.util.Locale;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Kind;
import org.bascule.web.login.RealmTokens.Verified;

/** Access tokens in the {@code Authorization} header (RFC 6750): audience {@code bascule-api}, issued by a realm of a domain here. */
final class BearerTokens {

    private static final String SCHEME = "bearer ";

    private final RealmTokens tokens;

    BearerTokens(RealmTokens tokens) {
        this.tokens = tokens;
    }

    /** The token in the value of the header. */
    static String token(String authorization) throws LoginRefusedException {
        if (!authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            throw new LoginRefusedException(Reason.MALFORMED, "not a bearer token");
        }
        return authorization.substring(SCHEME.length()).strip();
    }

    /** What an access token of a realm says. */
    Proof proof(String token) throws LoginRefusedException {
        Verified verified = tokens.verify(token, Kind.ACCESS);
        return Proof.of(
                verified,
                Identity.Way.BEARER,
                verified.claims().getExpirationTime().toInstant());
    }
}
