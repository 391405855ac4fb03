package org.bascule.session.trust;

import java.io.IOException;
import java.util.Optional;

/** Where a client remembers what it has seen. Implementations are safe for several threads and, where they persist, several processes. */
public interface TrustStore {

    /** A decision over what is remembered. */
    @FunctionalInterface
    interface Change<T> {
        Decision<T> apply(Optional<InstallationTrust> remembered) throws TrustException;
    }

    /**
     * What came out, and what to remember from now on.
     *
     * @param remember replaces what was remembered of the installation
     */
    record Decision<T>(T result, InstallationTrust remember) {}

    /** What is remembered of an installation. */
    Optional<InstallationTrust> remembered(String server) throws IOException;

    /**
     * Decides and remembers as one step: nobody else changes the store in between, and nothing is changed if the decision fails.
     *
     * @param server what the user calls the installation: the URL of the access server
     */
    <T> T update(String server, Change<T> change) throws IOException, TrustException;
}
