package org.bascule.keycloak;

import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Makes {@code spi-bascule--access-server--…} of {@code keycloak.conf} settings of {@link AccessServerFactory}. */
public final class AccessServerSpi implements Spi {

    @Override
    public boolean isInternal() {
        return true;
    }

    @Override
    public String getName() {
        return "bascule";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return AccessServer.class;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends ProviderFactory> getProviderFactoryClass() {
        return AccessServerFactory.class;
    }
}
