package org.bascule.domain.people;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.Named;
import org.jspecify.annotations.Nullable;

/**
 * A user that the caller sees. The name comes from the identity provider and is hostile text.
 *
 * @param folder null where the caller does not see it
 * @param pending whether nobody has signed in under this name yet
 * @param groups the groups that it is directly in, as far as the caller sees them, by name; in a list the first of them
 * @param groupCount how many these are
 * @param owner whether it is in Owners, directly or through groups
 * @param permissions what the caller holds on it
 * @param enabled false where an administrator has switched signing in off
 * @param expires from when on signing in is refused; null for never
 * @param revision grows with each change; the entity tag
 */
public record UserView(
        String id,
        String name,
        @Nullable Named folder,
        @Nullable Instant lastSignIn,
        boolean pending,
        List<Named> groups,
        int groupCount,
        boolean owner,
        Set<Permission> permissions,
        boolean enabled,
        @Nullable Instant expires,
        long revision) {}
