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

    /** Time of the newest stored event. */
    public Optional<Instant> newest(String domainId) {
        return Optional.ofNullable(sql.in(domainId)
                .statement("select max(occurred) from login_event where domain_id = :domain")
                .list(row -> Optional.ofNullable(row.instantOrNull(1)))
                .get(0)
                .orElse(null));
    }

    /** Records a failed login, unless it was recorded before. */
    public void record(String domainId, LoginFailure failure) {
        int added = sql.in(domainId)
                .statement(
                        "insert ignore into login_event (domain_id, event_id, occurred) values (:domain, :id, :time)")
                .set("id", failure.id())
                .set("time", failure.time())
                .update();
        if (added == 1) {
            audit.record(
                    AuditEvent.of(
                                    domainId,
                                    Actor.unknown(failure.userName(), failure.address()),
                                    Operation.LOGIN,
                                    Outcome.DENIED)
                            .saying(failure.error()),
                    failure.time());
        }
    }

    /** Forgets events that will not be asked for again, but for the newest: it says where to go on. */
    public void forget(String domainId, Instant before) {
        sql.in(domainId)
                .statement("delete from login_event where domain_id = :domain and occurred < :before")
                .set("before", before)
                .update();
    }
}
