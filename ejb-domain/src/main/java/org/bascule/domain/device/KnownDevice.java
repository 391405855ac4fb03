package org.bascule.domain.device;

import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * What a channel is checked against and told.
 *
 * @param account empty where none is set
 */
public record KnownDevice(
        String uid,
        String domainId,
        String name,
        String account,
        DeviceIdentityPublicKey identity,
        boolean quarantined,
        boolean revoked) {}
