package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;

/** Removes accounts of deleted users from their realms, again and again until the realm has answered. */
@ApplicationScoped
public class AccountRemovals {

    private static final Logger LOG = System.getLogger(AccountRemovals.class.getName());

    @Inject
    RemovedSubjects removed;

    @Inject
    RealmUsers realm;

    @Inject
    Keycloak keycloak;

    @Inject
    Transactions transactions;

    /** Called again and again, on every node. */
    public void sweep() {
        if (!keycloak.isConfigured()) {
            return;
        }
        for (RemovedSubjects.Due one : transactions.inNew(removed::take)) {
            try {
                realm.remove(one.domainId(), one.subject());
                transactions.<Boolean, RuntimeException>inNew(() -> {
                    removed.done(one);
                    return true;
                });
            } catch (KeycloakException e) {
                LOG.log(Level.WARNING, "the account of a deleted user cannot be removed yet: {0}", e.getMessage());
            }
        }
    }
}
