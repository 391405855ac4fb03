package org.bascule.domain.access;

import org.jspecify.annotations.Nullable;

/**
 * A user or a group. {@code kind} is {@code user} or {@code group}.
 *
 * @param name null where the caller does not see users of that place: an entry on a resource of his own is shown all the same
 */
public record PrincipalReference(String id, @Nullable String name, String kind) {}
