package org.bascule.domain.token;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where somebody is signed in.
 *
 * @param address at the sign-in
 * @param userAgent hostile text
 * @param lastUsed to about a minute
 * @param current whether it is the one that asks
 */
public record SignInView(
        String id,
        SignIns.Client client,
        String address,
        @Nullable String userAgent,
        Instant since,
        Instant lastUsed,
        boolean current) {}
