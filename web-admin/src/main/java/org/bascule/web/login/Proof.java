package org.bascule.web.login;

import java.time.Instant;
import java.util.regex.Pattern;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.SignIn;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Verified;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token says about who somebody is. It is nobody's caller yet: the domain says which of its users that is, see
 * {@link LoginJournal}. The domain comes with the verified realm; no claim can name another.
 *
 * @param subject who it is at the realm, a UUID
 * @param userName as the realm knows it; hostile text
 * @param acr authentication context class, when the realm said so
 * @param authTime when the person authenticated, when the realm said so
 * @param way how it arrived
 * @param until no request is this person's after it
 * @param realmSession id of the session at the realm ({@code sid}); empty when the realm gave none
 * @param issued when the realm vouched
 * @param secondFactorAt when a second factor was proved in this session, when the realm said so
 * @param provider id of the company's provider with which the person came, when the realm said so
 * @param vouchedAt when that provider answered last, when the realm said so
 */
record Proof(
        Realm realm,
        String subject,
        String userName,
        @Nullable String acr,
        @Nullable Instant authTime,
        Identity.Way way,
        Instant until,
        String realmSession,
        Instant issued,
        @Nullable Instant secondFactorAt,
        @Nullable String provider,
        @Nullable Instant vouchedAt) {

    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final int MAX_NAME = 255;

    static Proof of(Verified token, Identity.Way way, Instant until) throws LoginRefusedException {
        String subject = token.text("sub", 36);
        if (!UUID.matcher(subject).matches()) {
            throw new LoginRefusedException(Reason.MALFORMED, "the subject is not a UUID");
        }
        String session = token.optionalText("sid", 200);
        return new Proof(
                token.realm(),
                subject,
                token.text("preferred_username", MAX_NAME),
                token.optionalText("acr", 100),
                token.optionalTime("auth_time"),
                way,
                until,
                session == null ? "" : session,
                token.claims().getIssueTime().toInstant(),
                token.optionalTime("second_factor_at"),
                token.optionalText("identity_provider", 100),
                token.optionalTime("vouched_at"));
    }

    /** The same for no longer than this. */
    Proof until(Instant last) {
        return new Proof(
                realm,
                subject,
                userName,
                acr,
                authTime,
                way,
                last.isBefore(until) ? last : until,
                realmSession,
                issued,
                secondFactorAt,
                provider,
                vouchedAt);
    }

    /** @param named whether the name says for whom rights were prepared */
    SignIn signInFrom(String address, boolean named) {
        return new SignIn(realm.issuer(), subject, userName, address, acr, authTime, named, issued);
    }

    /** The person as the domain knows it. */
    Identity of(Caller caller) {
        if (!caller.domainId().equals(realm.domainId())) {
            throw new IllegalArgumentException("a caller of another domain");
        }
        return new Identity(
                realm, subject, caller.userId(), caller.userName(), acr, authTime, way, until, caller.credential());
    }
}
