package org.bascule.domain.identity;

import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody came with: a sign-in, or an API token.
 *
 * @param id of the sign-in or the token; null where neither is known
 * @param secondFactorAt when a second factor was proved for it; null if none was
 * @param limits of an API token; null for a person who signed in
 */
public record Credential(@Nullable String id, @Nullable Instant secondFactorAt, @Nullable Limits limits)
        implements Serializable {

    public static final Credential NONE = new Credential(null, null, null);

    /** Whether it is an API token. */
    public boolean isToken() {
        return limits != null;
    }

    /** Id of the API token; null if it is none. */
    public @Nullable String tokenId() {
        return isToken() ? id : null;
    }
}
