package org.bascule.domain.account;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.keycloak.UserCredential;
import org.bascule.domain.realm.Invitation;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** The users of a domain's realm. Nothing here asks whether the caller may: that is done before. */
@ApplicationScoped
public class RealmUsers {

    private static final String USERS = "/users/";
    private static final String UPDATE_PASSWORD = "UPDATE_PASSWORD";

    /** By then whoever makes an account has finished. */
    private static final Duration IN_THE_MAKING = Duration.ofMinutes(10);

    @Inject
    Keycloak keycloak;

    @Inject
    Identities identities;

    @Inject
    Clock clock;

    private AdminConnection realm(String domainId) throws KeycloakException {
        DomainReference domain = identities
                .domainOfId(domainId)
                .orElseThrow(() -> new IllegalStateException("there is no domain " + domainId));
        return keycloak.realm(domain.realm());
    }

    /**
     * Makes a user who cannot sign in yet. What an earlier attempt left behind gives way: somebody who can do nothing and whom nothing refers to.
     *
     * @return the user's id
     */
    public String create(String domainId, String name, @Nullable String email) throws KeycloakException {
        JsonObjectBuilder user =
                Json.createObjectBuilder().add("username", name).add("enabled", false);
        if (email != null) {
            user.add("email", email).add("emailVerified", false);
        }
        JsonObject made = user.build();
        AdminConnection realm = realm(domainId);
        try {
            return realm.post("/users", made);
        } catch (KeycloakException e) {
            Optional<String> leftover = e.isConflict() ? leftover(domainId, realm, name) : Optional.empty();
            if (leftover.isEmpty()) {
                throw e;
            }
            realm.delete(USERS + leftover.get());
            return realm.post("/users", made);
        }
    }

    private Optional<String> leftover(String domainId, AdminConnection realm, String name) throws KeycloakException {
        for (JsonObject user : realm.list("/users?exact=true&username=" + encoded(name))) {
            String id = user.getString("id");
            boolean unused = !user.getBoolean("enabled", true) || isUnused(realm, user);
            if (unused && identities.actor(domainId, id, null).isEmpty()) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    /** Whether an account that is switched on was left by somebody who could not finish: nobody has ever signed in with it, or can by other ways than its first password. */
    private boolean isUnused(AdminConnection realm, JsonObject user) throws KeycloakException {
        String path = USERS + user.getString("id");
        // one that is just being made has no reference yet either
        long made = user.containsKey("createdTimestamp")
                ? user.getJsonNumber("createdTimestamp").longValue()
                : Long.MAX_VALUE;
        return made < clock.instant().minus(IN_THE_MAKING).toEpochMilli()
                && user.getString("federationLink", "").isEmpty()
                && mustChoosePassword(user)
                && realm.list(path + "/federated-identity").isEmpty()
                && realm.list(path + "/sessions").isEmpty();
    }

    private static boolean mustChoosePassword(JsonObject user) {
        JsonArray actions =
                user.containsKey("requiredActions") ? user.getJsonArray("requiredActions") : JsonArray.EMPTY_JSON_ARRAY;
        return actions.getValuesAs(JsonString.class).stream()
                .anyMatch(action -> action.getString().equals(UPDATE_PASSWORD));
    }

    public void setFirstPassword(String domainId, String subject, String password) throws KeycloakException {
        realm(domainId)
                .put(
                        USERS + subject + "/reset-password",
                        Json.createObjectBuilder()
                                .add("type", "password")
                                .add("value", password)
                                .add("temporary", true)
                                .build());
    }

    public void setEnabled(String domainId, String subject, boolean enabled) throws KeycloakException {
        change(realm(domainId), subject, Json.createObjectBuilder().add("enabled", enabled));
    }

    /**
     * Ends every session; does not wait long, for who holds a lock.
     *
     * @param off lets nobody in any more, before that
     */
    public void end(String domainId, String subject, boolean off) throws KeycloakException {
        AdminConnection realm = realm(domainId).quick();
        if (off) {
            change(realm, subject, Json.createObjectBuilder().add("enabled", false));
        }
        signOut(realm, subject);
    }

    /** Whether the realm is there and has no such user. */
    public boolean isGone(String domainId, String subject) throws KeycloakException {
        AdminConnection realm = realm(domainId).quick();
        return realm.find("").isPresent() && realm.find(USERS + subject).isEmpty();
    }

    /** Empty for none, also where the realm has no such user. */
    public Optional<String> email(String domainId, String subject) throws KeycloakException {
        return realm(domainId)
                .find(USERS + subject)
                .map(user -> user.getString("email", ""))
                .filter(email -> !email.isEmpty());
    }

    /**
     * Sets an address that somebody else typed: the user has yet to confirm it, by a link that goes there.
     *
     * @param email empty for none
     */
    public void setEmail(String domainId, String subject, String email) throws KeycloakException {
        change(
                realm(domainId),
                subject,
                Json.createObjectBuilder().add("email", email).add("emailVerified", false));
    }

    private static void change(AdminConnection realm, String subject, JsonObjectBuilder change)
            throws KeycloakException {
        JsonObjectBuilder user = Json.createObjectBuilder(realm.object(USERS + subject));
        change.build().forEach(user::add);
        realm.put(USERS + subject, user.build());
    }

    /** Whether the realm has the user's name from elsewhere: a company's provider or directory. */
    public boolean isNamedElsewhere(String domainId, String subject) throws KeycloakException {
        AdminConnection realm = realm(domainId).quick();
        return !realm.object(USERS + subject).getString("federationLink", "").isEmpty()
                || !realm.list(USERS + subject + "/federated-identity").isEmpty();
    }

    /** Gives an account another name to sign in with; what was set for it stays. Does not wait long, for who holds a lock. */
    public void rename(String domainId, String subject, String name) throws KeycloakException {
        change(realm(domainId).quick(), subject, Json.createObjectBuilder().add("username", name));
    }

    /** Ends every session; tokens that were handed out are not renewed any more. */
    public void signOut(String domainId, String subject) throws KeycloakException {
        signOut(realm(domainId), subject);
    }

    private static void signOut(AdminConnection realm, String subject) throws KeycloakException {
        realm.post(USERS + subject + "/logout", Json.createObjectBuilder().build());
    }

    /** Sends a link by which the user chooses a password. */
    public void invite(String domainId, String subject) throws KeycloakException {
        Invitation.send(realm(domainId), subject);
    }

    /** Empty where the realm has no such user. */
    public Optional<AccountView.Facts> facts(String domainId, String subject) throws KeycloakException {
        AdminConnection realm = realm(domainId);
        Optional<JsonObject> user = realm.find(USERS + subject);
        if (user.isEmpty()) {
            return Optional.empty();
        }
        String email = user.get().getString("email", "");
        return Optional.of(new AccountView.Facts(
                email.isEmpty() ? null : email, mustChoosePassword(user.get()), UserCredential.of(realm, subject)));
    }

    /** Removes second factors and passkeys, and tells the kind of each one that is gone. */
    public void removeFactors(String domainId, String subject, Consumer<String> removed) throws KeycloakException {
        AdminConnection realm = realm(domainId);
        List<UserCredential> factors = UserCredential.of(realm, subject).stream()
                .filter(factor -> !factor.kind().equals("password"))
                .toList();
        for (UserCredential factor : factors) {
            realm.delete(USERS + subject + "/credentials/" + factor.id());
            removed.accept(factor.kind());
        }
    }

    /** Removes the user, if there is one, and so ends every session. */
    public void remove(String domainId, String subject) throws KeycloakException {
        realm(domainId).delete(USERS + subject);
    }
}
