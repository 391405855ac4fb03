package org.bascule.domain.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource as it is named beside something else.
 *
 * @param name null where the caller does not see it (any more)
 * @param kind {@code folder}, {@code device}, {@code user}, {@code group}
 * @param path folders above it that the caller sees, from the top down
 */
public record ResourceReference(String id, @Nullable String name, String kind, List<Step> path) {

    public ResourceReference {
        path = List.copyOf(path);
    }

    /** A folder on the way. */
    public record Step(String id, String name) {}
}
