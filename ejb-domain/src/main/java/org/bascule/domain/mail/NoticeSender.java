package org.bascule.domain.mail;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.AddressException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.keycloak.Keycloak;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.domain.mail.Notices.Due;

/** Sends what is queued. A node that ends between sending and noting it lets a notice come twice. */
@ApplicationScoped
public class NoticeSender {

    private static final Logger LOG = System.getLogger(NoticeSender.class.getName());
    private static final int AT_ONCE = 100;

    @Inject
    Notices notices;

    @Inject
    MailServer server;

    @Inject
    Keycloak keycloak;

    @Inject
    Identities identities;

    @Inject
    Settings settings;

    @Inject
    Transactions transactions;

    /** Who is told, and in which language. */
    private record Recipient(String address, String language) {}

    /** Called again and again, on every node. Domains take turns, so that none waits for all that another one has queued. */
    public void sweep() {
        if (!notices.areSent()) {
            return;
        }
        Set<String> served = new HashSet<>();
        for (int sent = 0; sent < AT_ONCE; sent++) {
            Optional<Due> due = next(served);
            if (due.isEmpty() || !goesOn(due.get())) {
                return;
            }
            served.add(due.get().domainId());
        }
    }

    private Optional<Due> next(Set<String> served) {
        Optional<Due> due = transactions.inNew(() -> notices.take(served));
        if (due.isEmpty() && !served.isEmpty()) {
            served.clear();
            return transactions.inNew(() -> notices.take(served));
        }
        return due;
    }

    /** Sends one, or not. Returns whether the next one may go better. */
    private boolean goesOn(Due due) {
        try {
            send(due);
            forget(due);
            return true;
        } catch (MessagingException | IOException | KeycloakException | RuntimeException e) {
            LOG.log(
                    due.attempt() == 1 || due.isLast() ? Level.WARNING : Level.DEBUG,
                    "a notice ({0}) cannot be sent {1}: {2}",
                    due.notice().code(),
                    due.isLast() ? "and is given up" : "yet",
                    e.toString());
            if (due.isLast()) {
                forget(due);
            }
            return !isAway(e);
        }
    }

    /** Whether a server cannot be reached that all of them need; anything else is about one recipient or one domain. */
    private static boolean isAway(Exception e) {
        if (e instanceof KeycloakException refused) {
            return refused.status() == KeycloakException.UNREACHABLE;
        }
        boolean aboutOne = e instanceof SendFailedException || e instanceof AddressException;
        return e instanceof IOException || e instanceof MessagingException && !aboutOne;
    }

    private void send(Due due) throws MessagingException, IOException, KeycloakException {
        DomainReference domain = identities
                .domainOfId(due.domainId())
                .orElseThrow(() -> new IllegalStateException("there is no domain " + due.domainId()));
        Optional<Recipient> recipient = recipient(due, domain);
        if (recipient.isPresent()) {
            NoticeTexts.Text text = text(due, recipient.get().language(), domain);
            server.send(recipient.get().address(), text.subject(), text.body());
        }
    }

    private NoticeTexts.Text text(Due due, String language, DomainReference domain) {
        Digest digest = due.digest();
        return digest == null
                ? NoticeTexts.of(
                        due.notice(), language, due.userName(), domain.name(), due.about(), settings.publicUrl())
                : NoticeTexts.of(digest, domain.name(), settings.publicUrl());
    }

    /** Empty for a user who is gone, or has no address. */
    private Optional<Recipient> recipient(Due due, DomainReference domain) throws KeycloakException {
        String given = due.address();
        if (given != null) {
            return Optional.of(new Recipient(given, ""));
        }
        return keycloak.realm(domain.realm())
                .find("/users/" + due.subject())
                .map(user -> new Recipient(user.getString("email", ""), language(user)))
                .filter(recipient -> !recipient.address().isEmpty());
    }

    private static String language(JsonObject user) {
        JsonObject attributes = user.getJsonObject("attributes");
        JsonArray locale = attributes == null ? null : attributes.getJsonArray("locale");
        return locale == null || locale.isEmpty() ? "" : locale.getString(0, "");
    }

    private void forget(Due due) {
        transactions.<Boolean, RuntimeException>inNew(() -> {
            notices.done(due);
            return true;
        });
    }
}
