package org.bascule.web.login;

import java.io.Serializable;
import java.security.Principal;
import java.time.Instant;
import java.util.Objects;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.jspecify.annotations.Nullable;

/**
 * A person or program that proved who it is, and is a user of the domain. Made by {@link Proof} alone.
 *
 * @param realm the realm that vouches, hence the domain
 * @param subject who it is at the realm, a UUID: for what the realm says about it, such as that its sessions ended
 * @param userId id of the domain's user: rights, sessions and the audit log are about this one. Another than the subject where the user was known
 *     before the first sign-in
 * @param userName hostile text
 * @param acr authentication context class, when the realm said so
 * @param authTime when the person authenticated, when the realm said so
 * @param way how the proof arrived
 * @param until no request is this identity's after it
 * @param credential the sign-in or the API token
 */
public record Identity(
        Realm realm,
        String subject,
        String userId,
        String userName,
        @Nullable String acr,
        @Nullable Instant authTime,
        Way way,
        Instant until,
        Credential credential)
        implements Principal, Serializable {

    /** A login that an earlier version stored knows no subject: it cannot be read, and the person signs in again. */
    public Identity {
        Objects.requireNonNull(subject);
        Objects.requireNonNull(userId);
        Objects.requireNonNull(credential);
    }

    /** Cookies are sent by the browser whether the page wants it or not, bearer tokens are not: only the former can be ridden on. */
    public enum Way {
        COOKIE,
        BEARER
    }

    /** The caller of the domain's operations. */
    public Caller callerFrom(String address) {
        return new Caller(userId, userName, realm.domainId(), realm.domainName(), address, acr, authTime, credential);
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
