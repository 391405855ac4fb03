package org.bascule.domain.lifecycle;

/**
 * What is wrong with a device's identity, for lists.
 *
 * @param hardware as {@link DeviceLifecycle} has it
 */
public record DeviceMark(boolean revoked, String hardware) {

    public static final DeviceMark NONE = new DeviceMark(false, DeviceLifecycle.UNKNOWN);
}
