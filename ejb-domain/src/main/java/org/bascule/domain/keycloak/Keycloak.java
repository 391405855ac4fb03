package org.bascule.domain.keycloak;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.bascule.domain.configuration.IdentitySettings;
import org.bascule.domain.configuration.Settings;

/** Ways to ask Keycloak. Tokens are kept until shortly before their end, for each realm. */
@ApplicationScoped
public class Keycloak {

    private static final String MASTER = "master";

    @Inject
    Settings settings;

    @Inject
    IdentitySettings identity;

    @Inject
    Clock clock;

    private final TokenCache tokens = new TokenCache();

    /** Whether realms can be administered. */
    public boolean isConfigured() {
        return settings.loginEvents().isPresent();
    }

    /** Whether realms can be made. */
    public boolean makesRealms() {
        return isConfigured() && identity.provisionerSecretFile().isPresent();
    }

    /** A realm, with its own service account. */
    public AdminConnection realm(String realm) throws KeycloakException {
        Settings.LoginEvents access = settings.loginEvents()
                .orElseThrow(() -> new KeycloakException(
                        KeycloakException.UNREACHABLE, "bascule.keycloak.admin-client-secret-file is not set"));
        return new AdminConnection(
                settings.keycloakUrl(), realm, realm, access.clientId(), secret(access.secretFile()), tokens, clock);
    }

    /** A realm, with the service account that made it. */
    public AdminConnection asMaker(String realm) throws KeycloakException {
        return new AdminConnection(
                settings.keycloakUrl(),
                MASTER,
                realm,
                IdentitySettings.PROVISIONER,
                provisionerSecret(),
                tokens,
                clock);
    }

    private String provisionerSecret() throws KeycloakException {
        return secret(identity.provisionerSecretFile()
                .orElseThrow(() -> new KeycloakException(
                        KeycloakException.UNREACHABLE, "bascule.keycloak.provisioner-secret-file is not set")));
    }

    private static String secret(Path file) throws KeycloakException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new KeycloakException("the file " + file + " cannot be read", e);
        }
    }
}
