package org.bascule.session.trust;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.keys.RootPublicKey;

/**
 * What a client remembers of one installation.
 *
 * @param root pinned at first use
 * @param issuer as in the first key set
 * @param keySetSeq highest seen
 * @param devices by UID
 */
public record InstallationTrust(RootPublicKey root, String issuer, long keySetSeq, Map<String, DeviceTrust> devices) {

    public InstallationTrust {
        devices = Map.copyOf(devices);
    }

    public Optional<DeviceTrust> device(String uid) {
        return Optional.ofNullable(devices.get(uid));
    }

    InstallationTrust with(long seq, String uid, DeviceTrust device) {
        Map<String, DeviceTrust> changed = new HashMap<>(devices);
        changed.put(uid, device);
        return new InstallationTrust(root, issuer, seq, changed);
    }
}
