package org.bascule.keycloak;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventQuery;
import org.keycloak.events.EventStoreProvider;
import org.keycloak.events.EventStoreProviderFactory;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.events.admin.AdminEventQuery;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/** Keycloak's own store of events, which learns with which program somebody came (AUD-2): detail {@code user_agent}, at most 255 characters. */
@SuppressWarnings({"deprecation", "removal"}) // they have to be passed on as long as they are there
record EventStore(KeycloakSession session, EventStoreProvider store) implements EventStoreProvider {

    private static final String DETAIL = "user_agent";

    /** Comes before Keycloak's. */
    public static final class Factory implements EventStoreProviderFactory {

        @Override
        public EventStoreProvider create(KeycloakSession session) {
            return new EventStore(session, session.getProvider(EventStoreProvider.class, "jpa"));
        }

        @Override
        public int order() {
            return 1;
        }

        @Override
        public String getId() {
            return "bascule";
        }

        @Override
        public void init(Config.Scope config) {
            // has no settings
        }

        @Override
        public void postInit(KeycloakSessionFactory factory) {
            // nothing to prepare
        }

        @Override
        public void close() {
            // nothing to give back
        }
    }

    @Override
    public void onEvent(Event event) {
        if (Events.isOfAStranger(event) && isUnwanted(event)) {
            Refusals.leaveOut(event);
        }
        if (Refusals.isLeftOut(event)) {
            return;
        }
        if (Events.isNewPassword(event) && event.getSessionId() == null) {
            // the one sign-in that goes on
            Events.present(session).ifPresent(event::setSessionId);
        }
        Requests.userAgent(session).ifPresent(agent -> {
            Map<String, String> details = new HashMap<>(event.getDetails() == null ? Map.of() : event.getDetails());
            details.put(DETAIL, agent);
            event.setDetails(details);
        });
        store.onEvent(event);
    }

    /** Whether it comes from somebody who is shut out, or whom another site's page made send it. No step of a flow has asked before. */
    private boolean isUnwanted(Event event) {
        Optional<RealmModel> realm = Events.ofOurs(session, event.getRealmId());
        if (realm.isEmpty()) {
            return false;
        }
        if (Requests.isFromElsewhere(session)) {
            return true;
        }
        try {
            session.getProvider(AccessServer.class).admit(Requests.source(session, realm.get(), event.getIpAddress()));
            return false;
        } catch (RefusedException e) {
            return e.reason() != RefusedException.Reason.UNAVAILABLE;
        }
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        store.onEvent(event, includeRepresentation);
    }

    @Override
    public EventQuery createQuery() {
        return store.createQuery();
    }

    @Override
    public AdminEventQuery createAdminQuery() {
        return store.createAdminQuery();
    }

    @Override
    public void clear() {
        store.clear();
    }

    @Override
    public void clear(RealmModel realm) {
        store.clear(realm);
    }

    @Override
    public void clear(RealmModel realm, long olderThan) {
        store.clear(realm, olderThan);
    }

    @Override
    public void clearExpiredEvents() {
        store.clearExpiredEvents();
    }

    @Override
    public void clearAdmin() {
        store.clearAdmin();
    }

    @Override
    public void clearAdmin(RealmModel realm) {
        store.clearAdmin(realm);
    }

    @Override
    public void clearAdmin(RealmModel realm, long olderThan) {
        store.clearAdmin(realm, olderThan);
    }

    @Override
    public void close() {
        // the session ends the store
    }
}
