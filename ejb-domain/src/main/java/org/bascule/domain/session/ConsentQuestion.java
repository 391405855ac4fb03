package org.bascule.domain.session;

import java.time.Instant;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/**
 * A session that waits for consent.
 *
 * @param whom who is asked now
 * @param from network address of who asks
 * @param until when it is refused by itself
 */
public record ConsentQuestion(
        SessionId sid,
        String domainId,
        String deviceUid,
        String deviceName,
        String userId,
        String userName,
        String from,
        @Nullable String reason,
        Operations operations,
        Consent whom,
        Instant until) {

    ConsentQuestion askingAtDevice(Operations granted, Instant newUntil) {
        return new ConsentQuestion(
                sid,
                domainId,
                deviceUid,
                deviceName,
                userId,
                userName,
                from,
                reason,
                granted,
                Consent.DEVICE,
                newUntil);
    }
}
