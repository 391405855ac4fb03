package org.bascule.domain.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token of a realm says. The signature, issuer and audience were checked by whoever makes this.
 *
 * @param issuer issuer of the token, from which the domain follows
 * @param subject user id in the realm: a UUID
 * @param userName name of the user; hostile text
 */
public record SignIn(
        String issuer,
        String subject,
        String userName,
        String address,
        @Nullable String acr,
        @Nullable Instant authTime) {}
