package org.bascule.domain.guard;

import org.jspecify.annotations.Nullable;

/**
 * Somebody tries a secret.
 *
 * @param address network address, as the other end of the connection or a trusted proxy says it
 * @param domainId which domain it is about; null if nobody knows
 * @param userName as given, hostile text; null if none was
 */
public record Attempt(AttemptKind kind, String address, @Nullable String domainId, @Nullable String userName) {

    public static Attempt at(AttemptKind kind, String address) {
        return new Attempt(kind, address, null, null);
    }

    public Attempt in(@Nullable String id) {
        return new Attempt(kind, address, id, userName);
    }
}
