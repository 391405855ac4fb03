package org.bascule.domain.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a verified token of a realm says. The signature, issuer and audience were checked by whoever makes this.
 *
 * @param issuer issuer of the token, from which the domain follows
 * @param subject user id in the realm: a UUID
 * @param userName name of the user; hostile text
 * @param named whether the name says who somebody is for whom rights were prepared before the first sign-in; not where an outside organisation
 *     gives names
 * @param issued when the realm said so; null where it is not known, which counts as now
 */
public record SignIn(
        String issuer,
        String subject,
        String userName,
        String address,
        @Nullable String acr,
        @Nullable Instant authTime,
        boolean named,
        @Nullable Instant issued) {

    /** One whose name is the domain's own realm's. */
    public SignIn(
            String issuer,
            String subject,
            String userName,
            String address,
            @Nullable String acr,
            @Nullable Instant authTime) {
        this(issuer, subject, userName, address, acr, authTime, true, null);
    }
}
