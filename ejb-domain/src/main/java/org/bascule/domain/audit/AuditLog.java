package org.bascule.domain.audit;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.live.LiveEvent;
import org.jspecify.annotations.Nullable;

/** Writes the audit log. */
@Stateless
public class AuditLog {

    private static final Logger LOG = System.getLogger(AuditLog.class.getName());

    static final int MAX_NAME = 200;
    static final int MAX_USER_NAME = 256;
    static final int MAX_ADDRESS = 64;
    static final int MAX_DETAIL = 1_000;

    private static final String WITHOUT_VALUES = "a change without values before and after: ";

    private static final String INSERT =
            """
            insert into bascule_audit.audit_event
              (id, domain_id, occurred, code, outcome, user_id, user_name, resource_id, resource_name, address, session_id, detail, changes)
            values (:id, :domain, :occurred, :code, :outcome, :user, :userName, :resource, :resourceName, :address, :session, :detail, :changes)""";

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    @Inject
    RefusalRate refusals;

    /** Records within the caller's transaction: both are stored, or neither. Without one, such as after a sign-in, in one of its own. */
    public void record(AuditEvent event) {
        insert(event, clock.instant());
    }

    /** Records something that happened at another time than now, such as at a device that was offline then. */
    public void record(AuditEvent event, Instant occurred) {
        insert(event, occurred);
    }

    /** Records in a transaction of its own, for refused attempts whose transaction is rolled back, or is marked for it already: a container calls nothing more in one of those. What is too much of one user is only counted ({@link RefusalRate}). */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void recordRefused(AuditEvent event) {
        if (refusals.admits(event)) {
            transactions.inNew(() -> {
                insert(named(event), clock.instant());
                return true;
            });
        }
        Attempt.recorded();
    }

    /**
     * Records, in a transaction of its own, that something was refused that was only to be read. Pages that are left open read by themselves, and the record
     * is a reason to read again: of the same there is one record a minute.
     */
    public void recordRefusedReading(AuditEvent event) {
        if (refusals.isNewReading(event)) {
            recordRefused(event);
        }
    }

    /** Records how many refused attempts were only counted within minutes that are over; called every few seconds. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void recordCounted() {
        recordEach(refusals.over());
    }

    /** The same at the end of this node's work, whatever minute it is. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void recordAllCounted() {
        recordEach(refusals.all());
    }

    private void recordEach(List<AuditEvent> events) {
        for (AuditEvent event : events) {
            try {
                transactions.inNew(() -> {
                    insert(event, clock.instant());
                    return true;
                });
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "not recorded: " + event.operation().code() + ", " + event.detail(), e);
            }
        }
    }

    /** With the name that the resource has, where whoever was refused had none at hand. */
    private AuditEvent named(AuditEvent event) {
        String id = event.resourceId();
        if (id == null || event.resourceName() != null) {
            return event;
        }
        return sql.in(event.domainId())
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", id)
                .first(row -> event.on(id, row.text(1)))
                .orElse(event);
    }

    private void insert(AuditEvent event, Instant occurred) {
        assert isComplete(event) : WITHOUT_VALUES + event;
        sql.in(event.domainId())
                .statement(INSERT)
                .set("id", ids.next())
                .set("occurred", occurred)
                .set("code", event.operation().code())
                .set("outcome", event.outcome().code())
                .set("user", event.actor().userId())
                .set("userName", cut(event.actor().name(), MAX_USER_NAME))
                .set("resource", event.resourceId())
                .set("resourceName", cut(event.resourceName(), MAX_NAME))
                .set("address", cut(event.actor().address(), MAX_ADDRESS))
                .set("session", event.sid())
                .set("detail", cut(event.detail(), MAX_DETAIL))
                .set("changes", event.changes())
                .update();
        live.fire(new LiveEvent.AuditAdded(event.domainId()));
    }

    /** Records many things of one domain in one go, within the caller's transaction. */
    public void recordAll(String domainId, List<AuditEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        assert events.stream().allMatch(AuditLog::isComplete) : WITHOUT_VALUES + events;
        sql.in(domainId).statement(INSERT).set("occurred", clock.instant()).updateEach(events, (row, event) -> row.set(
                        "id", ids.next())
                .set("code", event.operation().code())
                .set("outcome", event.outcome().code())
                .set("user", event.actor().userId())
                .set("userName", cut(event.actor().name(), MAX_USER_NAME))
                .set("resource", event.resourceId())
                .set("resourceName", cut(event.resourceName(), MAX_NAME))
                .set("address", cut(event.actor().address(), MAX_ADDRESS))
                .set("session", event.sid())
                .set("detail", cut(event.detail(), MAX_DETAIL))
                .set("changes", event.changes()));
        live.fire(new LiveEvent.AuditAdded(domainId));
    }

    /** Whether a change that was made is told by its values. Asserted, so that every test of a change sees to it, and no change fails in operation for want of them. */
    private static boolean isComplete(AuditEvent event) {
        return event.outcome() != Outcome.SUCCESS || !event.operation().isChange() || event.changes() != null;
    }

    /** Cuts a text without splitting a surrogate pair. */
    static @Nullable String cut(@Nullable String text, int max) {
        if (text == null || text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end);
    }
}
