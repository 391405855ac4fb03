package org.bascule.web.login;

/**
 * A login that ended well at the realm; the domain has not been asked yet. The parts are those of {@link SignedIn}.
 */
record FinishedLogin(Proof proof, String idToken, String csrf) {

    /** The login of the user whom the domain knows by the proof. */
    SignedIn of(Identity identity) {
        return new SignedIn(identity, idToken, csrf);
    }

    @Override
    public String toString() {
        return "FinishedLogin[" + proof.realm().domainId() + "/" + proof.subject() + ", tokens [REDACTED]]";
    }
}
