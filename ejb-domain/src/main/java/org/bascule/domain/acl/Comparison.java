package org.bascule.domain.acl;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.RightsSnapshot.Principals;
import org.jspecify.annotations.Nullable;

/**
 * Two states of the same domain side by side: the same folders and devices, though some may have been moved, or be gone: then they are nothing that
 * anybody has lost. A permission on a device is lost, too, where it is held as before and what is demanded there is met no more. People whom neither a
 * permission's entries nor what they do not meet tells apart are looked at once.
 */
final class Comparison {

    private final RightsSnapshot before;
    private final RightsSnapshot after;
    private final Map<String, Placement> places;
    private final Map<String, Integer> devices;
    private final MetDemands met;
    private final List<Sight> sights;
    private final Instant now;

    /** Numbers of folders in the earlier state, by those in the later one: a move changes their order. */
    private final int[] earlier;

    /** Those that there are in the later state, by their numbers in the earlier one. */
    private final BitSet remaining = new BitSet();

    /** Folders, by their numbers in the earlier state. */
    private final BitSet seen;

    private final Map<Permission, About> about = new EnumMap<>(Permission.class);

    /**
     * What the entries of a permission are about.
     *
     * @param before whom they name, in the earlier state
     * @param after the same in the later one
     * @param apart what is to be looked at by itself
     * @param others how many of the devices in each folder that are, before
     */
    private record About(BitSet before, BitSet after, Set<String> apart, Map<String, Integer> others) {}

    /** Whom nothing tells apart, in either state: who leaves a group is not like those who stay in it. */
    private record Alike(BitSet before, BitSet after, @Nullable Confinement within, MetDemands.Unmet unmet) {}

    /**
     * Of two states.
     *
     * @param places where everything is before that the change is about and that is no folder
     * @param devices how many are in each folder itself, before
     * @param sights what is seen, in states with the folders of the earlier one where they are there: nothing else is counted
     */
    Comparison(
            RightsSnapshot before,
            RightsSnapshot after,
            Map<String, Placement> places,
            Map<String, Integer> devices,
            MetDemands met,
            List<Sight> sights,
            Instant now) {
        this.before = before;
        this.after = after;
        this.places = places;
        this.devices = devices;
        this.met = met;
        this.sights = sights;
        this.now = now;
        this.earlier = new int[after.folderCount()];
        for (int folder = 0; folder < earlier.length; folder++) {
            earlier[folder] = before.folder(after.folderId(folder));
            remaining.set(earlier[folder]);
        }
        this.seen = new BitSet();
        sights.forEach(sight -> seen.or(sight.folders()));
    }

    /**
     * What changes for the users.
     *
     * @param lost devices on which at least one of them loses the permission
     * @param placesLost where else: folders; and users and groups that have rights of their own, except in such a folder
     * @param users those for whom anything changes anywhere
     */
    record Difference(long lost, long gained, long placesLost, long placesGained, long users) {}

    private About about(Permission permission) {
        Set<String> named = new HashSet<>();
        Set<String> apart = new HashSet<>(places.keySet());
        for (RightsSnapshot state : List.of(before, after)) {
            for (Entry entry : state.entries()) {
                if (entry.permission() == permission) {
                    named.add(entry.principal());
                    apart.add(entry.resource());
                } else if (entry.permission() == Permission.SEE_RESOURCES
                        || entry.permission() == Permission.SEE_USERS) {
                    apart.add(entry.resource());
                }
            }
            state.special().forEach((id, place) -> {
                if (!place.inherits()) {
                    apart.add(id);
                }
            });
        }
        apart.removeIf(id -> !isMeant(permission, placeAfter(id)));
        return new About(before.indices(named), after.indices(named), apart, others(apart));
    }

    /** Access to devices is nothing that somebody has on a user or group, although entries may say so. */
    private static boolean isMeant(Permission permission, @Nullable Placement place) {
        return place != null && (place.device() || permission.kind() != Permission.Kind.DEVICE_ACCESS);
    }

    private Map<String, Integer> others(Set<String> apart) {
        Map<String, Integer> others = new HashMap<>();
        for (String thing : apart) {
            Placement placeAfter = placeAfter(thing);
            String folder = placeAfter == null || !placeAfter.device()
                    ? null
                    : placeBefore(thing, placeAfter).folder();
            if (folder != null) {
                others.merge(folder, 1, Integer::sum);
            }
        }
        return others;
    }

    /**
     * Empty if nothing changes for any of the users.
     *
     * @param known those whom the seer sees: what others do not meet would tell of their qualifications, and is left out
     */
    Optional<Difference> of(Collection<String> users, Permission permission, Set<String> known) {
        About asked = about.computeIfAbsent(permission, this::about);
        Map<Alike, List<String>> alike = new HashMap<>();
        for (String user : users) {
            Alike key = new Alike(
                    before.among(user, asked.before()),
                    after.among(user, asked.after()),
                    before.confined().get(user),
                    known.contains(user) ? met.unmet(user, permission) : MetDemands.Unmet.NOTHING);
            alike.computeIfAbsent(key, same -> new ArrayList<>()).add(user);
        }
        Found found = new Found();
        alike.forEach((key, same) -> compare(same, permission, key.unmet(), asked, found));
        return found.users == 0
                ? Optional.empty()
                : Optional.of(new Difference(
                        count(union(found.lostFolders, found.shut), asked) + devices(found.lostThings),
                        count(union(found.gainedFolders, found.opened), asked) + devices(found.gainedThings),
                        places(found.lostFolders, found.lostThings),
                        places(found.gainedFolders, found.gainedThings),
                        found.users));
    }

    private static BitSet union(BitSet one, BitSet other) {
        BitSet union = (BitSet) one.clone();
        union.or(other);
        return union;
    }

    private long devices(Set<String> things) {
        return things.stream().filter(this::isDevice).count();
    }

    /** The folders, and what else is no device, unless it is in one of them: that is no place of its own. */
    private long places(BitSet folders, Set<String> things) {
        long others = things.stream()
                .filter(id -> !isDevice(id) && !isIn(folders, placeAfter(id)))
                .count();
        return folders.cardinality() + others;
    }

    private boolean isIn(BitSet folders, @Nullable Placement place) {
        String folder = place == null ? null : place.folder();
        int index = folder == null ? -1 : before.folder(folder);
        return index >= 0 && folders.get(index);
    }

    private boolean isDevice(String id) {
        Placement place = placeAfter(id);
        return place != null && place.device();
    }

    private @Nullable Placement placeAfter(String id) {
        return after.special().get(id);
    }

    /** As something that is in neither was before the change: it is the change that makes it stand apart. */
    private Placement placeBefore(String id, Placement placeAfter) {
        Placement place = before.special().getOrDefault(id, placeAfter);
        return places.getOrDefault(id, place);
    }

    private static final class Found {
        final BitSet lostFolders = new BitSet();
        final BitSet gainedFolders = new BitSet();

        /** Where devices can be used no more, although the permission is kept. */
        final BitSet shut = new BitSet();

        final BitSet opened = new BitSet();
        final Set<String> lostThings = new HashSet<>();
        final Set<String> gainedThings = new HashSet<>();
        long users;
    }

    private void compare(List<String> same, Permission permission, MetDemands.Unmet unmet, About asked, Found found) {
        Principals was = before.principals(same.get(0));
        Principals is = after.principals(same.get(0));
        boolean inFolders = compareFolders(was, is, permission, unmet, asked, found);
        boolean apart = false;
        for (String thing : asked.apart()) {
            Placement placeAfter = placeAfter(thing);
            if (placeAfter != null) {
                Placement placeBefore = placeBefore(thing, placeAfter);
                boolean held = before.allows(was, permission, thing, placeBefore, now);
                boolean holds = after.allows(is, permission, thing, placeAfter, now);
                apart |= held != holds
                        ? changesHands(thing, placeBefore, held, found)
                        : held && turns(thing, placeBefore, placeAfter, unmet, found);
            }
        }
        if (inFolders || apart) {
            found.users += same.size();
        }
    }

    private boolean compareFolders(
            Principals was, Principals is, Permission permission, MetDemands.Unmet unmet, About asked, Found found) {
        BitSet held = before.granted(was, permission, now);
        BitSet holds = earlier(after.granted(is, permission, now));
        BitSet lost = minus(held, holds);
        BitSet gained = minus(holds, held);
        BitSet kept = (BitSet) held.clone();
        kept.and(holds);
        kept.and(seen);
        BitSet shut = met.shut(unmet, kept);
        BitSet opened = met.opened(unmet, kept);
        found.lostFolders.or(lost);
        found.gainedFolders.or(gained);
        found.shut.or(shut);
        found.opened.or(opened);
        // what is demanded is demanded on devices: where there is none, nothing has changed
        return !lost.isEmpty() || !gained.isEmpty() || count(shut, asked) > 0 || count(opened, asked) > 0;
    }

    private boolean isSeen(String thing, Placement placeBefore) {
        return sights.stream().anyMatch(sight -> sight.shows(thing, placeBefore));
    }

    private boolean changesHands(String thing, Placement placeBefore, boolean held, Found found) {
        if (isSeen(thing, placeBefore)) {
            (held ? found.lostThings : found.gainedThings).add(thing);
            return true;
        }
        return false;
    }

    private boolean turns(
            String thing, Placement placeBefore, Placement placeAfter, MetDemands.Unmet unmet, Found found) {
        boolean open = met.isMetBefore(unmet, placeBefore);
        if (placeBefore.device() && open != met.isMetAfter(unmet, placeAfter) && isSeen(thing, placeBefore)) {
            (open ? found.lostThings : found.gainedThings).add(thing);
            return true;
        }
        return false;
    }

    private BitSet earlier(BitSet later) {
        BitSet folders = new BitSet(earlier.length);
        later.stream().map(folder -> earlier[folder]).forEach(folders::set);
        return folders;
    }

    private BitSet minus(BitSet from, BitSet what) {
        BitSet rest = (BitSet) from.clone();
        rest.andNot(what);
        rest.and(remaining);
        rest.and(seen);
        return rest;
    }

    /** Devices in these folders but for those that are looked at one by one. */
    private long count(BitSet folders, About asked) {
        return folders.stream()
                .mapToObj(before::folderId)
                .mapToLong(id -> devices.getOrDefault(id, 0) - asked.others().getOrDefault(id, 0))
                .sum();
    }
}
