package org.bascule.web.login;

import java.time.Instant;
import java.util.regex.Pattern;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Verified;

/** Makes identities from verified tokens. The domain comes with the verified realm; no claim can name another. */
final class VerifiedIdentity {

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MAX_NAME = 255;

    private VerifiedIdentity() {}

    static Identity of(Verified token, Identity.Way way, Instant until) throws LoginRefusedException {
        String subject = token.text("sub", 36);
        if (!UUID.matcher(subject).matches()) {
            throw new LoginRefusedException(Reason.MALFORMED, "the subject is not a UUID");
        }
        return new Identity(
                token.realm(),
                subject,
                token.text("preferred_username", MAX_NAME),
                token.optionalText("acr", 100),
                token.optionalTime("auth_time"),
                way,
                until);
    }
}
