package org.bascule.domain.realm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.realm.DomainCreations.Work;
import org.bascule.domain.refusal.RefusedException;

/**
 * Does what {@link DomainCreations} holds. Each step may be done twice: a realm that is there already is this creation's if it says so, and the domain
 * is made in one transaction with the note that it is.
 */
@ApplicationScoped
public class DomainMaker {

    private static final Logger LOG = System.getLogger(DomainMaker.class.getName());

    /** With the pauses in between, some hours. */
    private static final int MAX_ATTEMPTS = 20;

    @Inject
    DomainCreations creations;

    @Inject
    DomainFounder founder;

    @Inject
    RealmTemplate template;

    @Inject
    Keycloak keycloak;

    @Inject
    Settings settings;

    @Inject
    Transactions transactions;

    /** Takes a step with each creation that is due, and the next one at once where that succeeds. Called again and again, on every node. */
    public void sweep() {
        for (String id : transactions.inNew(creations::due)) {
            while (step(id)) {
                LOG.log(Level.DEBUG, "the creation of {0} goes on", id);
            }
        }
    }

    /** Takes one step; true if there is another one. */
    boolean step(String id) {
        var taken = transactions.inNew(() -> creations.take(id));
        if (taken.isEmpty()) {
            return false;
        }
        Work work = taken.get();
        try {
            String next = take(work);
            if (next.equals("done")) {
                LOG.log(Level.INFO, "creation of domain {0}: {1} done", work.name(), work.step());
            }
            return !next.equals("done");
        } catch (KeycloakException e) {
            failed(work, String.valueOf(e.getMessage()), e.isPassing());
        } catch (DuplicateException e) {
            giveUp(work, "There is a domain of that name by now.");
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "creation of domain " + work.name() + " failed", e);
            failed(work, "An error of the server, see its log.", true);
        }
        return false;
    }

    private String take(Work work) throws KeycloakException, DuplicateException {
        return switch (work.step()) {
            case "realm" -> {
                makeRealm(work);
                yield then(work, "domain");
            }
            case "domain" -> makeDomain(work);
            case "invitation" -> {
                Invitation.send(keycloak.realm(work.realm()), work.ownerId());
                yield then(work, "done");
            }
            case "undo" -> {
                removeRealm(work);
                yield then(work, "done");
            }
            default -> throw new IllegalStateException("there is no step " + work.step());
        };
    }

    private String then(Work work, String next) {
        transactions.inNew(() -> creations.done(work.id(), work.step(), next));
        return next;
    }

    private DomainReference reference(Work work) {
        return new DomainReference(work.id(), work.name(), work.realm(), settings.issuerOf(work.realm()));
    }

    private void makeRealm(Work work) throws KeycloakException {
        RealmTemplate.Owner owner =
                new RealmTemplate.Owner(work.ownerId(), work.ownerName(), work.ownerEmail(), creations.open(work));
        try {
            keycloak.asMaker(work.realm()).create(template.first(reference(work), SignInSettings.DEFAULT, owner));
        } catch (KeycloakException e) {
            if (!e.isConflict() || !isOurs(work)) {
                throw e;
            }
        }
    }

    /** Whether the realm was made by this creation, in an attempt whose end nobody learned of. */
    private boolean isOurs(Work work) throws KeycloakException {
        JsonObject realm = keycloak.realm(work.realm()).object("");
        JsonObject attributes =
                realm.containsKey("attributes") ? realm.getJsonObject("attributes") : JsonValue.EMPTY_JSON_OBJECT;
        return attributes.getString(RealmTemplate.DOMAIN, "").equals(work.id());
    }

    private String makeDomain(Work work) throws DuplicateException {
        String next = work.invite() ? "invitation" : "done";
        transactions.<Boolean, DuplicateException>inNew(
                () -> creations.done(work.id(), work.step(), next) && found(work));
        return next;
    }

    private boolean found(Work work) throws DuplicateException {
        try {
            DomainFounder.Founded founded = founder.found(
                    work.id(),
                    work.name(),
                    work.realm(),
                    "asked for by " + work.requestedBy() + ", who operates the installation");
            String owners = Preset.OWNERS.group();
            founder.addUser(
                    work.id(),
                    work.ownerId(),
                    work.ownerName(),
                    Map.of(owners, founded.groups().get(owners)));
            return true;
        } catch (RefusedException e) {
            throw new IllegalStateException("the names were checked when the creation began", e);
        }
    }

    /** A realm that says it is another's is left alone; so is one that does not know this server. */
    private void removeRealm(Work work) throws KeycloakException {
        try {
            if (isOurs(work)) {
                keycloak.realm(work.realm()).delete("");
            }
        } catch (KeycloakException e) {
            if (e.status() != 404 && e.status() != 401) {
                throw e;
            }
        }
    }

    private void failed(Work work, String error, boolean passing) {
        LOG.log(Level.WARNING, "creation of domain {0}, {1}: {2}", work.name(), work.step(), error);
        boolean undoing = work.step().equals("undo");
        if (!undoing
                && work.step().equals("realm")
                && work.attempts() + 1 >= (passing ? MAX_ATTEMPTS : MAX_ATTEMPTS / 4)) {
            giveUp(work, error);
        } else {
            transactions.<Boolean, RuntimeException>inNew(() -> {
                creations.failed(work.id(), work.step(), work.attempts(), error);
                return true;
            });
        }
    }

    private void giveUp(Work work, String error) {
        transactions.<Boolean, RuntimeException>inNew(() -> {
            creations.giveUp(work.id(), work.step(), error);
            return true;
        });
    }
}
