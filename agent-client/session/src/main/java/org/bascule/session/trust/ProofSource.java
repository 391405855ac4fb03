package org.bascule.session.trust;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** {@code GET /api/audit/proof/consistency}: for what the answer of {@code POST /api/sessions} could not hold. */
@FunctionalInterface
public interface ProofSource {

    /**
     * That the tree of one size is the beginning of that of another.
     *
     * @return empty if the access server gives no such proof
     * @throws IOException if it could not be asked
     */
    Optional<List<byte[]>> consistency(long first, long second) throws IOException, InterruptedException;
}
