package org.bascule.domain.identity;

import java.time.Instant;

/**
 * A failed login as the identity provider tells it. All texts are hostile: whoever failed to log in chose the name.
 *
 * @param error the provider's code, such as {@code invalid_user_credentials}
 */
record LoginFailure(String id, Instant time, String userName, String address, String error) {}
