package org.bascule.domain.identity;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;

/** Which events are in the audit log already. */
@Stateless
public class LoginEventStore {

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Identities identities;

    /** Time of the newest stored event. */
    public Optional<Instant> newest(String domainId) {
        return Optional.ofNullable(sql.in(domainId)
                .statement("select max(occurred) from login_event where domain_id = :domain")
                .list(row -> Optional.ofNullable(row.instantOrNull(1)))
                .get(0)
                .orElse(null));
    }

    /** Records an event, unless it was recorded before. */
    public void record(String domainId, RealmEvent event) {
        int added = sql.in(domainId)
                .statement(
                        "insert ignore into login_event (domain_id, event_id, occurred) values (:domain, :id, :time)")
                .set("id", event.id())
                .set("time", event.time())
                .update();
        Operation operation = event.operation();
        if (added == 1 && operation != null) {
            Actor actor = actor(domainId, event);
            audit.record(
                    AuditEvent.of(domainId, actor, operation, event.outcome()).saying(event.detail()), event.time());
            if (operation == Operation.LOGIN && event.outcome() == Outcome.SUCCESS && actor.userId() != null) {
                identities.signedIn(domainId, actor.userId(), event.time());
            }
        }
    }

    /** The domain's user, where a login succeeded; a name alone proves nothing. */
    private Actor actor(String domainId, RealmEvent event) {
        Optional<Actor> user = event.outcome() == Outcome.SUCCESS
                ? identities.actor(domainId, event.subject(), event.address())
                : Optional.empty();
        return user.orElseGet(() -> Actor.unknown(event.userName(), event.address()));
    }

    /** Forgets events that will not be asked for again, but for the newest: it says where to go on. */
    public void forget(String domainId, Instant before) {
        sql.in(domainId)
                .statement("delete from login_event where domain_id = :domain and occurred < :before")
                .set("before", before)
                .update();
    }
}
