package org.bascule.domain.token;

import java.time.Instant;
import java.util.List;
import org.bascule.domain.directory.Named;
import org.jspecify.annotations.Nullable;

/**
 * An API token without its secret.
 *
 * @param permissions codes, sorted
 * @param folders where it counts; those that the caller does not see have no name
 * @param lastUsed to about a minute
 */
public record ApiTokenView(
        String id,
        String name,
        List<String> permissions,
        List<Named> folders,
        Instant created,
        Instant expires,
        @Nullable Instant lastUsed,
        @Nullable String lastAddress) {}
