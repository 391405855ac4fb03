package org.bascule.domain.acl;

import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.jspecify.annotations.Nullable;

/**
 * How far somebody reaches with what they came with: an API token takes away permissions and folders, and adds none (requirement IDN-10). Used by
 * {@link Authorization}, on everything that it answers about a caller, and for what a {@link Comparison} counts.
 */
final class Reach {

    private static final Reach UNLIMITED = new Reach(null);

    private final @Nullable Limits limits;

    private Reach(@Nullable Limits limits) {
        this.limits = limits;
    }

    static Reach of(Credential credential) {
        return credential.isToken() ? new Reach(credential.limits()) : UNLIMITED;
    }

    /** Whether it leaves a permission on a resource. */
    boolean covers(RightsSnapshot snapshot, Permission permission, String resource, Placement place) {
        return limits == null
                || limits.permissions().contains(permission.code()) && isWithin(limits, snapshot, resource, place);
    }

    /** What it leaves of the permissions that are held on a resource. */
    long of(long mask, RightsSnapshot snapshot, String resource, Placement place) {
        if (limits == null || mask == 0) {
            return mask;
        }
        return isWithin(limits, snapshot, resource, place) ? mask & mask(limits) : 0;
    }

    private static boolean isWithin(Limits limits, RightsSnapshot snapshot, String resource, Placement place) {
        return snapshot.levels(resource, place).stream().anyMatch(limits.folders()::contains);
    }

    private static long mask(Limits limits) {
        Set<Permission> kept = EnumSet.noneOf(Permission.class);
        limits.permissions().forEach(code -> Permission.ofCode(code).ifPresent(kept::add));
        return kept.stream().mapToLong(permission -> 1L << permission.ordinal()).sum();
    }

    /**
     * The folders in which it leaves a permission.
     *
     * @param below only this folder and those below it; -1 for all
     */
    BitSet folders(RightsSnapshot snapshot, Permission permission, int below) {
        BitSet folders = below < 0 ? all(snapshot) : below(snapshot, Set.of(snapshot.folderId(below)));
        if (limits != null) {
            folders.and(
                    limits.permissions().contains(permission.code())
                            ? below(snapshot, limits.folders())
                            : new BitSet());
        }
        return folders;
    }

    private static BitSet all(RightsSnapshot snapshot) {
        BitSet all = new BitSet(snapshot.folderCount());
        all.set(0, snapshot.folderCount());
        return all;
    }

    /** Parents stand before their children. */
    private static BitSet below(RightsSnapshot snapshot, Set<String> roots) {
        BitSet below = new BitSet(snapshot.folderCount());
        for (int folder = 0; folder < snapshot.folderCount(); folder++) {
            int parent = snapshot.parent(folder);
            if (roots.contains(snapshot.folderId(folder)) || parent >= 0 && below.get(parent)) {
                below.set(folder);
            }
        }
        return below;
    }
}
