package org.bascule.domain.access;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for access as the caller sees it.
 *
 * @param until until when access is asked for, or was given
 * @param state {@code open}, {@code approved}, {@code rejected}, {@code withdrawn} or {@code expired}
 * @param decidedBy name of whoever decided, at that time
 * @param decision why it was rejected
 */
public record RequestView(
        String id,
        ResourceReference resource,
        String userId,
        String userName,
        List<String> permissions,
        String reason,
        Instant until,
        String state,
        @Nullable String decidedBy,
        @Nullable String decision,
        Instant created,
        long version) {}
