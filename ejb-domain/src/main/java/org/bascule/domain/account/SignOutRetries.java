package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;

/**
 * Ends sessions in realms that did not answer when they ended here, again and again until they have: what the realm still knows would make new sign-ins here,
 * by a token that a program keeps. A session that began meanwhile ends with them.
 */
@ApplicationScoped
public class SignOutRetries {

    private static final Logger LOG = System.getLogger(SignOutRetries.class.getName());

    @Inject
    DueSignOuts due;

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
        for (DueSignOuts.Due one : transactions.inNew(due::due)) {
            transactions.<Boolean, RuntimeException>inNew(() -> retry(one));
        }
    }

    private boolean retry(DueSignOuts.Due one) {
        Optional<Boolean> off = due.lock(one);
        if (off.isEmpty()) {
            return false;
        }
        try {
            realm.end(one.domainId(), one.subject(), off.get());
            return due.remove(one.domainId(), one.subject());
        } catch (KeycloakException e) {
            if (e.status() == 404 && isGone(one)) {
                return due.remove(one.domainId(), one.subject());
            }
            LOG.log(Level.WARNING, "sessions of a user cannot be ended in the realm yet: {0}", e.getMessage());
            due.later(one);
            return false;
        }
    }

    /** Something else may have answered that nothing is there: a proxy, or while the realm is being made. */
    private boolean isGone(DueSignOuts.Due one) {
        try {
            return realm.isGone(one.domainId(), one.subject());
        } catch (KeycloakException e) {
            LOG.log(Level.DEBUG, "the realm does not say whether the user is gone: {0}", e.getMessage());
            return false;
        }
    }
}
