package org.bascule.keycloak;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderFactory;

/**
 * Settings of Keycloak's side: {@code access-url}, {@code secret-file} and, for a private CA, {@code ca-file}, each with
 * {@code spi-bascule--access-server--} in front. Without the first two Keycloak does not start to serve sign-ins.
 */
public final class AccessServerFactory implements ProviderFactory<AccessServer> {

    private Config.@Nullable Scope settings;
    private @Nullable AccessServer accessServer; // guarded by this

    /** Made at first use: Keycloak's own commands load the providers too, without any of the settings. */
    @Override
    public synchronized AccessServer create(KeycloakSession session) {
        AccessServer made = accessServer;
        if (made == null) {
            made = new HttpAccessServer(
                    setting("access-url").orElseThrow(() -> new IllegalStateException(missing("access-url"))),
                    Path.of(setting("secret-file")
                            .orElseThrow(() -> new IllegalStateException(missing("secret-file")))),
                    setting("ca-file").map(Path::of));
            accessServer = made;
        }
        return made;
    }

    private Optional<String> setting(String name) {
        return settings == null
                ? Optional.empty()
                : Optional.ofNullable(settings.get(name)).filter(text -> !text.isBlank());
    }

    private static String missing(String name) {
        return "spi-bascule--access-server--" + name + " is not set in keycloak.conf: nobody can sign in";
    }

    @Override
    public void init(Config.Scope config) {
        settings = config;
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        // nothing to prepare
    }

    @Override
    public void close() {
        // nothing to give back
    }

    @Override
    public String getId() {
        return "access-server";
    }
}
