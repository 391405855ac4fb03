package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.DemandsChange;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsReports;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.Leases;
import org.bascule.domain.session.SessionPermissions;

/**
 * What a change of entries, inheritance, places, memberships, contracts or qualifications, or a deletion, would do to the rights on devices and other
 * resources, before it is made (requirement ACL-5). Nothing is stored. Names only whom the caller sees, and counts only devices and places that he sees,
 * or would see by joining again what he may join. A group may have rights anywhere: with memberships and deletions, only users whom he sees are counted. What is deleted is nothing that somebody loses.
 *
 * <p>Contracts and qualifications take no right away (requirement DOM-10), but where they are not met nobody opens a session: what sessions need counts
 * as lost on a device then. That is worked out for who keeps the right, with a change of them and with a move into other conditions, on devices that
 * the caller sees. All of it is for the time of the preview: what begins or ends later, an entry, a contract or a qualification, changes nothing now.
 */
@Stateless
public class Preview {

    /** All that changes, together. */
    public static final int MAX = 500;

    /** Each of them is looked at by itself. */
    public static final int MAX_DELETED = 20;

    /** Those in deleted folders among them. */
    private static final int MAX_GROUPS = 200;

    /** Folders with contracts, and users with qualifications. */
    public static final int MAX_CONDITIONS = 20;

    /** Users and groups that may hold something where other conditions would count. */
    private static final int MAX_PRINCIPALS = 300;

    @Inject
    Authorization authorization;

    @Inject
    RightsReports reports;

    @Inject
    References references;

    @Inject
    Entries entries;

    @Inject
    AccessEntries accessEntries;

    @Inject
    Folders folders;

    @Inject
    Groups groups;

    @Inject
    Users users;

    @Inject
    Leases leases;

    @Inject
    PlannedConditions conditions;

    /**
     * A change that is thought about.
     *
     * @param remove ids of entries
     * @param inherit resources with whether they are to inherit
     * @param move folders, devices, users and groups with the folders that they come into
     * @param delete folders, users and groups; with a folder goes all that is in it and below
     * @param conditions contracts of folders and qualifications of users
     */
    public record Request(
            List<EntryRequest> add,
            List<String> remove,
            Map<String, Boolean> inherit,
            Map<String, String> move,
            List<Membership> join,
            List<Membership> leave,
            List<String> delete,
            PlannedConditions.Change conditions) {

        /** One of entries and inheritance alone. */
        public Request(List<EntryRequest> add, List<String> remove, Map<String, Boolean> inherit) {
            this(add, remove, inherit, Map.of(), List.of(), List.of(), List.of(), PlannedConditions.Change.NONE);
        }

        /** Whether rights end or begin that groups have anywhere, where the caller may see nothing. */
        boolean reachesAnywhere() {
            return !join.isEmpty() || !leave.isEmpty() || !delete.isEmpty();
        }

        int size() {
            return add.size()
                    + remove.size()
                    + inherit.size()
                    + move.size()
                    + join.size()
                    + leave.size()
                    + delete.size()
                    + conditions.size();
        }
    }

    /**
     * What happens to a principal.
     *
     * @param lost devices on which at least one of its users loses the permission
     * @param placesLost folders on which that is so, whether devices are in them or not; and users and groups with rights of their own,
     *     except in such a folder. With 0 devices, this alone tells that administration is taken away.
     * @param users those of its users for whom anything changes
     */
    public record EffectView(
            PrincipalReference principal,
            Permission permission,
            long lost,
            long gained,
            long placesLost,
            long placesGained,
            long users) {}

    /**
     * What would happen.
     *
     * @param ownersLeft whether an owner could still manage permissions of the domain; otherwise the change is refused
     * @param sessionsEnding how many running sessions would end
     */
    public record Result(List<EffectView> effects, boolean ownersLeft, long sessionsEnding) {}

    /**
     * Needs {@code manage-permissions} on every resource that is mentioned, {@code manage-users} on every group and on every user with qualifications,
     * and for a deletion what that needs on all that goes, as the change itself does. Whether the caller may pass on what others gain, or lift what is
     * demanded above, is for the change itself to say.
     */
    public Result preview(Caller caller, Request request) throws RefusedException {
        if (request.size() > MAX) {
            throw RefusedException.invalid("add", "A preview is for at most %d changes.", MAX);
        }
        List<Entry> add = added(caller, request.add());
        List<Entry> removed = removed(caller, request.remove());
        for (String resource : request.inherit().keySet()) {
            boolean fromAbove = authorization
                    .parent(caller.domainId(), resource)
                    .filter(above -> authorization.allows(caller, Permission.MANAGE_PERMISSIONS, above))
                    .isPresent();
            if (!fromAbove) {
                authorization.require(caller, Permission.MANAGE_PERMISSIONS, resource);
            }
        }
        for (Map.Entry<String, String> move : request.move().entrySet()) {
            requireMove(caller, move.getKey(), move.getValue());
        }
        for (Membership join : request.join()) {
            requireMembership(caller, join);
            if (reports.isWithin(caller.domainId(), join.group(), join.member())) {
                throw new RefusedException(Problem.GROUP_CYCLE, "The group would be a member of itself.");
            }
        }
        for (Membership leave : request.leave()) {
            requireMembership(caller, leave);
        }
        if (!request.delete().isEmpty() && request.delete().size() < request.size()) {
            // what goes is worked out from what is there now
            throw RefusedException.invalid("delete", "A deletion is previewed by itself.");
        }
        if (request.delete().size() > MAX_DELETED) {
            throw RefusedException.invalid("delete", "A preview is for at most %d changes.", MAX_DELETED);
        }
        requireDeletions(caller, request.delete());
        PlannedConditions.Change planned = checked(caller, request);
        Set<String> remove = removed.stream().map(Entry::id).collect(Collectors.toSet());
        RightsReports.Change change = new RightsReports.Change(
                add,
                remove,
                request.inherit(),
                request.move(),
                Set.copyOf(request.join()),
                Set.copyOf(request.leave()),
                Set.copyOf(request.delete()),
                demands(caller, request.move(), planned));
        RightsReports.WhatIf whatIf = whatIf(caller, change, planned);
        if (whatIf.groupsGone() > MAX_GROUPS) {
            throw RefusedException.invalid(
                    "delete", "More than %d groups would go: that is too much to work out beforehand.", MAX_GROUPS);
        }
        List<RightsReports.Effects> effects = whatIf.effects(request.reachesAnywhere(), joined(caller, request));
        Map<String, PrincipalReference> names = references.principals(
                caller, effects.stream().map(RightsReports.Effects::principal).toList());
        // who is concerned by entries above only is as unknown to the caller as these
        Set<String> mentioned = Stream.concat(add.stream(), removed.stream())
                .map(Entry::principal)
                .collect(Collectors.toSet());
        List<EffectView> views = new ArrayList<>();
        for (RightsReports.Effects effect : effects) {
            Optional.ofNullable(names.get(effect.principal()))
                    .filter(name -> name.name() != null || mentioned.contains(name.id()))
                    .ifPresent(name -> views.add(new EffectView(
                            name,
                            effect.permission(),
                            effect.lost(),
                            effect.gained(),
                            effect.placesLost(),
                            effect.placesGained(),
                            effect.users())));
        }
        views.sort(Comparator.comparing(
                        (EffectView view) -> view.principal().name(), Comparator.nullsLast(Comparator.naturalOrder()))
                .thenComparing(view -> view.principal().id())
                .thenComparing(EffectView::permission));
        return new Result(
                views,
                // no right is taken by these
                request.size() == request.conditions().size() || whatIf.hasOwner(),
                leases.ending(
                        caller.domainId(),
                        (user, permission, device) -> !counts(caller, request, user, device)
                                || whatIf.allows(user, permission, device)
                                        && !(sees(caller, user, device) && whatIf.shuts(user, device))));
    }

    private Set<String> joined(Caller caller, Request request) {
        return request.inherit().entrySet().stream()
                .filter(each -> each.getValue() && accessEntries.mayJoin(caller, each.getKey()))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** A move into other conditions, below which many have access, is told without these. */
    private RightsReports.WhatIf whatIf(Caller caller, RightsReports.Change change, PlannedConditions.Change planned)
            throws RefusedException {
        RightsReports.WhatIf whatIf = reports.whatIf(caller, change);
        if (whatIf.principalsUnderDemands() <= MAX_PRINCIPALS) {
            return whatIf;
        }
        if (planned.size() > 0) {
            throw RefusedException.invalid(
                    "contracts",
                    "More than %d users and groups may have access there: that is too much to work out beforehand.",
                    MAX_PRINCIPALS);
        }
        return reports.whatIf(caller, change.withoutDemands());
    }

    private PlannedConditions.Change checked(Caller caller, Request request) throws RefusedException {
        if (request.conditions().size() > MAX_CONDITIONS) {
            throw RefusedException.invalid("contracts", "A preview is for at most %d changes.", MAX_CONDITIONS);
        }
        Map<String, Optional<Contract>> contracts = new HashMap<>();
        for (Map.Entry<String, Optional<Contract>> each :
                request.conditions().contracts().entrySet()) {
            authorization.require(caller, Permission.MANAGE_PERMISSIONS, each.getKey());
            if (!reports.isFolder(caller.domainId(), each.getKey())) {
                throw RefusedException.notFound();
            }
            Optional<Contract> contract = each.getValue();
            contracts.put(
                    each.getKey(),
                    contract.isEmpty() ? contract : Optional.of(contract.get().checked()));
        }
        Map<String, List<Qualification>> qualifications = new HashMap<>();
        for (Map.Entry<String, List<Qualification>> each :
                request.conditions().qualifications().entrySet()) {
            authorization.require(caller, Permission.MANAGE_USERS, each.getKey());
            PrincipalReference user = references
                    .principals(caller.domainId(), List.of(each.getKey()))
                    .get(each.getKey());
            if (user == null || !user.kind().equals("user")) {
                throw RefusedException.notFound();
            }
            qualifications.put(each.getKey(), Qualifications.checked(each.getValue()));
        }
        return new PlannedConditions.Change(contracts, qualifications);
    }

    private DemandsChange demands(Caller caller, Map<String, String> move, PlannedConditions.Change planned) {
        return move.isEmpty() && planned.size() == 0
                ? DemandsChange.NONE
                : conditions.of(caller.domainId(), SessionPermissions.all(), planned);
    }

    /** A session on a device that the caller does not see is not counted; one of somebody whom he does not see is, where the change is about entries of his own. */
    private boolean counts(Caller caller, Request request, String user, String device) {
        return request.reachesAnywhere()
                ? sees(caller, user, device)
                : authorization.allows(caller, Permission.SEE_RESOURCES, device);
    }

    /** Whether the caller sees both ends of a session. It is no attempt of his to see them. */
    private boolean sees(Caller caller, String user, String device) {
        return authorization.allows(caller, Permission.SEE_RESOURCES, device)
                && (user.equals(caller.userId()) || authorization.allows(caller, Permission.SEE_USERS, user));
    }

    private void requireMove(Caller caller, String resource, String folder) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, resource);
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, folder);
        if (authorization.parent(caller.domainId(), resource).isEmpty()) {
            throw RefusedException.invalid("move", "The topmost folder stays where it is.");
        }
        if (!reports.isFolder(caller.domainId(), folder)) {
            throw RefusedException.invalid("move", "This is not a folder.");
        }
        if (reports.isBelow(caller.domainId(), folder, resource)) {
            throw RefusedException.invalid("move", "A folder cannot be moved into itself.");
        }
    }

    private void requireMembership(Caller caller, Membership membership) throws RefusedException {
        for (String principal : List.of(membership.group(), membership.member())) {
            if (!authorization.shows(caller, Permission.SEE_USERS, principal)) {
                throw RefusedException.notFound();
            }
        }
        authorization.require(caller, Permission.MANAGE_USERS, membership.group());
        Map<String, PrincipalReference> found =
                references.principals(caller.domainId(), List.of(membership.group(), membership.member()));
        boolean fits = Optional.ofNullable(found.get(membership.group()))
                        .filter(group -> group.kind().equals("group"))
                        .isPresent()
                && found.containsKey(membership.member());
        if (!fits) {
            throw RefusedException.notFound();
        }
    }

    /** With a folder they need the right to delete each thing in it; the refusals are those of the deletion. */
    private void requireDeletions(Caller caller, List<String> ids) throws RefusedException {
        Map<String, ResourceReference> known = references.resources(caller, Permission.MANAGE_PERMISSIONS, ids);
        for (String id : ids) {
            ResourceReference found = Optional.ofNullable(known.get(id)).orElseThrow(RefusedException::notFound);
            switch (found.kind()) {
                case "folder" -> folders.requireDeletion(caller, id);
                case "group" -> groups.requireDeletion(caller, id);
                case "user" -> users.requireDeletion(caller, id);
                default -> throw RefusedException.notFound();
            }
        }
    }

    private List<Entry> added(Caller caller, List<EntryRequest> requests) throws RefusedException {
        List<Entry> add = new ArrayList<>();
        for (EntryRequest request : requests) {
            authorization.require(caller, Permission.MANAGE_PERMISSIONS, request.resource());
            boolean seen = Uuid7.isUuid(request.principal())
                    && authorization.allows(caller, Permission.SEE_USERS, request.principal())
                    && !references
                            .principals(caller.domainId(), List.of(request.principal()))
                            .isEmpty();
            if (!seen) {
                throw RefusedException.invalid("principal", "There is no such user or group.");
            }
            for (Permission permission : request.permissions()) {
                add.add(new Entry(
                        "new-" + add.size(),
                        request.resource(),
                        request.principal(),
                        permission,
                        request.effect(),
                        request.validity(),
                        request.delegable(),
                        Entry.Origin.ENTRY,
                        0));
            }
        }
        return add;
    }

    private List<Entry> removed(Caller caller, List<String> ids) throws RefusedException {
        Map<String, Entry> remove = new LinkedHashMap<>();
        Map<String, Boolean> managed = new HashMap<>();
        for (String id : ids) {
            Optional<Entry> found = Uuid7.isUuid(id) ? entries.find(caller.domainId(), id) : Optional.empty();
            Entry entry = found.orElseThrow(RefusedException::notFound);
            if (managed.putIfAbsent(entry.resource(), true) == null) {
                authorization.require(caller, Permission.MANAGE_PERMISSIONS, entry.resource());
            }
            remove.put(id, entry);
        }
        return List.copyOf(remove.values());
    }
}
