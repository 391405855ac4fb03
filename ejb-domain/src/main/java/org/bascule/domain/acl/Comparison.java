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
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.jspecify.annotations.Nullable;

/**
 * Two states of the same domain side by side: the same folders and devices, though some may have been moved, or be gone: then they are nothing that
 * anybody has lost. People whom a permission's entries do
 * not tell apart are looked at once.
 */
final class Comparison {

    private final RightsSnapshot before;
    private final RightsSnapshot after;
    private final Map<String, Placement> places;
    private final Map<String, Integer> devices;
    private final @Nullable Principals viewer;
    private final Reach reach;
    private final Instant now;

    /** Numbers of folders in the earlier state, by those in the later one: a move changes their order. */
    private final int[] earlier;

    /** Those that there are in the later state, by their numbers in the earlier one. */
    private final BitSet remaining = new BitSet();

    private final Map<Permission, About> about = new EnumMap<>(Permission.class);

    /**
     * What the entries of a permission are about.
     *
     * @param before whom they name, in the earlier state
     * @param after the same in the later one
     * @param apart what is to be looked at by itself
     */
    private record About(BitSet before, BitSet after, Set<String> apart) {}

    /** Whom the entries of a permission do not tell apart, in either state: who leaves a group is not like those who stay in it. */
    private record Alike(BitSet before, BitSet after, @Nullable Confinement within) {}

    /**
     * Of two states.
     *
     * @param places where everything is before that the change is about and that is no folder
     * @param devices how many are in each folder itself, before
     * @param viewer devices that this caller does not see before are not counted; null to count all
     */
    Comparison(
            RightsSnapshot before,
            RightsSnapshot after,
            Map<String, Placement> places,
            Map<String, Integer> devices,
            @Nullable Caller viewer,
            Instant now) {
        this.before = before;
        this.after = after;
        this.places = places;
        this.devices = devices;
        this.viewer = viewer == null ? null : before.principals(viewer.userId());
        this.reach = Reach.of(viewer == null ? Credential.NONE : viewer.credential());
        this.now = now;
        this.earlier = new int[after.folderCount()];
        for (int folder = 0; folder < earlier.length; folder++) {
            earlier[folder] = before.folder(after.folderId(folder));
            remaining.set(earlier[folder]);
        }
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
        apart.removeIf(id -> placeAfter(id) == null);
        return new About(before.indices(named), after.indices(named), apart);
    }

    /** Empty if nothing changes for any of the users. */
    Optional<Difference> of(Collection<String> users, Permission permission) {
        About asked = about.computeIfAbsent(permission, this::about);
        Set<String> apart = asked.apart();
        Map<Alike, List<String>> alike = new HashMap<>();
        for (String user : users) {
            Alike key = new Alike(
                    before.among(user, asked.before()),
                    after.among(user, asked.after()),
                    before.confined().get(user));
            alike.computeIfAbsent(key, same -> new ArrayList<>()).add(user);
        }
        Found found = new Found();
        alike.values().forEach(same -> compare(same, permission, apart, found));
        return found.users == 0
                ? Optional.empty()
                : Optional.of(new Difference(
                        count(found.lostFolders, apart) + devices(found.lostThings),
                        count(found.gainedFolders, apart) + devices(found.gainedThings),
                        places(found.lostFolders, found.lostThings),
                        places(found.gainedFolders, found.gainedThings),
                        found.users));
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
        final Set<String> lostThings = new HashSet<>();
        final Set<String> gainedThings = new HashSet<>();
        long users;
    }

    private void compare(List<String> same, Permission permission, Set<String> apart, Found found) {
        Principals was = before.principals(same.get(0));
        Principals is = after.principals(same.get(0));
        BitSet held = before.granted(was, permission, now);
        BitSet holds = earlier(after.granted(is, permission, now));
        BitSet lost = minus(held, holds);
        BitSet gained = minus(holds, held);
        found.lostFolders.or(lost);
        found.gainedFolders.or(gained);
        boolean changed = !lost.isEmpty() || !gained.isEmpty();
        for (String thing : apart) {
            Placement placeAfter = placeAfter(thing);
            if (placeAfter == null) {
                continue;
            }
            Placement placeBefore = placeBefore(thing, placeAfter);
            boolean heldThis = before.allows(was, permission, thing, placeBefore, now);
            boolean holdsThis = after.allows(is, permission, thing, placeAfter, now);
            if (heldThis != holdsThis && isSeen(thing, placeBefore)) {
                (heldThis ? found.lostThings : found.gainedThings).add(thing);
                changed = true;
            }
        }
        if (changed) {
            found.users += same.size();
        }
    }

    /** What is neither a folder nor a device is a user or a group. */
    private boolean isSeen(String thing, Placement place) {
        Permission see = place.device() ? Permission.SEE_RESOURCES : Permission.SEE_USERS;
        return viewer == null
                || before.allows(viewer, see, thing, place, now) && reach.covers(before, see, thing, place);
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
        if (viewer != null) {
            rest.and(before.granted(viewer, Permission.SEE_RESOURCES, now));
            rest.and(reach.folders(before, Permission.SEE_RESOURCES, -1));
        }
        return rest;
    }

    /** Devices in these folders but for those that are looked at one by one. */
    private long count(BitSet folders, Set<String> apart) {
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
        return folders.stream()
                .mapToObj(before::folderId)
                .mapToLong(id -> devices.getOrDefault(id, 0) - others.getOrDefault(id, 0))
                .sum();
    }
}
