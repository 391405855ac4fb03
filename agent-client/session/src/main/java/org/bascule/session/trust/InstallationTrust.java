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
 * @param domains id of each domain at first use, by what the user calls it
 */
public record InstallationTrust(
        RootPublicKey root,
        String issuer,
        long keySetSeq,
        Map<String, DeviceTrust> devices,
        Map<String, TreeHead> logs,
        Map<String, String> domains) {

    public InstallationTrust {
        devices = Map.copyOf(devices);
        logs = Map.copyOf(logs);
        domains = Map.copyOf(domains);
    }

    /** Of an installation of which no domain was seen yet. */
    public InstallationTrust(RootPublicKey root, String issuer, long keySetSeq, Map<String, DeviceTrust> devices) {
        this(root, issuer, keySetSeq, devices, Map.of(), Map.of());
    }

    public Optional<TreeHead> log(String domain) {
        return Optional.ofNullable(logs.get(domain));
    }

    public Optional<DeviceTrust> device(String uid) {
        return Optional.ofNullable(devices.get(uid));
    }

    /** The id of a domain, by what the user calls it. */
    public Optional<String> domain(String name) {
        return Optional.ofNullable(domains.get(name));
    }

    /** @param name what the user calls the domain whose tree the head is of */
    InstallationTrust with(long seq, String name, TreeHead head) {
        Map<String, TreeHead> heads = new HashMap<>(logs);
        heads.put(head.tree(), head);
        Map<String, String> ids = new HashMap<>(domains);
        ids.put(name, head.tree());
        return new InstallationTrust(root, issuer, seq, devices, heads, ids);
    }

    InstallationTrust with(String uid, DeviceTrust device) {
        Map<String, DeviceTrust> changed = new HashMap<>(devices);
        changed.put(uid, device);
        return new InstallationTrust(root, issuer, keySetSeq, changed, logs, domains);
    }
}
