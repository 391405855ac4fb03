package org.bascule.domain.acl;

import java.time.Duration;
import java.util.Locale;

/**
 * One permission, given to or withheld from one principal on one resource and what is below it.
 *
 * @param resource id of the resource that it is set on
 * @param principal id of a user or a group
 * @param delegable whoever holds the permission by this entry may pass it on
 * @param version grows with each change; the entity tag
 */
public record Entry(
        String id,
        String resource,
        String principal,
        Permission permission,
        Effect effect,
        Validity validity,
        boolean delegable,
        Origin origin,
        long version) {

    /** For how long something is given on request. */
    public static final Duration LONGEST_REQUEST = Duration.ofDays(30);

    /** Where an entry comes from. */
    public enum Origin {
        /** Somebody set it. */
        ENTRY,
        /** It was requested and approved, for {@link #LONGEST_REQUEST} at most. */
        REQUEST;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
