package org.bascule.domain.audit;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Page;
import org.jspecify.annotations.Nullable;

/** Writes and reads the audit log. */
@Stateless
public class AuditLog {

    static final int MAX_NAME = 200;
    static final int MAX_USER_NAME = 256;
    static final int MAX_ADDRESS = 64;
    static final int MAX_DETAIL = 1_000;

    private static final String INSERT =
            """
            insert into bascule_audit.audit_event
              (id, domain_id, occurred, code, outcome, user_id, user_name, resource_id, resource_name, address, session_id, detail, changes)
            values (:id, :domain, :occurred, :code, :outcome, :user, :userName, :resource, :resourceName, :address, :session, :detail, :changes)""";

    private static final String FILTER =
            """
             from bascule_audit.audit_event
            where domain_id = :domain
              and (:from is null or occurred >= :from) and (:to is null or occurred < :to)
              and (:code is null or code = :code) and (:outcome is null or outcome = :outcome)
              and (:user is null or user_id = :user) and (:resource is null or resource_id = :resource)
              and (:text is null or user_name like :text or resource_name like :text or address like :text or detail like :text)""";

    private static final String SELECT =
            "select id, occurred, code, outcome, user_id, user_name, resource_id, resource_name, address, detail, session_id, changes"
                    + FILTER
                    + " order by id desc limit :size offset :offset";

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

    /** Records within the caller's transaction: both are stored, or neither. Without one, such as after a sign-in, in one of its own. */
    public void record(AuditEvent event) {
        insert(event, clock.instant());
    }

    /** Records something that happened at another time than now, such as at a device that was offline then. */
    public void record(AuditEvent event, Instant occurred) {
        insert(event, occurred);
    }

    /** Records in a transaction of its own, for refused attempts whose transaction is rolled back, or is marked for it already: a container calls nothing more in one of those. */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void recordRefused(AuditEvent event) {
        transactions.inNew(() -> {
            insert(event, clock.instant());
            return true;
        });
    }

    private void insert(AuditEvent event, Instant occurred) {
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

    /**
     * One page, newest first, of one domain. It checks no permission: users read through {@code org.bascule.domain.logbook.Logbook}.
     */
    public Page<AuditEntry> query(String domainId, AuditQuery query) {
        if (!Stream.of(query.code(), query.outcome(), query.userId(), query.deviceUid())
                .allMatch(code -> code == null || Like.isAscii(code))) {
            return Page.of(List.of(), 0, query.page());
        }
        Statement count = sql.in(domainId).statement("select count(*)" + FILTER);
        Statement select = sql.in(domainId)
                .statement(SELECT)
                .set("size", query.page().size())
                .set("offset", query.page().offset());
        long total = filtered(count, query).number();
        return Page.of(filtered(select, query).list(AuditLog::entry), total, query.page());
    }

    private static Statement filtered(Statement statement, AuditQuery query) {
        return statement
                .set("from", query.from())
                .set("to", query.to())
                .set("code", query.code())
                .set("outcome", query.outcome())
                .set("user", lower(query.userId()))
                .set("resource", lower(query.deviceUid()))
                .set("text", query.text() == null ? null : Like.containing(query.text()));
    }

    private static @Nullable String lower(@Nullable String id) {
        return id == null ? null : id.toLowerCase(Locale.ROOT);
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.text(1),
                row.instant(2),
                row.text(3),
                row.text(4),
                row.textOrNull(5),
                row.textOrNull(6),
                row.textOrNull(7),
                row.textOrNull(8),
                row.textOrNull(9),
                row.textOrNull(10),
                row.textOrNull(11),
                row.textOrNull(12),
                null);
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
