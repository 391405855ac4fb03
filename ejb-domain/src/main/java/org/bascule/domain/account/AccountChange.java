package org.bascule.domain.account;

import java.time.Instant;
import java.util.Optional;

/**
 * What is to be different about an account; empty keeps what there is.
 *
 * @param email holding an empty text to take the address away
 * @param expires holding an empty optional to take the end away
 */
public record AccountChange(Optional<Boolean> enabled, Optional<String> email, Optional<Optional<Instant>> expires) {

    public static final AccountChange NONE = new AccountChange(Optional.empty(), Optional.empty(), Optional.empty());

    boolean isNone() {
        return enabled.isEmpty() && email.isEmpty() && expires.isEmpty();
    }
}
