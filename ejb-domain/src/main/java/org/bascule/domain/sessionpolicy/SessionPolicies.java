package org.bascule.domain.sessionpolicy;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/**
 * Session policies of devices, and of folders and what is below (requirement DEV-6): the whole of the nearest one counts, nothing is put together. Reading needs {@code see-resources}, changing
 * {@code set-consent-policy}. A running session keeps what it was opened with.
 * A move out of a policy needs that permission, too ({@link PoliciesOfPlaces}).
 */
@Stateless
public class SessionPolicies {

    private static final String NEAREST =
            """
            select p.consent, p.reason_required, p.full_log, p.timeout_seconds, p.resource_id, r.name, way.place
            from session_policy p join (
              select :id id, 0 place
              union all select c.ancestor_id, 1 + c.depth from resource d join folder_closure c on c.descendant_id = d.parent_id
                where d.domain_id = :domain and d.id = :id) way on way.id = p.resource_id
            join resource r on r.id = p.resource_id
            where p.domain_id = :domain order by way.place limit 1""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    private record Resource(String name, long revision) {}

    private record Found(SessionPolicy policy, String resourceId, String name, boolean own) {}

    /** The policy in force on a device or folder. */
    public SessionPolicy of(String domainId, String id) {
        return nearest(domainId, id).map(Found::policy).orElse(SessionPolicy.DEFAULT);
    }

    private Optional<Found> nearest(String domainId, String id) {
        return sql.in(domainId)
                .statement(NEAREST)
                .set("id", id)
                .first(row -> new Found(policy(row), row.text(5), row.text(6), row.number(7) == 0));
    }

    private static SessionPolicy policy(Row row) {
        return new SessionPolicy(consent(row.text(1)), row.flag(2), row.flag(3), (int) row.number(4));
    }

    private static Optional<Consent> consent(String text) {
        try {
            return text.equals(SessionPolicy.NEVER) ? Optional.empty() : Optional.of(Consent.parse(text));
        } catch (WireException e) {
            throw new IllegalStateException("a stored policy is not one", e);
        }
    }

    /** The policy in force, and where it is set. */
    public SessionPolicyView read(Caller caller, String id) throws RefusedException {
        Resource resource = resource(caller, id);
        authorization.require(caller, Permission.SEE_RESOURCES, id);
        return view(caller, id, resource.revision());
    }

    private SessionPolicyView view(Caller caller, String id, long revision) {
        Optional<Found> nearest = nearest(caller.domainId(), id);
        if (nearest.isEmpty()) {
            return new SessionPolicyView(SessionPolicy.DEFAULT, false, false, null, null, revision);
        }
        Found found = nearest.get();
        boolean seen = !found.own() && authorization.allows(caller, Permission.SEE_RESOURCES, found.resourceId());
        return new SessionPolicyView(
                found.policy(),
                found.own(),
                true,
                seen ? found.resourceId() : null,
                seen ? found.name() : null,
                revision);
    }

    /** Whether less is demanded in one folder than in another, and the caller may not set the policy where that is set. */
    public boolean loosens(Caller caller, String from, String to) {
        Optional<Found> before = nearest(caller.domainId(), from);
        return before.isPresent()
                && of(caller.domainId(), to).isLooserThan(before.get().policy())
                && !authorization.allows(
                        caller, Permission.SET_CONSENT_POLICY, before.get().resourceId());
    }

    /** All that are set, by folder or device. */
    public Map<String, SessionPolicy> all(String domainId) {
        Map<String, SessionPolicy> all = new HashMap<>();
        sql.in(domainId)
                .statement("select consent, reason_required, full_log, timeout_seconds, resource_id"
                        + " from session_policy where domain_id = :domain")
                .list(row -> all.put(row.text(5), policy(row)));
        return all;
    }

    private Resource resource(Caller caller, String id) throws RefusedException {
        if (!Like.isAscii(id)) {
            throw RefusedException.notFound();
        }
        return sql.in(caller.domainId())
                .statement("select name, version from resource"
                        + " where domain_id = :domain and id = :id and kind in ('device', 'folder')")
                .set("id", id)
                .first(row -> new Resource(row.text(1), row.number(2)))
                .orElseThrow(RefusedException::notFound);
    }

    /**
     * Sets the policy of a device or a folder, or takes it back.
     *
     * @param policy null to let what is set above count, or the default
     * @throws RefusedException {@code PRECONDITION_FAILED} unless {@code revision} is the present one of the resource
     */
    public SessionPolicyView put(Caller caller, String id, long revision, @Nullable SessionPolicy policy)
            throws RefusedException {
        Resource resource = resource(caller, id);
        authorization.require(caller, Permission.SET_CONSENT_POLICY, id);
        touch(caller, id, revision);
        Optional<SessionPolicy> before =
                nearest(caller.domainId(), id).filter(Found::own).map(Found::policy);
        sql.in(caller.domainId())
                .statement("delete from session_policy where domain_id = :domain and resource_id = :id")
                .set("id", id)
                .update();
        if (policy != null) {
            insert(caller.domainId(), id, policy);
        }
        audit.record(set(caller, id, resource.name(), before.orElse(null), policy));
        return read(caller, id);
    }

    private static AuditEvent set(
            Caller caller, String id, String name, @Nullable SessionPolicy before, @Nullable SessionPolicy after) {
        return caller.did(Operation.SESSION_POLICY_SET, Outcome.SUCCESS)
                .on(id, name)
                .changing(changes(before, after));
    }

    /** What the log says of the policies of some devices and folders that are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return sql.in(caller.domainId())
                .statement(
                        """
                        select p.consent, p.reason_required, p.full_log, p.timeout_seconds, p.resource_id, r.name
                        from session_policy p join resource r on r.id = p.resource_id
                        where p.domain_id = :domain and p.resource_id in (:ids) order by p.resource_id lock in share mode""")
                .set("ids", ids)
                .list(row -> set(caller, row.text(5), row.text(6), policy(row), null));
    }

    private void insert(String domainId, String id, SessionPolicy policy) {
        sql.in(domainId)
                .statement(
                        """
                        insert into session_policy (resource_id, domain_id, consent, reason_required, full_log, timeout_seconds)
                        values (:id, :domain, :consent, :reason, :log, :timeout)""")
                .set("id", id)
                .set("consent", policy.consentText())
                .set("reason", policy.reasonRequired())
                .set("log", policy.fullLog())
                .set("timeout", policy.timeoutSeconds())
                .update();
    }

    private static Changes changes(@Nullable SessionPolicy before, @Nullable SessionPolicy after) {
        return Changes.none()
                .field(
                        "consent",
                        before == null ? null : before.consentText(),
                        after == null ? null : after.consentText())
                .field(
                        "reasonRequired",
                        before == null ? null : before.reasonRequired(),
                        after == null ? null : after.reasonRequired())
                .field("fullLog", before == null ? null : before.fullLog(), after == null ? null : after.fullLog())
                .field(
                        "timeoutSeconds",
                        before == null ? null : before.timeoutSeconds(),
                        after == null ? null : after.timeoutSeconds());
    }

    private void touch(Caller caller, String id, long revision) throws RefusedException {
        int changed = sql.in(caller.domainId())
                .statement("update resource set version = version + 1"
                        + " where domain_id = :domain and id = :id and version = :revision")
                .set("id", id)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "It was changed in the meantime.");
        }
    }
}
