package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Explanation;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsReports;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Named;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Who may do what where, and why (requirement ACL-5). */
@Stateless
public class EffectiveRights {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    RightsReports reports;

    @Inject
    References references;

    @Inject
    AccessEntries entries;

    /** Every permission of one person on one resource. */
    public record Effective(Named user, ResourceReference resource, List<Item> items) {}

    /**
     * One permission.
     *
     * @param deciding null if nothing decided, or if it is set on a resource that the caller does not see
     */
    public record Item(
            Permission permission,
            boolean granted,
            @Nullable EntryView deciding,
            Explanation.Reason reason,
            List<LostView> lost) {}

    /** An entry that did not decide. */
    public record LostView(EntryView entry, Explanation.Why why) {}

    /**
     * Why a person may do what on a resource. For oneself where one sees the resource; for others where one manages permissions. Entries on resources
     * that the caller does not see are left out.
     */
    public Effective effective(Caller caller, String userId, String resourceId) throws RefusedException {
        boolean self = caller.userId().equals(userId);
        authorization.require(caller, self ? Permission.SEE_RESOURCES : Permission.MANAGE_PERMISSIONS, resourceId);
        Named user = user(caller, userId);
        ResourceReference resource = Optional.ofNullable(references
                        .resources(caller, Permission.MANAGE_PERMISSIONS, List.of(resourceId))
                        .get(resourceId))
                .orElseThrow(RefusedException::notFound);
        List<Explanation> explanations = new ArrayList<>();
        for (Permission permission : Permission.values()) {
            authorization
                    .explain(caller.domainId(), userId, permission, resourceId)
                    .ifPresent(explanations::add);
        }
        Map<String, EntryView> views = visible(caller, explanations);
        return new Effective(
                user,
                resource,
                explanations.stream().map(one -> item(one, views)).toList());
    }

    private Named user(Caller caller, String userId) throws RefusedException {
        boolean shown = userId.equals(caller.userId()) || authorization.shows(caller, Permission.SEE_USERS, userId);
        PrincipalReference user =
                shown ? references.principals(caller, List.of(userId)).get(userId) : null;
        if (user == null || user.name() == null || !user.kind().equals("user")) {
            throw RefusedException.notFound();
        }
        return new Named(user.id(), user.name());
    }

    private Map<String, EntryView> visible(Caller caller, List<Explanation> explanations) {
        Map<String, Entry> mentioned = new HashMap<>();
        for (Explanation explanation : explanations) {
            Optional.ofNullable(explanation.deciding()).ifPresent(entry -> mentioned.put(entry.id(), entry));
            explanation.lost().forEach(lost -> mentioned.put(lost.entry().id(), lost.entry()));
        }
        Set<String> seen = seen(caller, mentioned.values());
        mentioned.values().removeIf(entry -> !seen.contains(entry.resource()));
        Map<String, EntryView> views = new HashMap<>();
        entries.views(caller, List.copyOf(mentioned.values()))
                .forEach(view -> views.put(view.entry().id(), view));
        return views;
    }

    private Set<String> seen(Caller caller, Collection<Entry> mentioned) {
        Set<String> resources = new HashSet<>();
        mentioned.forEach(entry -> resources.add(entry.resource()));
        Set<String> seen = new HashSet<>();
        authorization.permissions(caller, resources).forEach((id, held) -> {
            if (held.contains(Permission.SEE_RESOURCES)) {
                seen.add(id);
            }
        });
        return seen;
    }

    private static Item item(Explanation explanation, Map<String, EntryView> views) {
        List<LostView> lost = new ArrayList<>();
        explanation.lost().forEach(one -> Optional.ofNullable(
                        views.get(one.entry().id()))
                .ifPresent(view -> lost.add(new LostView(view, one.why()))));
        return new Item(
                explanation.permission(),
                explanation.granted(),
                Optional.ofNullable(explanation.deciding())
                        .map(entry -> views.get(entry.id()))
                        .orElse(null),
                explanation.reason(),
                lost);
    }

    /** A person with everything that the person may do on the resource asked about. */
    public record Holder(String userId, String userName, Set<Permission> permissions) {}

    /** Everybody who holds anything on a resource, by name, as far as the caller sees users; needs {@code manage-permissions} on it. */
    public Slice<Holder> everybody(Caller caller, String resourceId, Cursor cursor) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, resourceId);
        Map<String, Set<Permission>> held = reports.everybody(caller.domainId(), resourceId);
        if (held.isEmpty()) {
            return new Slice<>(List.of(), null);
        }
        Scope scope = authorization.scope(caller, Permission.SEE_USERS);
        List<Holder> found = scope.bind(sql.in(caller.domainId())
                        .statement("select r.id, r.name from resource r where r.domain_id = :domain and r.kind = 'user'"
                                + " and r.id in (:ids) and " + scope.things("r") + BY_NAME))
                .set("ids", held.keySet())
                .set("name", cursor.key(0))
                .set("id", cursor.id(1))
                .set("rows", cursor.fetch())
                .list(row -> new Holder(row.text(1), row.text(2), held.getOrDefault(row.text(1), Set.of())));
        return cursor.slice(found, holder -> List.of(holder.userName(), holder.userId()));
    }

    private static final String BY_NAME =
            " and (:name is null or r.name > :name or r.name = :name and r.id > :id) order by r.name, r.id limit :rows";

    /** Where a person's permissions begin or change. */
    public record PlaceView(ResourceReference resource, Set<Permission> permissions, long devices) {}

    /**
     * Where a person may do what, by the names of the places. For oneself on everything that one sees; for others, whom the caller sees, on everything
     * whose permissions the caller manages.
     */
    public Slice<PlaceView> person(Caller caller, String userId, Cursor cursor) throws RefusedException {
        user(caller, userId);
        Map<String, RightsReports.Place> places = new HashMap<>();
        reports.person(caller.domainId(), userId, authorization.scope(caller, Permission.SEE_RESOURCES))
                .forEach(place -> places.put(place.resource(), place));
        if (places.isEmpty()) {
            return new Slice<>(List.of(), null);
        }
        boolean self = caller.userId().equals(userId);
        Scope scope = authorization.scope(caller, self ? Permission.SEE_RESOURCES : Permission.MANAGE_PERMISSIONS);
        record Found(String id, String name) {}
        Slice<Found> found = cursor.slice(
                scope.bind(sql.in(caller.domainId())
                                .statement(
                                        "select r.id, r.name from resource r where r.domain_id = :domain and r.id in (:ids) and "
                                                + scope.resources("r") + BY_NAME))
                        .set("ids", places.keySet())
                        .set("name", cursor.key(0))
                        .set("id", cursor.id(1))
                        .set("rows", cursor.fetch())
                        .list(row -> new Found(row.text(1), row.text(2))),
                one -> List.of(one.name(), one.id()));
        Map<String, ResourceReference> names = references.resources(
                caller,
                Permission.MANAGE_PERMISSIONS,
                found.items().stream().map(Found::id).toList());
        List<PlaceView> views = new ArrayList<>();
        for (Found one : found.items()) {
            RightsReports.Place place = places.get(one.id());
            ResourceReference name = names.get(one.id());
            if (place != null && name != null) {
                views.add(new PlaceView(name, place.permissions(), place.devices()));
            }
        }
        return new Slice<>(views, found.next());
    }
}
