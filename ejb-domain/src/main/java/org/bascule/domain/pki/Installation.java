package org.bascule.domain.pki;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.bascule.domain.refusal.RefusedException;

/**
 * The identity of the installation: its key set as signed by the offline root. The signed file is read when it appears and again when it changes.
 */
@ApplicationScoped
public class Installation {

    /** The key set in force, or empty until the operator has signed one. */
    public Optional<SignedKeySet> keySet() {
        throw new UnsupportedOperationException();
    }

    /** The key set in force; {@code UNAVAILABLE} until the operator has signed one. */
    public SignedKeySet requireKeySet() throws RefusedException {
        throw new UnsupportedOperationException();
    }

    /** The issuer of tickets: the public URL without a trailing slash. */
    public String issuer() {
        throw new UnsupportedOperationException();
    }

    /** Version of the product, for {@code GET /api/installation}. */
    public String version() {
        throw new UnsupportedOperationException();
    }
}
