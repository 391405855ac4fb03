package org.bascule.domain.session;

import java.time.Instant;
import org.bascule.domain.identity.Caller;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.ticket.Demands;
import org.jspecify.annotations.Nullable;

/**
 * A live session with everything that a ticket for it says.
 *
 * @param credential id of the sign-in or API token with which it was opened; null for one of an earlier version
 */
public record StoredSession(
        SessionId sid,
        String domainId,
        String deviceUid,
        String deviceName,
        DeviceIdentityPublicKey identity,
        String userId,
        String userName,
        Operations operations,
        String account,
        @Nullable String reason,
        @Nullable String acr,
        @Nullable Instant authTime,
        String clientAddress,
        byte[] cnf,
        int ticketSeq,
        Instant leaseExpires,
        Instant sessionExpires,
        @Nullable String credential,
        Demands demands) {

    StoredSession narrowedTo(Operations permitted) {
        return new StoredSession(
                sid,
                domainId,
                deviceUid,
                deviceName,
                identity,
                userId,
                userName,
                permitted,
                account,
                reason,
                acr,
                authTime,
                clientAddress,
                cnf,
                ticketSeq,
                leaseExpires,
                sessionExpires,
                credential,
                demands);
    }

    /** The user of the session, for what is recorded when nobody is calling. */
    Caller user() {
        return new Caller(userId, userName, domainId, "", clientAddress, acr, authTime);
    }
}
