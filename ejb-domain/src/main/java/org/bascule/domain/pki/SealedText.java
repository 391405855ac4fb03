package org.bascule.domain.pki;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * Bytes that stay in the database for a while and may hold a secret: sealed by the installation's master key (AES-256-GCM), so that a copy of the
 * database alone reveals nothing. What they are and whose they are is authenticated with them.
 */
@ApplicationScoped
public class SealedText {

    @Inject
    Installation installation;

    /**
     * Seals.
     *
     * @param role what it is, the same for all of its kind
     * @param id which one it is
     */
    public byte[] seal(String role, String id, byte[] plain) {
        return installation.keys().master().wrap(role, id, plain);
    }

    /** Opens what {@link #seal} made for this role and id; fails with {@link MasterKeyMismatchException} otherwise. */
    public byte[] open(String role, String id, byte[] sealed) {
        return installation.keys().master().unwrap(role, id, sealed);
    }
}
