package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.RightsSnapshot.Principals;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;
import org.jspecify.annotations.Nullable;

/** Answers about the rights of many, from the same snapshot that single checks are answered from. Checks nobody's permission to ask. */
@Stateless
public class RightsReports {

    @Inject
    Sql sql;

    @Inject
    Snapshots snapshots;

    @Inject
    RightsReader reader;

    @Inject
    LastOwner owners;

    @Inject
    Authorization authorization;

    @Inject
    Clock clock;

    /** What every principal that holds anything on a resource holds there: users, and groups as if they were one. */
    public Map<String, Set<Permission>> everybody(String domainId, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        Instant now = clock.instant();
        Map<String, Set<Permission>> everybody = new HashMap<>();
        snapshots.place(domainId, snapshot, resourceId).ifPresent(place -> {
            for (String principal : snapshot.principalIds()) {
                long mask = snapshot.mask(snapshot.principals(principal), resourceId, place, now);
                if (mask != 0) {
                    everybody.put(principal, RightsSnapshot.permissions(mask));
                }
            }
        });
        return everybody;
    }

    /**
     * A place where the permissions of a person begin or change.
     *
     * @param devices to how many devices exactly these apply: at this place and below it, as far as the next places
     */
    public record Place(String resource, Set<Permission> permissions, long devices) {}

    /**
     * Where the permissions of a person begin or change, from the root down.
     *
     * @param seen of the devices only these are counted
     */
    public List<Place> person(String domainId, String userId, Scope seen) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        Principals who = snapshot.principals(userId);
        Instant now = clock.instant();
        long[] masks = snapshot.masks(who, now);
        int[] origin = new int[masks.length];
        long[] devices = new long[masks.length];
        Map<String, Integer> direct = reader.devices(domainId, seen);
        for (int folder = 0; folder < masks.length; folder++) {
            int parent = snapshot.parent(folder);
            boolean same = parent < 0 ? masks[folder] == 0 : masks[folder] == masks[parent];
            origin[folder] = same ? (parent < 0 ? -1 : origin[parent]) : folder;
            count(devices, origin[folder], direct.getOrDefault(snapshot.folderId(folder), 0));
        }
        List<Place> places = new ArrayList<>();
        Map<String, Placement> special = snapshot.special();
        Collection<String> concerning = snapshot.concerning(who);
        Set<String> counted = reader.seen(
                domainId,
                seen,
                concerning.stream()
                        .filter(id -> special.containsKey(id) && special.get(id).device())
                        .toList());
        for (String id : concerning) {
            Placement place = special.get(id);
            int folder = place == null ? -1 : snapshot.folder(place.folder());
            if (place != null && folder >= 0) {
                long mask = snapshot.maskWithin(masks[folder], who, id, place, now);
                if (mask != masks[folder]) {
                    places.add(new Place(id, RightsSnapshot.permissions(mask), counted.contains(id) ? 1 : 0));
                    count(devices, origin[folder], counted.contains(id) ? -1 : 0);
                }
            }
        }
        for (int folder = 0; folder < masks.length; folder++) {
            if (origin[folder] == folder) {
                places.add(new Place(
                        snapshot.folderId(folder), RightsSnapshot.permissions(masks[folder]), devices[folder]));
            }
        }
        return places;
    }

    private static void count(long[] devices, int place, int number) {
        if (place >= 0) {
            devices[place] += number;
        }
    }

    /** Whether somebody who can sign in holds the permission on the resource at all times. */
    public boolean isHeldByAnybody(String domainId, Permission permission, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        Set<String> holders = snapshots
                .place(domainId, snapshot, resourceId)
                .map(place -> holders(snapshot, permission, resourceId, place))
                .orElseGet(Set::of);
        return !owners.canSignIn(domainId, holders).isEmpty();
    }

    private static Set<String> holders(
            RightsSnapshot snapshot, Permission permission, String resource, Placement place) {
        return snapshot.principalIds().stream()
                .filter(id -> snapshot.allowsAlways(snapshot.principals(id), permission, resource, place))
                .collect(Collectors.toSet());
    }

    /** Those of them that are users, and that the viewer sees. */
    private Set<String> users(String domainId, Collection<String> principals, @Nullable Caller viewer) {
        if (principals.isEmpty()) {
            return Set.of();
        }
        String users = "select r.id from resource r where r.domain_id = :domain and r.kind = 'user' and r.id in (:ids)";
        Statement statement;
        if (viewer == null) {
            statement = sql.in(domainId).statement(users);
        } else {
            Scope seen = authorization.scope(viewer, Permission.SEE_USERS);
            statement = seen.bind(sql.in(domainId).statement(users + " and (r.id = :self or " + seen.things("r") + ")"))
                    .set("self", viewer.userId());
        }
        return new HashSet<>(statement.set("ids", principals).list(row -> row.text(1)));
    }

    /**
     * A change that has not been made.
     *
     * @param add ids of these entries are made up
     * @param remove ids of entries
     * @param inherit resources and whether they are to inherit
     * @param move resources and the folders that they come into
     * @param delete folders, users and groups, with all that goes with them; nothing else is demanded then
     */
    public record Change(
            List<Entry> add,
            Set<String> remove,
            Map<String, Boolean> inherit,
            Map<String, String> move,
            Set<Membership> join,
            Set<Membership> leave,
            Set<String> delete,
            DemandsChange demands) {

        /** What it does to rights alone. */
        public Change withoutDemands() {
            return new Change(add, remove, inherit, move, join, leave, delete, DemandsChange.NONE);
        }

        private static Change joining(Set<String> resources) {
            Map<String, Boolean> inherit =
                    resources.stream().collect(Collectors.toMap(resource -> resource, resource -> true));
            return new Change(List.of(), Set.of(), inherit, Map.of(), Set.of(), Set.of(), Set.of(), DemandsChange.NONE);
        }
    }

    /**
     * What a change does to one principal: on how many devices a permission is lost or gained, and how many of its users notice. It is lost on a
     * device, too, where it is kept and can be used no more because of what is demanded.
     *
     * @param placesLost folders on which it is lost; and users and groups with rights of their own, except in such a folder
     */
    public record Effects(
            String principal,
            Permission permission,
            long lost,
            long gained,
            long placesLost,
            long placesGained,
            long users) {}

    /** A domain after a change that has not been made. */
    public final class WhatIf {
        private final Caller caller;
        private final String domainId;
        private final RightsSnapshot before;
        private final RightsSnapshot after;
        private final Map<String, Placement> places;
        private final Change change;
        private final Gone gone;
        private final MetDemands met;

        private WhatIf(Caller caller, RightsSnapshot before, Map<String, Placement> places, Change change, Gone gone) {
            this.caller = caller;
            this.domainId = caller.domainId();
            this.before = before;
            this.after = ChangedRights.of(before, change, gone, places);
            this.gone = gone;
            this.places = places;
            this.change = change;
            this.met = new MetDemands(before, after, change.demands());
        }

        /** Whether the user would hold the permission. */
        public boolean allows(String userId, Permission permission, String resourceId) {
            return snapshots
                    .place(domainId, after, resourceId)
                    .filter(place -> after.allows(
                            after.principals(userId),
                            permission,
                            resourceId,
                            placeAfter(resourceId, place),
                            clock.instant()))
                    .isPresent();
        }

        /** Whether the user could use a device no more, because of what is demanded there. */
        public boolean shuts(String userId, String device) {
            return snapshots
                    .place(domainId, before, device)
                    .filter(place -> met.isShut(userId, place, placeAfter(device, place)))
                    .isPresent();
        }

        private Placement placeAfter(String resourceId, Placement place) {
            return after.special().getOrDefault(resourceId, place);
        }

        /** Whether an owner would be left where there is one, and owners could pass on what they can now. */
        public boolean hasOwner() {
            return owners.wouldBeKept(domainId, before, after);
        }

        /**
         * For every principal that the change is about, and every permission, counting devices and places that the caller sees. What does not change is left out.
         *
         * @param seen whether only users whom he sees are counted, too
         * @param joined what he may join to what is above it again: what he sees only then is counted, too. Whatever else he asks for opens nothing to him, for he may not be able to do it.
         */
        public List<Effects> effects(boolean seen, Set<String> joined) {
            Instant now = clock.instant();
            List<Sight> sights = new ArrayList<>(List.of(new Sight(before, caller, now)));
            if (!joined.isEmpty()) {
                RightsSnapshot then = ChangedRights.of(before, Change.joining(joined), Gone.NOTHING, places);
                sights.add(new Sight(then, caller, now));
            }
            Comparison comparison = new Comparison(before, after, places, reader.devices(domainId), met, sights, now);
            Map<String, Set<Permission>> concerned = concerned();
            Map<String, Set<String>> members = new HashMap<>();
            Set<String> all = new HashSet<>();
            concerned.keySet().forEach(principal -> {
                Set<String> of = before.membersOf(Set.of(principal));
                of.addAll(after.membersOf(Set.of(principal)));
                members.put(principal, of);
                all.addAll(of);
            });
            Set<String> known = users(domainId, all, caller);
            Set<String> users = seen ? known : users(domainId, all, null);
            List<Effects> effects = new ArrayList<>();
            concerned.forEach((principal, permissions) -> {
                List<String> own = members.getOrDefault(principal, Set.of()).stream()
                        .filter(users::contains)
                        .filter(user ->
                                user.equals(principal) || !gone.principals().contains(user))
                        .toList();
                for (Permission permission : permissions) {
                    comparison
                            .of(own, permission, known)
                            .ifPresent(difference -> effects.add(new Effects(
                                    principal,
                                    permission,
                                    difference.lost(),
                                    difference.gained(),
                                    difference.placesLost(),
                                    difference.placesGained(),
                                    difference.users())));
                }
            });
            return effects;
        }

        /** How many users and groups may hold something where something else is demanded. */
        public long principalsUnderDemands() {
            return underDemands().stream().map(Entry::principal).distinct().count();
        }

        private Map<String, Set<Permission>> concerned() {
            Map<String, Set<Permission>> concerned = new HashMap<>();
            underDemands().forEach(entry -> concern(concerned, entry));
            change.add().forEach(entry -> concern(concerned, entry));
            before.entries().stream()
                    .filter(entry -> change.remove().contains(entry.id()))
                    .forEach(entry -> concern(concerned, entry));
            change.inherit().forEach((resource, inherits) -> snapshots
                    .place(domainId, before, resource)
                    .ifPresent(place -> {
                        Set<String> above = new HashSet<>(before.levels(resource, place));
                        above.remove(resource);
                        before.entries().stream()
                                .filter(entry -> above.contains(entry.resource()))
                                .forEach(entry -> concern(concerned, entry));
                    }));
            change.move().keySet().forEach(resource -> {
                Set<String> differing = differing(resource);
                before.entries().stream()
                        .filter(entry -> differing.contains(entry.resource()))
                        .forEach(entry -> concern(concerned, entry));
            });
            Map<String, Set<Permission>> said = new HashMap<>();
            before.entries().forEach(entry -> concern(said, entry));
            Stream.concat(change.join().stream(), change.leave().stream())
                    .forEach(membership -> concern(concerned, membership.member(), membership.group(), said));
            Stream.concat(gone.told().stream(), change.demands().users().stream())
                    .forEach(principal -> concern(concerned, principal, principal, said));
            return concerned;
        }

        /** The entries that may give what can be used no more, or again, where something else is demanded. */
        private List<Entry> underDemands() {
            Set<String> roots = new HashSet<>(change.demands().folders());
            change.move().keySet().stream().filter(this::leavesDemands).forEach(roots::add);
            if (roots.isEmpty()) {
                return List.of();
            }
            BitSet below = before.below(roots);
            Set<String> levels = new HashSet<>();
            for (String root : roots) {
                Placement place = places.getOrDefault(root, Snapshots.FOLDER);
                levels.addAll(before.levels(root, place));
                levels.addAll(after.levels(root, placeAfter(root, place)));
            }
            return before.entries().stream()
                    .filter(entry -> change.demands().permissions().contains(entry.permission()))
                    .filter(entry -> levels.contains(entry.resource()) || isIn(below, entry.resource()))
                    .toList();
        }

        private boolean isIn(BitSet folders, String resource) {
            Placement place = before.special().get(resource);
            int folder = before.folder(place == null ? resource : place.folder());
            return folder >= 0 && folders.get(folder);
        }

        private boolean leavesDemands(String resource) {
            Placement place = places.get(resource);
            return place == null
                    ? met.differ(resource, resource)
                    : place.device()
                            && met.differ(
                                    place.folder(), placeAfter(resource, place).folder());
        }

        /** The levels whose entries count for what is moved either where it is or where it comes to. */
        private Set<String> differing(String resource) {
            Placement place = places.getOrDefault(resource, Snapshots.FOLDER);
            Set<String> from = new HashSet<>(before.openLevels(resource, place));
            Set<String> to = new HashSet<>(after.openLevels(resource, placeAfter(resource, place)));
            Set<String> differing = new HashSet<>(from);
            differing.addAll(to);
            from.retainAll(to);
            differing.removeAll(from);
            return differing;
        }

        /** A member may gain or lose all that is said about the group and the groups around it. */
        private void concern(
                Map<String, Set<Permission>> concerned,
                String member,
                String group,
                Map<String, Set<Permission>> said) {
            Set<String> around = before.namedAmong(group, said.keySet());
            around.addAll(after.namedAmong(group, said.keySet()));
            around.forEach(each ->
                    said.getOrDefault(each, Set.of()).forEach(permission -> concern(concerned, member, permission)));
        }

        /** How many groups it takes along of which something has to be told. */
        public int groupsGone() {
            return gone.told().size();
        }

        private static void concern(Map<String, Set<Permission>> concerned, Entry entry) {
            concern(concerned, entry.principal(), entry.permission());
        }

        private static void concern(Map<String, Set<Permission>> concerned, String principal, Permission permission) {
            concerned
                    .computeIfAbsent(principal, id -> EnumSet.noneOf(Permission.class))
                    .add(permission);
        }
    }

    /** Whether somebody or a group is another one or in it, at any depth. */
    public boolean isWithin(String domainId, String principal, String group) {
        return snapshots.of(domainId).membersOf(Set.of(group)).contains(principal);
    }

    public boolean isFolder(String domainId, String id) {
        return snapshots.of(domainId).isFolder(id);
    }

    /** Whether a folder is another one or below it, whatever is blocked. */
    public boolean isBelow(String domainId, String folder, String above) {
        return snapshots.of(domainId).levels(folder, Snapshots.FOLDER).contains(above);
    }

    /** Works out what a change would do, without making it. No folder may come into itself. The caller is whose sight counts, and nothing else. */
    public WhatIf whatIf(Caller caller, Change change) {
        String domainId = caller.domainId();
        RightsSnapshot before = snapshots.of(domainId);
        Set<String> things = new HashSet<>(change.inherit().keySet());
        things.addAll(change.move().keySet());
        change.add().forEach(entry -> things.add(entry.resource()));
        things.removeIf(before::isFolder);
        Map<String, Placement> places = things.isEmpty() ? Map.of() : snapshots.places(domainId, before, things);
        return new WhatIf(caller, before, places, change, gone(domainId, before, change.delete()));
    }

    private record Kept(String id, boolean group) {}

    private Gone gone(String domainId, RightsSnapshot before, Set<String> delete) {
        if (delete.isEmpty()) {
            return Gone.NOTHING;
        }
        Set<String> folders = new HashSet<>();
        for (int folder = 0; folder < before.folderCount(); folder++) {
            int parent = before.parent(folder);
            String id = before.folderId(folder);
            if (delete.contains(id) || parent >= 0 && folders.contains(before.folderId(parent))) {
                folders.add(id);
            }
        }
        List<Kept> principals = sql.in(domainId)
                .statement(
                        """
                        select r.id, r.kind = 'group' from resource r
                        where r.domain_id = :domain and r.kind in ('user', 'group') and (r.id in (:ids)
                          or r.parent_id in (select c.descendant_id from folder_closure c
                                             where c.domain_id = :domain and c.ancestor_id in (:ids)))""")
                .set("ids", delete)
                .list(row -> new Kept(row.text(1), row.flag(2)));
        return new Gone(
                folders,
                principals.stream().map(Kept::id).collect(Collectors.toSet()),
                principals.stream()
                        .filter(each -> each.group() || delete.contains(each.id()))
                        .map(Kept::id)
                        .collect(Collectors.toSet()));
    }
}
