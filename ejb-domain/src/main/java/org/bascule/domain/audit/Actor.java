package org.bascule.domain.audit;

import org.jspecify.annotations.Nullable;

/**
 * Who did something, as far as it is known.
 *
 * @param userId id of the user, or null when nobody was recognised or a device or the server acted
 * @param name name as given, possibly hostile
 * @param address network address that it came from
 */
public record Actor(@Nullable String userId, @Nullable String name, @Nullable String address) {

    /** The access server itself. */
    public static final Actor SERVER = new Actor(null, null, null);

    /** Somebody who was not recognised. */
    public static Actor unknown(@Nullable String name, @Nullable String address) {
        return new Actor(null, name, address);
    }
}
