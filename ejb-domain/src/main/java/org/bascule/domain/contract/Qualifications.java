package org.bascule.domain.contract;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/** Qualifications of users. Reading needs {@code see-users} on the user, but for one's own; changing {@code manage-users}. */
@Stateless
public class Qualifications {

    public static final int MAX = 100;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    RightsVersion rightsVersion;

    @Inject
    AuditLog audit;

    public QualificationsView read(Caller caller, String userId) throws RefusedException {
        if (!userId.equals(caller.userId())) {
            authorization.require(caller, Permission.SEE_USERS, userId);
        }
        return view(caller, userId);
    }

    private QualificationsView view(Caller caller, String userId) throws RefusedException {
        long revision = sql.in(caller.domainId())
                .statement("select version from resource where domain_id = :domain and id = :id and kind = 'user'")
                .set("id", userId)
                .first(row -> row.number(1))
                .orElseThrow(RefusedException::notFound);
        return new QualificationsView(
                sql.in(caller.domainId())
                        .statement("select name, valid_until from user_qualification"
                                + " where domain_id = :domain and user_id = :id order by name")
                        .set("id", userId)
                        .list(row -> new Qualification(row.text(1), row.instantOrNull(2))),
                revision);
    }

    /** Makes these all that the user is qualified for; {@code PRECONDITION_FAILED} unless {@code revision} is the present one of the user. */
    public QualificationsView put(Caller caller, String userId, long revision, List<Qualification> items)
            throws RefusedException {
        authorization.require(caller, Permission.MANAGE_USERS, userId);
        List<Qualification> checked = checked(items);
        QualificationsView before = view(caller, userId);
        int changed = sql.in(caller.domainId())
                .statement("update resource set version = version + 1"
                        + " where domain_id = :domain and id = :id and kind = 'user' and version = :revision")
                .set("id", userId)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The user was changed in the meantime.");
        }
        write(caller.domainId(), userId, checked);
        rightsVersion.changed(caller.domainId());
        audit.record(changed(caller, userId, name(caller, userId), before.items(), checked));
        return view(caller, userId);
    }

    /** What the log says of the qualifications of some users who are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> users) {
        record Held(String name, List<Qualification> items) {}
        Map<String, Held> held = new LinkedHashMap<>();
        sql.in(caller.domainId())
                .statement(
                        """
                        select q.user_id, r.name, q.name, q.valid_until from user_qualification q join resource r on r.id = q.user_id
                        where q.domain_id = :domain and q.user_id in (:users) order by q.user_id, q.name lock in share mode""")
                .set("users", users)
                .list(row -> held.computeIfAbsent(row.text(1), id -> new Held(row.text(2), new ArrayList<>()))
                        .items()
                        .add(new Qualification(row.text(3), row.instantOrNull(4))));
        List<AuditEvent> events = new ArrayList<>();
        held.forEach((id, each) -> events.add(changed(caller, id, each.name(), each.items(), List.of())));
        return events;
    }

    private static AuditEvent changed(
            Caller caller, String userId, String name, List<Qualification> before, List<Qualification> after) {
        return caller.did(Operation.QUALIFICATIONS_CHANGED, Outcome.SUCCESS)
                .on(userId, name)
                .changing(Changes.none().field("qualifications", text(before), text(after)));
    }

    /** Trims and sorts names; refuses what cannot be, by the names of the API. */
    public static List<Qualification> checked(List<Qualification> items) throws RefusedException {
        TreeMap<String, Qualification> sorted = new TreeMap<>();
        for (Qualification item : items) {
            String name = Names.checked("name", item.name());
            if (sorted.put(name.toLowerCase(Locale.ROOT), new Qualification(name, item.until())) != null) {
                throw RefusedException.invalid("name", "A qualification is named twice.");
            }
        }
        if (sorted.size() > MAX) {
            throw RefusedException.invalid("items", "At most %d qualifications.", MAX);
        }
        return new ArrayList<>(sorted.values());
    }

    private void write(String domainId, String userId, List<Qualification> items) {
        sql.in(domainId)
                .statement("delete from user_qualification where domain_id = :domain and user_id = :id")
                .set("id", userId)
                .update();
        for (Qualification item : items) {
            sql.in(domainId)
                    .statement("insert into user_qualification (user_id, domain_id, name, valid_until)"
                            + " values (:id, :domain, :name, :until)")
                    .set("id", userId)
                    .set("name", item.name())
                    .set("until", item.until())
                    .update();
        }
    }

    private String name(Caller caller, String userId) {
        return sql.in(caller.domainId())
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", userId)
                .first(row -> row.text(1))
                .orElseThrow();
    }

    private static String text(List<Qualification> items) {
        return items.stream()
                .map(item -> item.until() == null ? item.name() : item.name() + " until " + item.until())
                .collect(Collectors.joining(", "));
    }
}
