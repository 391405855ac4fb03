package org.bascule.web.login;

import java.io.Serializable;
import java.security.Principal;
import java.time.Instant;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.SignIn;
import org.jspecify.annotations.Nullable;

/**
 * A person or program that proved who it is.
 *
 * @param realm the realm that vouches, hence the domain
 * @param userId subject at the realm, a UUID
 * @param userName as the realm knows it; hostile text
 * @param acr authentication context class, when the realm said so
 * @param authTime when the person authenticated, when the realm said so
 * @param way how the proof arrived
 * @param until no request is this identity's after it
 */
public record Identity(
        Realm realm,
        String userId,
        String userName,
        @Nullable String acr,
        @Nullable Instant authTime,
        Way way,
        Instant until)
        implements Principal, Serializable {

    /** Cookies are sent by the browser whether the page wants it or not, bearer tokens are not: only the former can be ridden on. */
    public enum Way {
        COOKIE,
        BEARER
    }

    /** The caller of the domain's operations. */
    public Caller callerFrom(String address) {
        return new Caller(userId, userName, realm.domainId(), realm.domainName(), address, acr, authTime);
    }

    SignIn signInFrom(String address) {
        return new SignIn(realm.issuer(), userId, userName, address, acr, authTime);
    }

    /** Unique in the installation: domain and user. */
    @Override
    public String getName() {
        return realm.domainId() + "/" + userId;
    }

    @Override
    public String toString() {
        return getName();
    }
}
