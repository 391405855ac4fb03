package org.bascule.domain.identity;

import java.time.Instant;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A signed-in user: every operation of the domain is asked for by one. Made by {@link Identities#signIn} only.
 *
 * @param userId of the domain's user; another than the subject of the realm for who was known before the first sign-in
 * @param userName for display and log; hostile text
 * @param address network address that the request came from
 * @param acr authentication context of the sign-in, if the realm told one
 * @param authTime when the user proved an identity, if the realm told
 * @param credential by what this was proved
 */
public record Caller(
        String userId,
        String userName,
        String domainId,
        String domainName,
        String address,
        @Nullable String acr,
        @Nullable Instant authTime,
        Credential credential) {

    /** One of whom it does not matter by what this was proved. */
    public Caller(
            String userId,
            String userName,
            String domainId,
            String domainName,
            String address,
            @Nullable String acr,
            @Nullable Instant authTime) {
        this(userId, userName, domainId, domainName, address, acr, authTime, Credential.NONE);
    }

    /** The same with what this was proved by. */
    public Caller by(Credential other) {
        return new Caller(userId, userName, domainId, domainName, address, acr, authTime, other);
    }

    public Actor actor() {
        return new Actor(userId, userName, address);
    }

    /** Begins an audit record about something that this caller did. */
    public AuditEvent did(Operation operation, Outcome outcome) {
        return AuditEvent.of(domainId, actor(), operation, outcome);
    }

    /** The same caller on another request. */
    public Caller from(String otherAddress) {
        return new Caller(userId, userName, domainId, domainName, otherAddress, acr, authTime, credential);
    }
}
