package org.bascule.domain.identity;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.RealmEvent.Source;
import org.bascule.domain.refusal.RefusedException;

/** Which events are in the audit log already. */
@Stateless
public class LoginEventStore {

    private static final Logger LOG = System.getLogger(LoginEventStore.class.getName());

    /** The source of what was recorded here, and which the realm will tell of. */
    private static final String OWN = "own";

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    AuditLog audit;

    @Inject
    Identities identities;

    @Inject
    SignInEnds ends;

    @Inject
    Clock clock;

    /** Time of the newest stored event; before the first that of the domain's creation. */
    public Instant newest(String domainId, Source source) {
        return sql.in(domainId)
                .statement("select coalesce((select max(occurred) from login_event where domain_id = :domain"
                        + " and source = :source), created) from domain where id = :domain")
                .set("source", source.code())
                .first(row -> row.instant(1))
                .orElseGet(clock::instant);
    }

    /** Records an event, unless it was recorded before. */
    public void record(DomainReference domain, Source source, RealmEvent event) {
        Operation operation = event.operation();
        if (!add(domain.id(), event.id(), event.time(), source.code()) || operation == null) {
            return;
        }
        boolean success = event.outcome() == Outcome.SUCCESS;
        if (operation == Operation.LOGOUT && success && !event.session().isEmpty()) {
            // the realm says so at once too, but to nobody while this server is away
            ends.ofRealmSession(domain.id(), event.session());
            if (wasRecordedHere(domain, event)) {
                return;
            }
        }
        Actor actor = actor(domain, source, event);
        AuditEvent record =
                AuditEvent.of(domain.id(), actor, operation, event.outcome()).saying(event.description());
        audit.record(about(domain, source, event, record), event.time());
        if (operation == Operation.LOGIN && success && actor.userId() != null) {
            identities.signedIn(domain.id(), actor.userId(), event.time());
        }
        if (operation == Operation.PASSWORD_CHANGED && success && source == Source.USER && actor.userId() != null) {
            // as the realm has done with its sessions: whoever knew the former password is out
            ends.ofUserBefore(domain.id(), actor.userId(), event.time(), event.session());
        }
    }

    private boolean add(String domainId, String id, Instant time, String source) {
        return sql.in(domainId)
                        .statement("insert ignore into login_event (domain_id, event_id, occurred, source)"
                                + " values (:domain, :id, :time, :source)")
                        .set("id", id)
                        .set("time", time)
                        .set("source", source)
                        .update()
                == 1;
    }

    private boolean wasRecordedHere(DomainReference domain, RealmEvent event) {
        return sql.in(domain.id())
                        .statement("insert ignore into login_event (domain_id, event_id, occurred, source)"
                                + " values (:domain, sha2(:session, 256), :time, '" + OWN + "')")
                        .set("session", event.session())
                        .set("time", event.time())
                        .update()
                == 0;
    }

    /** Says that the log-out of a sign-in is recorded in this transaction: the realm will tell of it too. */
    public void loggedOut(String domainId, String signInId) {
        sql.in(domainId)
                .statement("insert ignore into login_event (domain_id, event_id, occurred, source)"
                        + " select domain_id, sha2(realm_session, 256), :now, '" + OWN + "' from sign_in"
                        + " where domain_id = :domain and id = :id and realm_session is not null")
                .set("now", clock.instant())
                .set("id", signInId)
                .update();
    }

    /** The domain's user, where something succeeded; a name alone proves nothing. */
    private Actor actor(DomainReference domain, Source source, RealmEvent event) {
        if (event.outcome() != Outcome.SUCCESS) {
            return Actor.unknown(event.userName(), event.address());
        }
        Optional<Actor> known = identities.actor(domain.id(), event.subject(), event.address());
        if (known.isEmpty() && source == Source.USER && event.operation() == Operation.LOGIN) {
            return takenIn(domain, event);
        }
        return known.orElseGet(() -> Actor.unknown(
                source == Source.ADMIN && event.userName().isEmpty() ? event.subject() : event.userName(),
                event.address()));
    }

    /**
     * Whoever signs in for the first time is known from then on, whether the browser or the realm's list is the first to tell. What was prepared under a name is
     * left to the sign-in itself: the list tells what somebody typed, and not whether the domain's own realm vouches for it or an outside organisation.
     */
    private Actor takenIn(DomainReference domain, RealmEvent event) {
        if (identities.awaitsSomebody(domain.id())) {
            return Actor.unknown(event.userName(), event.address());
        }
        try {
            return transactions
                    .<Caller, RefusedException>inNew(() -> identities.signIn(new SignIn(
                            domain.issuer(),
                            event.subject(),
                            event.userName(),
                            event.address(),
                            null,
                            null,
                            false,
                            null)))
                    .actor();
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "a user of realm {0} is not one of its domain: {1}", domain.realm(), e.detail());
            return Actor.unknown(event.userName(), event.address());
        }
    }

    /** What is done to an account that is not its user's own doing is about it. */
    private AuditEvent about(DomainReference domain, Source source, RealmEvent event, AuditEvent record) {
        if (source == Source.ADMIN || event.outcome() == Outcome.SUCCESS) {
            return record;
        }
        return identities
                .actor(domain.id(), event.subject(), null)
                .map(user -> record.on(String.valueOf(user.userId()), user.name()))
                .orElse(record);
    }

    /** Forgets events that will not be asked for again, but for the newest: it says where to go on. */
    public void forget(String domainId, Source source, Instant before) {
        sql.in(domainId)
                .statement(
                        "delete from login_event where domain_id = :domain and source in (:source, :own) and occurred < :before")
                .set("source", source.code())
                .set("own", source == Source.USER ? OWN : source.code())
                .set("before", before)
                .update();
    }
}
