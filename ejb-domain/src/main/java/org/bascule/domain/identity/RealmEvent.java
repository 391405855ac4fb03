package org.bascule.domain.identity;

import java.time.Instant;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A login or log-out as the identity provider tells it. All texts are hostile: whoever failed to log in chose the name.
 *
 * @param operation null for what is recorded elsewhere
 * @param subject the user's id in the realm; empty if nobody was recognised
 * @param detail the provider's code, such as {@code invalid_user_credentials}, or what was done
 */
record RealmEvent(
        String id,
        Instant time,
        @Nullable Operation operation,
        Outcome outcome,
        String subject,
        String userName,
        String address,
        String detail) {}
