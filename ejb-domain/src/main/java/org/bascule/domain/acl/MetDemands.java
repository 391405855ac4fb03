package org.bascule.domain.acl;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who meets what is demanded where, before and after a change. Folders are named by their numbers before it. */
final class MetDemands {

    private final DemandsChange change;
    private final Side before;
    private final Side after;
    private final Map<String, Unmet> known = new HashMap<>();

    /** What somebody does not meet, of what is set anywhere: people for whom this is the same are alike. */
    record Unmet(BitSet before, BitSet after) {
        static final Unmet NOTHING = new Unmet(new BitSet(), new BitSet());
    }

    MetDemands(RightsSnapshot before, RightsSnapshot after, DemandsChange change) {
        this.change = change;
        this.before = new Side(change.before(), before, before);
        this.after = new Side(change.after(), after, before);
    }

    /** Nothing for a permission that can be used whatever is demanded. */
    Unmet unmet(String user, Permission permission) {
        return change.permissions().contains(permission) ? unmet(user) : Unmet.NOTHING;
    }

    private Unmet unmet(String user) {
        return known.computeIfAbsent(user, id -> new Unmet(before.unmet(id), after.unmet(id)));
    }

    /** Those of some folders in which devices can be used no more. */
    BitSet shut(Unmet unmet, BitSet folders) {
        return difference(folders, after.folders(unmet.after()), before.folders(unmet.before()));
    }

    /** Those of some folders in which devices can be used from then on. */
    BitSet opened(Unmet unmet, BitSet folders) {
        return difference(folders, before.folders(unmet.before()), after.folders(unmet.after()));
    }

    private static BitSet difference(BitSet folders, BitSet in, BitSet notIn) {
        BitSet found = (BitSet) folders.clone();
        found.and(in);
        found.andNot(notIn);
        return found;
    }

    boolean isMetBefore(Unmet unmet, Placement place) {
        return before.isMet(unmet.before(), place);
    }

    boolean isMetAfter(Unmet unmet, Placement place) {
        return after.isMet(unmet.after(), place);
    }

    /** Whether a device can be used before, and not after, as far as it depends on what is demanded. */
    boolean isShut(String user, Placement placeBefore, Placement placeAfter) {
        return isMetBefore(unmet(user), placeBefore) && !isMetAfter(unmet(user), placeAfter);
    }

    /** Whether something that is set on another folder counts for a folder, or for what is in it. */
    boolean differ(@Nullable String folderBefore, @Nullable String folderAfter) {
        return !before.nearest(folderBefore).equals(after.nearest(folderAfter));
    }

    /** One of the two states. */
    private static final class Side {
        private final Demands demands;
        private final RightsSnapshot numbers;
        private final List<String> set;

        /** Of what is set anywhere, what counts for each folder; -1 for nothing. */
        private final int[] nearest;

        private final Map<BitSet, BitSet> folders = new HashMap<>();

        Side(Demands demands, RightsSnapshot state, RightsSnapshot numbers) {
            this.demands = demands;
            this.numbers = numbers;
            this.set = List.copyOf(demands.folders());
            this.nearest = new int[numbers.folderCount()];
            Arrays.fill(nearest, -1);
            Map<String, Integer> own = new HashMap<>();
            for (int i = 0; i < set.size(); i++) {
                own.put(set.get(i), i);
            }
            // parents stand before their children
            for (int folder = 0; folder < state.folderCount() && !own.isEmpty(); folder++) {
                int parent = state.parent(folder);
                int above = parent < 0 ? -1 : nearest[numbers.folder(state.folderId(parent))];
                nearest[numbers.folder(state.folderId(folder))] = own.getOrDefault(state.folderId(folder), above);
            }
        }

        BitSet unmet(String user) {
            BitSet unmet = new BitSet();
            for (int i = 0; i < set.size(); i++) {
                unmet.set(i, !demands.isMet(set.get(i), user));
            }
            return unmet;
        }

        /** The folders for which one of these counts. */
        BitSet folders(BitSet unmet) {
            return folders.computeIfAbsent(unmet, key -> {
                BitSet found = new BitSet();
                for (int folder = 0; folder < nearest.length; folder++) {
                    found.set(folder, nearest[folder] >= 0 && key.get(nearest[folder]));
                }
                return found;
            });
        }

        boolean isMet(BitSet unmet, Placement place) {
            int folder = numbers.folder(place.folder());
            return folder < 0 || nearest[folder] < 0 || !unmet.get(nearest[folder]);
        }

        String nearest(@Nullable String id) {
            int folder = numbers.folder(id);
            return folder < 0 || nearest[folder] < 0 ? "" : set.get(nearest[folder]);
        }
    }
}
