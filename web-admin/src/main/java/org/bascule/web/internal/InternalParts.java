package org.bascule.web.internal;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;

/** Reads {@code bascule.keycloak.provider-secret-file}: a file that holds the secret of our provider within Keycloak. Without it nobody can sign in with a password. */
@ApplicationScoped
class InternalParts {

    private static final System.Logger LOG = System.getLogger(InternalParts.class.getName());

    @Produces
    @Singleton
    ProviderSecret secret() {
        Optional<String> secret = ConfigProvider.getConfig()
                .getOptionalValue("bascule.keycloak.provider-secret-file", String.class)
                .map(String::strip)
                .filter(file -> !file.isEmpty())
                .map(file -> read(Path.of(file)));
        if (secret.isEmpty()) {
            LOG.log(Level.WARNING, "Keycloak is refused: bascule.keycloak.provider-secret-file is not set");
        }
        return new ProviderSecret(secret);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("bascule.keycloak.provider-secret-file is not readable", e);
        }
    }
}
