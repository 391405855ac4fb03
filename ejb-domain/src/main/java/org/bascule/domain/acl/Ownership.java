package org.bascule.domain.acl;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who owns a domain by its entries: whoever is in the group Owners, or anybody where there is no such group, and may pass on the {@link #LEAST} on the
 * root folder for good. By passing something on, one gives it back to whoever has lost it.
 *
 * @param passable what each of those who may be owners may pass on there for good, if anything
 */
record Ownership(Map<String, Set<Permission>> passable) {

    /** With these, and no fewer, one finds somebody, or makes a user, and gives him what was lost. */
    private static final Set<Permission> LEAST = EnumSet.of(
            Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.MANAGE_USERS, Permission.MANAGE_PERMISSIONS);

    /** Of two entries of the same weight the one with the smaller id decides, as in an {@link Explanation}. */
    private static final Comparator<Explanation.Candidate> DECIDING = Comparator.comparingInt(
                    Explanation.Candidate::weight)
            .thenComparing(candidate -> candidate.entry().id());

    static Ownership of(RightsSnapshot state, Optional<String> group, Instant now) {
        Map<Permission, List<Entry>> onRoot = new EnumMap<>(Permission.class);
        Set<String> named = new HashSet<>();
        for (Entry entry : state.entries()) {
            if (entry.resource().equals(state.folderId(0))) {
                onRoot.computeIfAbsent(entry.permission(), permission -> new ArrayList<>())
                        .add(entry);
                named.add(entry.principal());
            }
        }
        Collection<String> candidates =
                group.map(id -> state.membersOf(Set.of(id))).orElseGet(state::principalIds);
        Map<String, Set<Permission>> passable = new HashMap<>();
        for (String one : candidates) {
            Set<String> principals = state.namedAmong(one, named);
            Set<Permission> passes = EnumSet.noneOf(Permission.class);
            onRoot.forEach((permission, entries) -> {
                if (isPassable(one, principals, entries, now)) {
                    passes.add(permission);
                }
            });
            if (!passes.isEmpty()) {
                passable.put(one, passes);
            }
        }
        return new Ownership(passable);
    }

    /** Whether it may be passed on for good: what decides before that, at most for some time, may be passed on and so be removed, or ends soon. */
    private static boolean isPassable(String user, Set<String> principals, List<Entry> entries, Instant now) {
        List<Entry> deciding = entries.stream()
                .filter(entry -> principals.contains(entry.principal()))
                .map(entry -> new Explanation.Candidate(entry, entry.principal().equals(user), true))
                .sorted(DECIDING)
                .map(Explanation.Candidate::entry)
                .toList();
        for (Entry entry : deciding) {
            if (entry.effect() == Effect.DENY || !entry.delegable() && !endsSoon(entry, now)) {
                return false;
            }
            if (entry.delegable() && entry.validity().isAlways()) {
                return true;
            }
        }
        return false;
    }

    /** What its user asked for ends by itself, unless somebody moved its end; what others set might be prolonged as often as they like. */
    private static boolean endsSoon(Entry entry, Instant now) {
        Instant until = entry.validity().until();
        return entry.origin() == Entry.Origin.REQUEST
                && until != null
                && !until.isAfter(now.plus(Entry.LONGEST_REQUEST));
    }

    /** The same about those of them who are among these. */
    Ownership among(Set<String> users) {
        Map<String, Set<Permission>> left = new HashMap<>(passable);
        left.keySet().retainAll(users);
        return new Ownership(left);
    }

    Set<String> owners() {
        return passable.keySet().stream().filter(this::isOwner).collect(Collectors.toSet());
    }

    private boolean isOwner(String user) {
        return passable.getOrDefault(user, Set.of()).containsAll(LEAST);
    }

    /** What owners could pass on then and none of them can now; if nobody was an owner then, what they all could. */
    Set<Permission> lostSince(Ownership before) {
        boolean owned = !before.owners().isEmpty();
        Set<Permission> lost = before.all(owned);
        lost.removeAll(all(owned));
        return lost;
    }

    private Set<Permission> all(boolean ofOwners) {
        Set<Permission> all = EnumSet.noneOf(Permission.class);
        passable.forEach((user, permissions) -> {
            if (!ofOwners || isOwner(user)) {
                all.addAll(permissions);
            }
        });
        return all;
    }
}
