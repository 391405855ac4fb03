package org.bascule.domain.token;

import java.time.Instant;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.DomainReference;

/**
 * Whose token was presented.
 *
 * @param subject of the realm; the user's id here where the realm has not told one
 */
public record PresentedToken(
        DomainReference domain,
        String userId,
        String userName,
        String subject,
        Credential credential,
        Instant expires) {}
