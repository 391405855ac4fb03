package org.bascule.web.login;

import java.time.Instant;

/**
 * A login that ended well at the realm; the domain has not been asked yet. The parts are those of {@link SignedIn}.
 */
record FinishedLogin(Proof proof, String realmSession, String idToken, String csrf, Instant since) {

    /** The login of the user whom the domain knows by the proof. */
    SignedIn of(Identity identity) {
        return new SignedIn(identity, realmSession, idToken, csrf, since);
    }

    @Override
    public String toString() {
        return "FinishedLogin[" + proof.realm().domainId() + "/" + proof.subject() + ", tokens [REDACTED]]";
    }
}
