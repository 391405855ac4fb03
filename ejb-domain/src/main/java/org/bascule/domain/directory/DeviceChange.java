package org.bascule.domain.directory;

import org.jspecify.annotations.Nullable;

/**
 * What to change of a device.
 *
 * @param name new name, or null to keep it
 * @param account new account (empty = none), or null to keep it
 */
public record DeviceChange(@Nullable String name, @Nullable String account) {}
