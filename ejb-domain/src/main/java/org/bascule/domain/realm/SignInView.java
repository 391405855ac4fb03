package org.bascule.domain.realm;

import java.util.List;
import org.bascule.domain.people.Principal;

/**
 * The settings as an administrator sees them.
 *
 * @param principals those of the second factor, with the names that the caller may see; an empty name for others
 * @param mail whether the installation sends e-mail
 * @param state whether the realm has them
 * @param revision grows with each change; the entity tag
 */
public record SignInView(
        SignInSettings settings, List<Principal> principals, boolean mail, RealmState state, long revision) {}
