package org.bascule.web.login;

import java.time.Duration;
import org.bascule.domain.token.ApiTokenSecret;
import org.jspecify.annotations.Nullable;

/** Where logins are recorded: the audit log of the domain, its list of sign-ins, and the reference to the user that permissions are given to. */
interface LoginJournal {

    /**
     * Where a request came from.
     *
     * @param userAgent hostile text; null if it told none
     */
    record Origin(String address, @Nullable String userAgent) {}

    /**
     * A person signed in with a browser, which the realm's list of events tells the audit log; makes the user known to the domain.
     *
     * @return the domain's user whom the proof is about
     * @throws LoginRefusedException if the domain does not take the user
     */
    Identity signedIn(Proof proof, Origin origin) throws LoginRefusedException;

    /**
     * An access token is used; makes the user known to the domain, without a row for each request.
     *
     * @return the domain's user whom the proof is about
     * @throws LoginRefusedException if the domain does not take the user, or the sign-in behind the token has ended
     */
    Identity seen(Proof proof, Origin origin) throws LoginRefusedException;

    /**
     * An API token is used.
     *
     * @throws LoginRefusedException if it is nobody's, or has expired
     */
    Identity seen(ApiTokenSecret token, Origin origin) throws LoginRefusedException;

    /** After how long without use a browser's login of this realm ends. */
    Duration idle(Realm realm);

    /** How it is with somebody now: to be asked at every request. Of an account that is off it is said before that the sign-in has ended, as it is the reason. */
    Standing standing(Identity identity);

    /** The same, without whether the sign-in or API token has ended; answered from memory. */
    Standing account(Identity identity);

    /** A person signed out here: what was opened with the sign-in ends. */
    void signedOut(Identity identity, Origin origin);

    /**
     * The realm tells that a login has ended, such as by an administrator there: what was opened with it ends. Who did that is in
     * the realm's list of events, which the audit log is made from.
     *
     * @param realmSession null if all sessions of the subject have ended
     * @param subject null if the realm names the session alone
     */
    void endedAtRealm(String issuer, @Nullable String realmSession, @Nullable String subject);

    /** A login that was started for a domain of ours did not end well. */
    void refused(Realm realm, LoginRefusedException.Reason reason, String address);
}
