package org.bascule.web.login;

import org.jspecify.annotations.Nullable;

/**
 * Event (CDI): logins ended. Whoever holds a connection for one of them closes it.
 *
 * @param realmSession only logins with this session of the realm; otherwise all of the subject
 */
public record SignedOut(String issuer, @Nullable String realmSession, @Nullable String subject) {

    public boolean covers(SignedIn login) {
        return issuer.equals(login.issuer())
                && (realmSession == null
                        ? login.identity().subject().equals(subject)
                        : realmSession.equals(login.realmSession()));
    }
}
