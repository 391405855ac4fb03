package org.bascule.web.login;

import com.nimbusds.oauth2.sdk.auth.Secret;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.bascule.web.site.Site;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Puts the parts of the login together.
 *
 * <p>Settings: {@code bascule.keycloak.client-id} (default {@code bascule-web}), {@code bascule.keycloak.client-secret-file} (a file that holds
 * the client's secret; required).
 */
@ApplicationScoped
class LoginParts {

    private static final Clock CLOCK = Clock.systemUTC();

    @Produces
    @Singleton
    Client client() {
        Config config = ConfigProvider.getConfig();
        return new Client(
                config.getOptionalValue("bascule.keycloak.client-id", String.class)
                        .orElse("bascule-web"),
                secret(Path.of(config.getValue("bascule.keycloak.client-secret-file", String.class))));
    }

    private static Secret secret(Path file) {
        try {
            return new Secret(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("bascule.keycloak.client-secret-file is not readable", e);
        }
    }

    @Produces
    @Singleton
    RealmTokens tokens(Client client, Realms realms) {
        return new RealmTokens(client, realms, CLOCK);
    }

    @Produces
    @Singleton
    LoginFlow flow(Client client, Site site, RealmTokens tokens) {
        return new LoginFlow(client, site.publicUrl(), tokens, CLOCK);
    }

    @Produces
    @Singleton
    PendingLoginCookies pendingLogins(Site site, Realms realms) {
        return new PendingLoginCookies(site.publicUrl(), new PendingLoginSeal(realms), CLOCK);
    }

    @Produces
    @Singleton
    BearerTokens bearers(RealmTokens tokens) {
        return new BearerTokens(tokens, CLOCK);
    }

    @Produces
    @Singleton
    LogoutTokens logoutTokens(RealmTokens tokens) {
        return new LogoutTokens(tokens, CLOCK);
    }

    @Produces
    @Singleton
    ForgeryRules forgeryRules(Site site) {
        return new ForgeryRules(site.publicUrl());
    }
}
