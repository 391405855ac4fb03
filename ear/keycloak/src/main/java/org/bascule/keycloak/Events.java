package org.bascule.keycloak;

import java.util.Optional;
import java.util.Set;
import org.bascule.keycloak.AccessServer.Kind;
import org.keycloak.Config;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.EventType;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.credential.OTPCredentialModel;
import org.keycloak.models.credential.PasswordCredentialModel;
import org.keycloak.models.credential.WebAuthnCredentialModel;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Listens to all realms with Bascule's template: tells the access server after commit that there are events to fetch (AUD-2), counts failures of clients
 * that no authenticator sees before (IDN-5), takes the enrolment of a second factor for a proof of it (IDN-4), and ends what was
 * begun with a former password (IDN-8).
 */
record Events(KeycloakSession session) implements EventListenerProvider {

    private static final System.Logger LOG = System.getLogger(Events.class.getName());

    private static final Set<String> OF_CLIENTS = Set.of(
            Errors.INVALID_CLIENT_CREDENTIALS,
            Errors.INVALID_CLIENT,
            Errors.CLIENT_NOT_FOUND,
            Errors.UNAUTHORIZED_CLIENT);

    private static final Set<String> OF_STRANGERS =
            Set.of(Errors.CLIENT_NOT_FOUND, Errors.INVALID_REDIRECT_URI, Errors.INVALID_REQUEST);

    private static final Set<String> FACTORS = Set.of(
            OTPCredentialModel.TYPE, WebAuthnCredentialModel.TYPE_TWOFACTOR, WebAuthnCredentialModel.TYPE_PASSWORDLESS);

    /** Made for every session of Keycloak's. */
    public static final class Factory implements EventListenerProviderFactory {

        @Override
        public EventListenerProvider create(KeycloakSession session) {
            return new Events(session);
        }

        @Override
        public boolean isGlobal() {
            return true;
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

    /** A request for a sign-in that no client of ours makes: anybody can send any number. */
    static boolean isOfAStranger(Event event) {
        return event.getType() == EventType.LOGIN_ERROR
                && event.getError() != null
                && OF_STRANGERS.contains(event.getError());
    }

    @Override
    public void onEvent(Event event) {
        if (Refusals.isLeftOut(event)) {
            return;
        }
        ofOurs(session, event.getRealmId()).ifPresent(realm -> {
            noteEnrolment(event);
            if (isNewPassword(event)) {
                endOthers(realm, event.getUserId());
            }
            failure(realm, event).ifPresent(kind -> count(realm, kind, event));
            wakeAfterCommit(realm);
        });
    }

    @Override
    public void onEvent(AdminEvent event, boolean includeRepresentation) {
        ofOurs(session, event.getRealmId()).ifPresent(this::wakeAfterCommit);
    }

    static Optional<RealmModel> ofOurs(KeycloakSession session, String realmId) {
        return Optional.ofNullable(realmId)
                .map(id -> session.realms().getRealm(id))
                .filter(realm -> realm.getAttribute(ClientGuard.TEMPLATE) != null);
    }

    /** A user chose a password: by a link in a mail, at a sign-in or while signed in. */
    static boolean isNewPassword(Event event) {
        return event.getType() == EventType.UPDATE_CREDENTIAL
                && event.getError() == null
                && event.getDetails() != null
                && PasswordCredentialModel.TYPE.equals(event.getDetails().get(Details.CREDENTIAL_TYPE));
    }

    /** The session in which somebody does something now, or begins one; empty if it is none. */
    static Optional<String> present(KeycloakSession session) {
        return Optional.ofNullable(session.getContext().getAuthenticationSession())
                .map(signIn -> signIn.getParentSession().getId());
    }

    /** Whoever knew the former password is out: all sessions of the user but this one end, and all tokens that programs keep. */
    private void endOthers(RealmModel realm, String userId) {
        UserModel user = session.users().getUserById(realm, userId);
        if (user == null) {
            return;
        }
        String present = present(session).orElse("");
        session.sessions()
                .getUserSessionsStream(realm, user)
                .filter(one -> !one.getId().equals(present))
                .toList()
                .forEach(one -> end(realm, one, false));
        session.sessions().getOfflineUserSessionsStream(realm, user).toList().forEach(one -> end(realm, one, true));
    }

    private void end(RealmModel realm, UserSessionModel one, boolean offline) {
        KeycloakContext context = session.getContext();
        AuthenticationManager.backchannelLogout(
                session,
                realm,
                one,
                context.getUri(),
                context.getConnection(),
                context.getRequestHeaders(),
                false,
                offline);
    }

    private void noteEnrolment(Event event) {
        AuthenticationSessionModel signIn = session.getContext().getAuthenticationSession();
        boolean enrolled =
                switch (event.getType()) {
                    case UPDATE_TOTP -> true;
                    case UPDATE_CREDENTIAL ->
                        event.getDetails() != null
                                && FACTORS.contains(event.getDetails().getOrDefault(Details.CREDENTIAL_TYPE, ""));
                    default -> false;
                };
        if (enrolled
                && signIn != null
                && signIn.getAuthenticatedUser() != null
                && signIn.getAuthenticatedUser().getId().equals(event.getUserId())) {
            SecondFactor.proved(signIn);
        }
    }

    /**
     * What was guessed at, if anything was. Of a confidential client only its secret can be guessed: whatever else it is refused, it brought for somebody at
     * another address.
     */
    private static Optional<Kind> failure(RealmModel realm, Event event) {
        String error = event.getError();
        if (error == null) {
            return Optional.empty();
        }
        boolean ofClient = OF_CLIENTS.contains(error);
        return switch (event.getType()) {
            case LOGIN_ERROR -> isOfAStranger(event) ? Optional.of(Kind.CLIENT) : Optional.empty();
            case CLIENT_LOGIN_ERROR,
                    OAUTH2_DEVICE_AUTH_ERROR,
                    INTROSPECT_TOKEN_ERROR,
                    REVOKE_GRANT_ERROR,
                    LOGOUT_ERROR -> ofClient ? Optional.of(Kind.CLIENT) : Optional.empty();
            case CODE_TO_TOKEN_ERROR -> ofClient ? Optional.of(Kind.CLIENT) : ofPublic(realm, event, Kind.CODE);
            case REFRESH_TOKEN_ERROR ->
                ofClient ? Optional.of(Kind.CLIENT) : ofPublic(realm, event, Kind.REFRESH_TOKEN);
            case OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR ->
                ofClient
                        ? Optional.of(Kind.CLIENT)
                        : Errors.INVALID_OAUTH2_DEVICE_CODE.equals(error)
                                ? ofPublic(realm, event, Kind.DEVICE_CODE)
                                : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Kind> ofPublic(RealmModel realm, Event event, Kind kind) {
        ClientModel client = event.getClientId() == null ? null : realm.getClientByClientId(event.getClientId());
        boolean wasRefusedUnseen = Errors.ACCESS_DENIED.equals(event.getError());
        return (client == null || client.isPublicClient()) && !wasRefusedUnseen ? Optional.of(kind) : Optional.empty();
    }

    private void count(RealmModel realm, Kind kind, Event event) {
        try {
            session.getProvider(AccessServer.class)
                    .failed(Requests.source(session, realm, event.getIpAddress()), kind, event.getError());
        } catch (RefusedException e) {
            LOG.log(System.Logger.Level.WARNING, "a failure was not counted: {0}", e.getMessage());
        }
    }

    private void wakeAfterCommit(RealmModel realm) {
        String name = realm.getName();
        AccessServer accessServer = session.getProvider(AccessServer.class);
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                accessServer.wake(name);
            }

            @Override
            protected void rollbackImpl() {
                // then there is no event either
            }
        });
    }

    @Override
    public void close() {
        // holds nothing
    }
}
