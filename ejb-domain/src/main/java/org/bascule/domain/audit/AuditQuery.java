package org.bascule.domain.audit;

import java.time.Instant;
import org.bascule.domain.paging.PageRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are wanted; null stands for "any".
 *
 * @param from included
 * @param to not included
 * @param text part of a name, an address or a description
 * @param code operation code
 * @param outcome outcome code
 * @param userId id of the acting user
 * @param deviceUid id of the resource
 */
public record AuditQuery(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String text,
        @Nullable String code,
        @Nullable String outcome,
        @Nullable String userId,
        @Nullable String deviceUid,
        PageRequest page) {}
