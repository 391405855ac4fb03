package org.bascule.domain.realm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.bascule.domain.corporate.ProviderRealm;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;

/** Brings realms up to the template and to what their domains have decided. Called again and again, on every node. */
@ApplicationScoped
public class RealmReconcile {

    private static final Logger LOG = System.getLogger(RealmReconcile.class.getName());

    @Inject
    Keycloak keycloak;

    @Inject
    RealmTemplate template;

    @Inject
    RealmStates states;

    @Inject
    DomainSignIn rules;

    @Inject
    ProviderRealm providers;

    @Inject
    Transactions transactions;

    /** Brings up what is behind and not to be left alone for a while. */
    public void sweep() {
        if (!keycloak.isConfigured()) {
            return;
        }
        byte[] base = template.base();
        for (DomainReference domain : transactions.inNew(() -> states.due(base))) {
            if (transactions.inNew(() -> states.take(domain.id()))) {
                bringUp(domain, base);
            }
        }
    }

    private void bringUp(DomainReference domain, byte[] base) {
        DomainSignIn.Stored decided = transactions.inNew(() -> rules.stored(domain.id()));
        try {
            AdminConnection realm = keycloak.realm(domain.realm());
            new RealmUpdate(
                            realm,
                            template.desired(domain, decided.settings()),
                            aliases -> providers.apply(
                                    realm,
                                    domain.id(),
                                    new ProviderRealm.Flows(
                                            aliases.getOrDefault(RealmTemplate.FIRST, RealmTemplate.FIRST),
                                            aliases.getOrDefault(RealmTemplate.AFTER, RealmTemplate.AFTER))))
                    .run();
            transactions.<Boolean, RuntimeException>inNew(() -> {
                states.applied(domain.id(), base, decided.revision(), decided.providers());
                return true;
            });
            LOG.log(Level.INFO, "realm {0} was brought up to date", domain.realm());
        } catch (KeycloakException | RuntimeException e) {
            String reason = reason(domain, e);
            long before = transactions.inNew(() -> states.failed(domain.id(), reason));
            LOG.log(
                    before == 0 ? Level.WARNING : Level.DEBUG,
                    "realm {0} is not up to date: {1}",
                    domain.realm(),
                    reason);
        }
    }

    private static String reason(DomainReference domain, Exception e) {
        if (e instanceof KeycloakException refused && refused.status() == 403) {
            return "The client of the access server may not administer the realm %s: run keycloak-provisioner.sh."
                    .formatted(domain.realm());
        }
        return e instanceof KeycloakException ? String.valueOf(e.getMessage()) : "An error of the server: " + e;
    }
}
