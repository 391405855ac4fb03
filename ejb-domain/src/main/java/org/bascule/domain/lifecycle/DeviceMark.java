package org.bascule.domain.lifecycle;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a device's identity, for lists.
 *
 * @param hardware as {@link DeviceLifecycle} has it
 * @param claimed when somebody last tried to register this machine again
 */
public record DeviceMark(boolean revoked, String hardware, @Nullable Instant claimed) {

    public static final DeviceMark NONE = new DeviceMark(false, DeviceLifecycle.UNKNOWN, null);
}
