package org.bascule.session.trust;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * What a client remembers of one installation.
 *
 * @param root pinned at first use
 * @param issuer as in the first key set
 * @param keySetSeq highest seen
 * @param devices by UID
 * @param logs the newest head of each tree that was seen
 */
public record InstallationTrust(
        RootPublicKey root,
        String issuer,
        long keySetSeq,
        Map<String, DeviceTrust> devices,
        Map<String, TreeHead> logs) {

    public InstallationTrust {
        devices = Map.copyOf(devices);
        logs = Map.copyOf(logs);
    }

    /** Of an installation whose log was not seen yet. */
    public InstallationTrust(RootPublicKey root, String issuer, long keySetSeq, Map<String, DeviceTrust> devices) {
        this(root, issuer, keySetSeq, devices, Map.of());
    }

    public Optional<TreeHead> log(String domain) {
        return Optional.ofNullable(logs.get(domain));
    }

    public Optional<DeviceTrust> device(String uid) {
        return Optional.ofNullable(devices.get(uid));
    }

    InstallationTrust with(long seq, String uid, DeviceTrust device, TreeHead head) {
        Map<String, DeviceTrust> changed = new HashMap<>(devices);
        changed.put(uid, device);
        Map<String, TreeHead> heads = new HashMap<>(logs);
        heads.put(head.tree(), head);
        return new InstallationTrust(root, issuer, seq, changed, heads);
    }
}
