package org.bascule.domain.directory;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The owner's switch of a device.
 *
 * @param mode {@code always}, {@code key-switch} or {@code as-left}; null if its agent has not told
 * @param until when it comes on again by itself; null for no time
 * @param reason hostile text; null for none
 */
public record OwnerSwitchView(boolean on, @Nullable String mode, @Nullable Instant until, @Nullable String reason) {}
