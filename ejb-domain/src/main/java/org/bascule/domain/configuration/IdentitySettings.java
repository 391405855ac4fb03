package org.bascule.domain.configuration;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What realms are made with.
 *
 * @param webSecretFile {@code bascule.keycloak.client-secret-file}: secret of the client by which the web application signs people in
 * @param provisionerSecretFile {@code bascule.keycloak.provisioner-secret-file}: secret of the client {@link #PROVISIONER} of the realm master, which
 *     may make realms and nothing else; empty where domains are made with the bootstrap file alone
 * @param mail {@code bascule.mail.host} and the settings beside it; empty where nothing is sent
 */
public record IdentitySettings(
        Optional<Path> webSecretFile, Optional<Path> provisionerSecretFile, Optional<Mail> mail) {

    /** The client that makes realms. */
    public static final String PROVISIONER = "bascule-provisioner";

    /**
     * A server that takes e-mail.
     *
     * @param host {@code bascule.mail.host}
     * @param port {@code bascule.mail.port}, default 587
     * @param encryption {@code bascule.mail.encryption}, default {@code starttls}
     * @param from {@code bascule.mail.from}: the sender's address
     * @param user {@code bascule.mail.user}; empty where the server asks for none
     * @param passwordFile {@code bascule.mail.password-file}, with a user
     */
    public record Mail(
            String host,
            int port,
            Encryption encryption,
            String from,
            Optional<String> user,
            Optional<Path> passwordFile) {

        public Mail {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("bascule.mail.port must be 1 to 65535");
            }
            if (user.isPresent() != passwordFile.isPresent()) {
                throw new IllegalArgumentException("bascule.mail.user and bascule.mail.password-file go together");
            }
        }

        /** How the connection to the server is protected. */
        public enum Encryption {
            STARTTLS,
            TLS,
            NONE
        }
    }
}
