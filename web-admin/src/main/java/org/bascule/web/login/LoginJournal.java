package org.bascule.web.login;

import org.jspecify.annotations.Nullable;

/** Where logins are recorded: the audit log of the domain, and the reference to the user that permissions are given to. */
interface LoginJournal {

    /**
     * A person signed in with a browser; makes the user known to the domain.
     *
     * @param realmSession with which session of the realm; empty if it has none
     * @return the domain's user whom the proof is about
     * @throws LoginRefusedException if the domain does not take the user
     */
    Identity signedIn(Proof proof, String realmSession, String address) throws LoginRefusedException;

    /**
     * A bearer is used; makes the user known to the domain, without a row for each request.
     *
     * @return the domain's user whom the proof is about
     * @throws LoginRefusedException if the domain does not take the user
     */
    Identity seen(Proof proof, String address) throws LoginRefusedException;

    /**
     * A person signed out here.
     *
     * @param realmSession of which the realm will tell some node that it has ended; empty if it has none
     */
    void signedOut(Identity identity, String realmSession, String address);

    /**
     * The realm tells that a login has ended, such as by an administrator there. Nothing is recorded if the log-out began at a node of ours, or if
     * another one was told.
     *
     * @param realmSession null if all sessions of the subject have ended
     * @param subject null if the realm names the session alone
     */
    void endedAtRealm(String issuer, @Nullable String realmSession, @Nullable String subject);

    /** A login that was started for a domain of ours did not end well. */
    void refused(Realm realm, LoginRefusedException.Reason reason, String address);
}
