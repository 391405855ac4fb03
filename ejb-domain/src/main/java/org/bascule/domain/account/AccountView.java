package org.bascule.domain.account;

import java.time.Instant;
import java.util.List;
import org.bascule.domain.keycloak.UserCredential;
import org.jspecify.annotations.Nullable;

/**
 * How a user signs in.
 *
 * @param exists false for who is pending, and for an account that is not in the realm (any more)
 * @param enabled false where an administrator has switched it off
 * @param expires from when on it is refused; null for never
 * @param facts what the realm knows; null while it cannot be asked, or there is no account
 */
public record AccountView(boolean exists, boolean enabled, @Nullable Instant expires, @Nullable Facts facts) {

    /**
     * What the realm knows.
     *
     * @param passwordChange whether the password must be changed at the next sign-in
     */
    public record Facts(@Nullable String email, boolean passwordChange, List<UserCredential> factors) {

        public Facts {
            factors = List.copyOf(factors);
        }
    }
}
