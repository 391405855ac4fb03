package org.bascule.session.trust;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers as long as the process lives. */
public final class MemoryTrustStore implements TrustStore {

    private final Map<String, InstallationTrust> installations = new HashMap<>();

    @Override
    public synchronized Optional<InstallationTrust> remembered(String server) {
        return Optional.ofNullable(installations.get(server));
    }

    @Override
    public synchronized <T> T update(String server, Change<T> change) throws TrustException {
        Decision<T> decision = change.apply(Optional.ofNullable(installations.get(server)));
        installations.put(server, decision.remember());
        return decision.result();
    }
}
