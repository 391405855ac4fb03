package org.bascule.domain.realm;

import org.jspecify.annotations.Nullable;

/**
 * Whether a realm is as template and settings want it.
 *
 * @param error why the last attempt failed; null where none did since
 */
public record RealmState(boolean applied, @Nullable String error) {}
