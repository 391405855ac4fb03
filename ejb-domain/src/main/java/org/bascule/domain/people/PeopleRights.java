package org.bascule.domain.people;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.Named;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** What users and groups have in common: who sees them, who may change them, in which folder they are. */
@Stateless
public class PeopleRights {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    /** A row of either kind. */
    public record Seen(String id, String name, @Nullable String description, String folder, long revision) {}

    /** One that the caller sees; {@code NOT_FOUND} otherwise. */
    public Seen seen(Caller caller, String kind, String id) throws RefusedException {
        if (!authorization.shows(caller, Permission.SEE_USERS, id)) {
            throw RefusedException.notFound();
        }
        return sql.in(caller.domainId())
                .statement("select id, name, description, parent_id, version from resource"
                        + " where domain_id = :domain and id = :id and kind = :kind")
                .set("id", id)
                .set("kind", kind)
                .first(row -> new Seen(row.text(1), row.text(2), row.textOrNull(3), row.text(4), row.number(5)))
                .orElseThrow(RefusedException::notFound);
    }

    /** Refuses, and records it, if the caller does not hold the permission on a user or group that he sees. */
    public void require(Caller caller, Permission permission, Seen seen) throws RefusedException {
        if (!authorization.meets(caller, permission, seen.id())) {
            audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                    .on(seen.id(), seen.name())
                    .saying("without the permission " + permission.code()));
            throw RefusedException.forbidden();
        }
    }

    /** One page of rows, by name. */
    public List<Seen> rows(Caller caller, String kind, PrincipalQuery query) throws RefusedException {
        Optional<Scope> scope = query.folder() == null
                ? Optional.of(authorization.scope(caller, Permission.SEE_USERS))
                : authorization.scope(caller, Permission.SEE_USERS, query.folder());
        List<String> position = query.cursor().position();
        if (!position.isEmpty() && !Uuid7.isUuid(position.get(1))) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        if (scope.isEmpty() || scope.get().isEmpty()) {
            return List.of();
        }
        if (query.group() != null) {
            seen(caller, "group", query.group());
        }
        Statement statement = scope.get()
                .bind(sql.in(caller.domainId()).statement(text(scope.get(), query)))
                .set("kind", kind)
                .set("rows", query.cursor().fetch());
        if (query.text() != null) {
            statement.set("text", Like.containing(query.text().toLowerCase(java.util.Locale.ROOT)));
        }
        if (query.group() != null) {
            statement.set("group", query.group());
        }
        if (!position.isEmpty()) {
            statement.set("key", position.get(0)).set("after", position.get(1));
        }
        return statement.list(row -> new Seen(row.text(1), row.text(2), row.textOrNull(3), row.text(4), row.number(5)));
    }

    private static String text(Scope scope, PrincipalQuery query) {
        return "select r.id, r.name, r.description, r.parent_id, r.version from resource r"
                + " where r.domain_id = :domain and r.kind = :kind and " + scope.things("r")
                + (query.text() == null ? "" : " and r.search like :text")
                + (query.group() == null
                        ? ""
                        : " and exists (select 1 from group_member m where m.group_id = :group and m.member_id = r.id)")
                + (query.cursor().position().isEmpty()
                        ? ""
                        : " and r.name >= :key and (r.name > :key or r.id > :after)")
                + " order by r.name, r.id limit :rows";
    }

    /** The folders of rows that the caller sees, by id. */
    public Map<String, Named> folders(Caller caller, List<Seen> rows) {
        List<String> ids = rows.stream().map(Seen::folder).distinct().toList();
        Map<String, Named> folders = new HashMap<>();
        if (ids.isEmpty()) {
            return folders;
        }
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        sql
                .in(caller.domainId())
                .statement("select id, name from resource where domain_id = :domain and id in (:ids)")
                .set("ids", ids)
                .list(row -> new Named(row.text(1), row.text(2)))
                .stream()
                .filter(folder ->
                        permissions.getOrDefault(folder.id(), Set.of()).contains(Permission.SEE_RESOURCES))
                .forEach(folder -> folders.put(folder.id(), folder));
        return folders;
    }

    public Map<String, Set<Permission>> permissions(Caller caller, List<Seen> rows) {
        return authorization.permissions(caller, rows.stream().map(Seen::id).toList());
    }

    /** A folder that the caller may make users and groups in. */
    public void requireFolder(Caller caller, String folder) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_USERS, folder);
        boolean known = sql.in(caller.domainId())
                .statement("select 1 from folder where domain_id = :domain and id = :id")
                .set("id", folder)
                .first(row -> row.number(1))
                .isPresent();
        if (!known) {
            throw RefusedException.invalid("folder", "This is not a folder.");
        }
    }
}
