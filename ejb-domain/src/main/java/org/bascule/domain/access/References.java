package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.jspecify.annotations.Nullable;

/** Names of what a page mentions, found by two statements however long the page is. */
@Stateless
public class References {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    private record Found(String id, @Nullable String name, String kind, String folder) {}

    /**
     * Resources by id, with the part of their path that the caller sees. Those that do not exist are missing; one that the caller neither sees nor holds
     * the permission on has no name any more, and is nowhere.
     *
     * @param by by which the caller deals with them
     */
    public Map<String, ResourceReference> resources(Caller caller, Permission by, Collection<String> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Scope seen = authorization.scope(caller, Permission.SEE_RESOURCES);
        Scope dealt = authorization.scope(caller, by).named("dealt");
        String known = "case when " + seen.resources("r") + " or " + dealt.resources("r") + " then ";
        List<Found> found = dealt.bind(seen.bind(sql.in(caller.domainId())
                        .statement("select r.id, " + known + "r.name end, r.kind, " + known
                                + "coalesce(r.parent_id, '') else '' end from resource r"
                                + " where r.domain_id = :domain and r.id in (:ids)")))
                .set("ids", new HashSet<>(ids))
                .list(row -> new Found(row.text(1), row.textOrNull(2), row.text(3), row.text(4)));
        Map<String, List<ResourceReference.Step>> paths = paths(caller, found);
        Map<String, ResourceReference> references = new HashMap<>();
        for (Found one : found) {
            references.put(
                    one.id(),
                    new ResourceReference(
                            one.id(), one.name(), one.kind(), paths.getOrDefault(one.folder(), List.of())));
        }
        return references;
    }

    private Map<String, List<ResourceReference.Step>> paths(Caller caller, List<Found> found) {
        Set<String> folders = new HashSet<>();
        found.forEach(one -> folders.add(one.folder()));
        folders.remove("");
        Map<String, List<ResourceReference.Step>> paths = new HashMap<>();
        if (folders.isEmpty()) {
            return paths;
        }
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        scope.bind(sql.in(caller.domainId())
                        .statement(
                                """
                                select c.descendant_id, a.id, a.name from folder_closure c join resource a on a.id = c.ancestor_id
                                where c.domain_id = :domain and c.descendant_id in (:folders)"""
                                        + " and " + scope.folders("a") + " order by c.depth desc"))
                .set("folders", folders)
                .list(row -> paths.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(new ResourceReference.Step(row.text(2), row.text(3))));
        return paths;
    }

    /** Users and groups by id, whoever may know of them: for the log. Those that do not exist are missing. */
    public Map<String, PrincipalReference> principals(String domainId, Collection<String> ids) {
        Map<String, PrincipalReference> references = new HashMap<>();
        if (!ids.isEmpty()) {
            sql.in(domainId)
                    .statement("select r.id, r.name, r.kind" + PRINCIPALS)
                    .set("ids", new HashSet<>(ids))
                    .list(row ->
                            references.put(row.text(1), new PrincipalReference(row.text(1), row.text(2), row.text(3))));
        }
        return references;
    }

    /** The same, with the names of those that the caller sees. */
    public Map<String, PrincipalReference> principals(Caller caller, Collection<String> ids) {
        Map<String, PrincipalReference> references = new HashMap<>();
        if (!ids.isEmpty()) {
            Scope scope = authorization.scope(caller, Permission.SEE_USERS);
            scope.bind(sql.in(caller.domainId())
                            .statement("select r.id, case when r.id = :self or " + scope.things("r")
                                    + " then r.name end, r.kind" + PRINCIPALS))
                    .set("self", caller.userId())
                    .set("ids", new HashSet<>(ids))
                    .list(row -> references.put(
                            row.text(1), new PrincipalReference(row.text(1), row.textOrNull(2), row.text(3))));
        }
        return references;
    }

    private static final String PRINCIPALS =
            " from resource r where r.domain_id = :domain and r.id in (:ids) and r.kind in ('user', 'group')";
}
