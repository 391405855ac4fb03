package org.bascule.domain.acl;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.RightsSnapshot.Principals;
import org.jspecify.annotations.Nullable;

/** Two states of the same domain side by side. People whom a permission's entries do not tell apart are looked at once. */
final class Comparison {

    private final RightsSnapshot before;
    private final RightsSnapshot after;
    private final Map<String, Integer> devices;
    private final Instant now;

    /** {@code devices}: how many are in each folder itself. */
    Comparison(RightsSnapshot before, RightsSnapshot after, Map<String, Integer> devices, Instant now) {
        this.before = before;
        this.after = after;
        this.devices = devices;
        this.now = now;
    }

    /** Devices on which at least one of the users loses or gains, and users who do so anywhere. */
    record Difference(long lost, long gained, long users) {}

    /** Empty if nothing changes for any of the users. */
    Optional<Difference> of(Collection<String> users, Permission permission) {
        Set<String> named = new HashSet<>();
        Set<String> things = new HashSet<>();
        for (RightsSnapshot state : List.of(before, after)) {
            for (Entry entry : state.entries()) {
                if (entry.permission() == permission) {
                    named.add(entry.principal());
                    things.add(entry.resource());
                }
            }
            state.special().forEach((id, place) -> {
                if (!place.inherits()) {
                    things.add(id);
                }
            });
        }
        things.removeIf(id -> !device(id));
        Map<Set<String>, List<String>> alike = new HashMap<>();
        for (String user : users) {
            Set<String> key = before.namedAmong(user, named);
            key.addAll(after.namedAmong(user, named));
            alike.computeIfAbsent(key, same -> new ArrayList<>()).add(user);
        }
        Found found = new Found(before.folderCount());
        alike.values().forEach(same -> compare(same, permission, things, found));
        return found.users == 0 ? Optional.empty() : Optional.of(found.difference(this, things));
    }

    private boolean device(String id) {
        return Optional.ofNullable(place(after, id)).filter(Placement::device).isPresent();
    }

    private static @Nullable Placement place(RightsSnapshot state, String id) {
        return state.special().get(id);
    }

    private static final class Found {
        final BitSet lostFolders;
        final BitSet gainedFolders;
        final Set<String> lostThings = new HashSet<>();
        final Set<String> gainedThings = new HashSet<>();
        long users;

        Found(int folders) {
            this.lostFolders = new BitSet(folders);
            this.gainedFolders = new BitSet(folders);
        }

        Difference difference(Comparison in, Set<String> things) {
            Map<String, Integer> apart = new HashMap<>();
            for (String thing : things) {
                String folder = Optional.ofNullable(place(in.after, thing))
                        .map(Placement::folder)
                        .orElse("");
                apart.merge(folder, 1, Integer::sum);
            }
            return new Difference(
                    in.count(lostFolders, apart) + lostThings.size(),
                    in.count(gainedFolders, apart) + gainedThings.size(),
                    users);
        }
    }

    private void compare(List<String> same, Permission permission, Set<String> things, Found found) {
        Principals was = before.principals(same.get(0));
        Principals is = after.principals(same.get(0));
        BitSet held = before.granted(was, permission, now);
        BitSet holds = after.granted(is, permission, now);
        BitSet lost = minus(held, holds);
        BitSet gained = minus(holds, held);
        found.lostFolders.or(lost);
        found.gainedFolders.or(gained);
        boolean changed = !lost.isEmpty() || !gained.isEmpty();
        for (String thing : things) {
            Placement placeAfter = place(after, thing);
            if (placeAfter == null) {
                continue;
            }
            Placement placeBefore = Optional.ofNullable(place(before, thing))
                    .orElseGet(() -> new Placement(placeAfter.folder(), true, placeAfter.device()));
            boolean heldThis = before.allows(was, permission, thing, placeBefore, now);
            boolean holdsThis = after.allows(is, permission, thing, placeAfter, now);
            if (heldThis != holdsThis) {
                (heldThis ? found.lostThings : found.gainedThings).add(thing);
                changed = true;
            }
        }
        if (changed) {
            found.users += same.size();
        }
    }

    private static BitSet minus(BitSet from, BitSet what) {
        BitSet rest = (BitSet) from.clone();
        rest.andNot(what);
        return rest;
    }

    private long count(BitSet folders, Map<String, Integer> apart) {
        return folders.stream()
                .mapToObj(before::folderId)
                .mapToLong(id -> devices.getOrDefault(id, 0) - apart.getOrDefault(id, 0))
                .sum();
    }
}
