package org.bascule.domain.assistance;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether help may be asked for at a device.
 *
 * @param until no longer after that; null: no end
 */
public record DeviceAssistance(boolean enabled, @Nullable Instant until) {}
