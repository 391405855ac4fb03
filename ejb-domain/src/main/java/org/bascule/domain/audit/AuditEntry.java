package org.bascule.domain.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored row. {@code code} and {@code outcome} are texts, because a newer version may have written codes that this one does not know.
 *
 * @param id UUIDv7: ordered by time
 * @param changes values before and after, as {@link Changes#json} has them
 * @param seq place in the domain's tree of the transparency log; null until it is sealed
 */
public record AuditEntry(
        String id,
        Instant time,
        String code,
        String outcome,
        @Nullable String userId,
        @Nullable String userName,
        @Nullable String resourceId,
        @Nullable String resourceName,
        @Nullable String address,
        @Nullable String detail,
        @Nullable String sid,
        @Nullable String changes,
        @Nullable Long seq) {}
