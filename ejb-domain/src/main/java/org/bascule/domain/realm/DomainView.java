package org.bascule.domain.realm;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A domain as the installation's operator sees it.
 *
 * @param owner account of the first owner; null for a domain of the bootstrap file
 * @param state {@code creating}, {@code ready}, {@code undoing} or {@code undone}
 * @param step what is done next while it is not ready; null otherwise
 * @param attempts that failed at this step
 * @param error why the last one failed
 * @param realm state of the realm; null where there is no domain yet, or none any more
 */
public record DomainView(
        String id,
        String name,
        String realmName,
        Instant created,
        @Nullable String owner,
        String state,
        @Nullable String step,
        int attempts,
        @Nullable String error,
        @Nullable RealmState realm) {}
