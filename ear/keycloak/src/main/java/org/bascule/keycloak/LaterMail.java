package org.bascule.keycloak;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.keycloak.email.EmailException;
import org.keycloak.email.EmailSenderProvider;
import org.keycloak.email.freemarker.FreeMarkerEmailTemplateProvider;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.executors.ExecutorsProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Words a mail now and has it sent by another thread after commit: for how long a mail server lets itself be waited for is nothing that a stranger can see. */
final class LaterMail extends FreeMarkerEmailTemplateProvider {

    private static final System.Logger LOG = System.getLogger(LaterMail.class.getName());

    private final String requestedFrom;

    LaterMail(KeycloakSession session, String requestedFrom) {
        super(session);
        this.requestedFrom = requestedFrom;
    }

    @Override
    protected void send(
            Map<String, String> config, String subject, String text, String html, @Nullable String address) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        ExecutorService executor = session.getProvider(ExecutorsProvider.class).getExecutor("bascule-mail");
        Map<String, String> server = new HashMap<>(config);
        String to = address == null ? user.getEmail() : address;
        String realmId = realm.getId();
        String userId = user.getId();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                executor.execute(() -> KeycloakModelUtils.runJobInTransaction(factory, later -> {
                    RealmModel there = later.realms().getRealm(realmId);
                    later.getContext().setRealm(there);
                    try {
                        later.getProvider(EmailSenderProvider.class).send(server, to, subject, text, html);
                    } catch (EmailException e) {
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "a mail cannot be sent: {0}",
                                String.valueOf(e.getCause()));
                        new EventBuilder(there, later)
                                .event(EventType.SEND_RESET_PASSWORD)
                                .user(userId)
                                .ipAddress(requestedFrom)
                                .error(Errors.EMAIL_SEND_FAILED);
                    }
                }));
            }

            @Override
            protected void rollbackImpl() {
                // then there is nothing to tell
            }
        });
    }
}
