package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Decides whether a caller may do something to a resource: the only place that does. */
@Stateless
public class Authorization {

    private static final String CHECK = Rights.TABLES + "select 1 from resource r" + Rights.JOINS
            + " where r.domain_id = :domain and r.id = :resource and" + Rights.GRANTED;

    /** All decisions about some resources: an own one hides the inherited one of the same permission. */
    private static final String ALL = Rights.TABLES
            + """
            select r.id, o.permission, o.weight & 1
            from resource r join own_right o on o.resource_id = r.id and r.kind <> 'folder'
            where r.domain_id = :domain and r.id in (:resources)
            union all
            select r.id, f.permission, f.weight & 1
            from resource r join folder_right f on f.folder_id = case when r.kind = 'folder' then r.id else r.parent_id end
            where r.domain_id = :domain and r.id in (:resources)
              and not exists (select 1 from own_right o
                where o.resource_id = r.id and o.permission = f.permission and r.kind <> 'folder')""";

    private static final Set<Permission> ADMINISTRATOR = administrator();

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    private static Set<Permission> administrator() {
        Set<Permission> permissions = EnumSet.copyOf(Permission.of(Permission.Kind.ADMINISTRATION));
        permissions.removeAll(
                EnumSet.of(Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.RECEIVE_ASSISTANCE_REQUESTS));
        return permissions;
    }

    /**
     * Returns if the caller holds the permission on the resource. Otherwise the attempt is audited and refused.
     *
     * @throws RefusedException {@code NOT_FOUND} if the caller may not even see the resource or there is none, else {@code FORBIDDEN}
     */
    public void require(Caller caller, Permission permission, String resourceId) throws RefusedException {
        if (allows(caller, permission, resourceId)) {
            return;
        }
        Optional<String> name = Uuid7.isUuid(resourceId) ? name(caller.domainId(), resourceId) : Optional.empty();
        if (name.isEmpty()) {
            throw RefusedException.notFound();
        }
        refused(caller, permission, resourceId, name.get());
        throw allows(caller, Permission.SEE_RESOURCES, resourceId)
                ? RefusedException.forbidden()
                : RefusedException.notFound();
    }

    /** The same for what concerns the domain as a whole: on its root folder. Refuses with {@code FORBIDDEN}. */
    public void requireOnDomain(Caller caller, Permission permission) throws RefusedException {
        if (!holdsOnDomain(caller, permission)) {
            refused(caller, permission, root(caller), caller.domainName());
            throw RefusedException.forbidden();
        }
    }

    private void refused(Caller caller, Permission permission, String resourceId, @Nullable String name) {
        audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                .on(resourceId, name)
                .saying("without the permission " + permission.code()));
    }

    /** Asks about the domain as a whole without auditing. */
    public boolean holdsOnDomain(Caller caller, Permission permission) {
        return allows(caller, permission, root(caller));
    }

    /** Asks without auditing. */
    public boolean allows(Caller caller, Permission permission, String resourceId) {
        return allows(caller.domainId(), caller.userId(), permission, resourceId);
    }

    /** Asks for a user who is not calling now, such as the one of a running session. */
    public boolean allows(String domainId, String userId, Permission permission, String resourceId) {
        return Uuid7.isUuid(resourceId)
                && sql.in(domainId)
                        .statement(CHECK)
                        .set("user", userId)
                        .set("permission", permission.code())
                        .set("resource", resourceId)
                        .first(row -> row.number(1))
                        .isPresent();
    }

    /** All permissions that the caller holds on the resource; empty if there is none such. */
    public Set<Permission> permissions(Caller caller, String resourceId) {
        return permissions(caller, List.of(resourceId)).getOrDefault(resourceId, Set.of());
    }

    /** The same for the resources of a page. */
    public Map<String, Set<Permission>> permissions(Caller caller, Collection<String> resourceIds) {
        List<String> ids = resourceIds.stream().filter(Uuid7::isUuid).toList();
        if (ids.isEmpty()) {
            return Map.of();
        }
        Statement statement = sql.in(caller.domainId())
                .statement(ALL)
                .set("user", caller.userId())
                .set("permission", null)
                .set("resources", ids);
        Map<String, Set<Permission>> permissions = new HashMap<>();
        for (Decision decision : statement.list(row -> new Decision(row.text(1), row.text(2), row.number(3) == 1))) {
            if (decision.granted()) {
                Permission.ofCode(decision.permission()).ifPresent(permission -> permissions
                        .computeIfAbsent(decision.resource(), id -> EnumSet.noneOf(Permission.class))
                        .add(permission));
            }
        }
        return permissions;
    }

    private record Decision(String resource, String permission, boolean granted) {}

    /** Whether the caller may change anything in the domain's administration: decides which pages are offered, nothing else. */
    public boolean administers(Caller caller) {
        return permissions(caller, root(caller)).stream().anyMatch(ADMINISTRATOR::contains);
    }

    private String root(Caller caller) {
        return sql.in(caller.domainId())
                .statement("select id from resource where root_of = :domain")
                .first(row -> row.text(1))
                .orElseThrow(() -> new IllegalStateException("a domain has a root folder"));
    }

    private Optional<String> name(String domainId, String resourceId) {
        return sql.in(domainId)
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", resourceId)
                .first(row -> row.text(1));
    }
}
