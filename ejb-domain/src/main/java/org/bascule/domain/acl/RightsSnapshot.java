package org.bascule.domain.acl;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides about rights in one domain at one time, in memory: folders, groups and entries. It never changes. Other resources than
 * folders are in it only if they have entries of their own or do not inherit; for the rest, whoever asks says where they are.
 *
 * <p>Precedence (requirements ACL-1, ACL-2): the nearest level of the tree that says anything about the permission; on that level an entry of the
 * user before one of a group; deny before allow; no entry at all: denied. Entries outside of their time count as absent. At a folder or resource
 * that does not inherit, the way up ends. Who is confined holds nothing outside of the {@link Confinement}, whatever entries say.
 */
final class RightsSnapshot {

    private static final int PERMISSIONS = Permission.values().length;
    private static final Permission[] ALL = Permission.values();

    /** More than any level can weigh: nothing is said. */
    private static final int SILENT = 4;

    private static final Rule[] NONE = {};
    private static final int MAX_KNOWN = 20_000;

    private final long version;

    /** Parents stand before their children. */
    private final String[] folders;

    private final int[] parents;
    private final boolean[] inherits;
    private final Map<String, Integer> folderIndex;

    private final Map<String, Integer> principalIndex;
    private final int[][] groupsOf;

    private final Rule[][] atFolder;
    private final Map<String, Rule[]> atThing;
    private final Map<String, Placement> special;
    private final List<String> blocked;
    private final Map<Integer, List<String>> named;
    private final Set<Permission> timed;
    private final List<Entry> entries;
    private final Map<String, Confinement> confined;

    private final Map<String, Principals> known = new ConcurrentHashMap<>();
    private final Map<GrantedKey, BitSet> granted = new ConcurrentHashMap<>();

    private record GrantedKey(Principals principals, Permission permission) {}

    /** An entry with what is compared most often, next to it. */
    private static final class Rule {
        final int principal;
        final Entry entry;
        final boolean always;
        final int allows;

        Rule(int principal, Entry entry) {
            this.principal = principal;
            this.entry = entry;
            this.always = entry.validity().isAlways();
            this.allows = entry.effect() == Effect.ALLOW ? 1 : 0;
        }

        /** 0 and 1 are the user's own, 2 and 3 a group's; the lowest bit allows. {@link #SILENT} if it does not count. */
        int weight(Principals who, @Nullable Instant now) {
            if (principal != who.user && !who.groups.get(principal)) {
                return SILENT;
            }
            if (!always && !counts(now)) {
                return SILENT;
            }
            return (principal == who.user ? 0 : 2) + allows;
        }

        /** Without a time: a denial counts, because there is a time when it does; what allows does not. */
        private boolean counts(@Nullable Instant now) {
            return now == null ? allows == 0 : entry.validity().holds(now);
        }
    }

    /** A user with all groups that the user is in, directly or through others. Equal to itself alone. */
    static final class Principals {
        final int user;
        final BitSet groups;

        /** The folders outside of which nothing is held; null for everybody who is not confined. */
        private final @Nullable BitSet within;

        private final Instant ends;

        private Principals(int user, BitSet groups, @Nullable BitSet within, Instant ends) {
            this.user = user;
            this.groups = groups;
            this.within = within;
            this.ends = ends;
        }

        /** Nothing is held from then on; {@link Instant#MAX} for who is not confined. */
        Instant ends() {
            return ends;
        }

        /** Without a time: at all times. */
        private boolean reaches(int folder, @Nullable Instant now) {
            return within == null || folder >= 0 && within.get(folder) && !isOver(now);
        }

        private boolean isOver(@Nullable Instant now) {
            return within != null && (now == null || !now.isBefore(ends));
        }
    }

    /** A folder as the tables have it. */
    record Folder(String id, @Nullable String parent, boolean inherits) {}

    /**
     * Puts a snapshot together.
     *
     * @param special where resources are that are no folders and have entries of their own or do not inherit
     */
    RightsSnapshot(
            long version,
            Collection<Folder> tree,
            Collection<Membership> memberships,
            Collection<Entry> entries,
            Map<String, Placement> special) {
        this(version, tree, memberships, entries, special, Map.of());
    }

    /**
     * The same where some users are confined.
     *
     * @param confined by user
     */
    RightsSnapshot(
            long version,
            Collection<Folder> tree,
            Collection<Membership> memberships,
            Collection<Entry> entries,
            Map<String, Placement> special,
            Map<String, Confinement> confined) {
        this.version = version;
        List<Folder> sorted = parentsFirst(tree);
        this.folders = new String[sorted.size()];
        this.parents = new int[sorted.size()];
        this.inherits = new boolean[sorted.size()];
        this.folderIndex = new HashMap<>(sorted.size() * 2);
        for (int i = 0; i < folders.length; i++) {
            Folder folder = sorted.get(i);
            folders[i] = folder.id();
            parents[i] = folder.parent() == null ? -1 : folderIndex.getOrDefault(folder.parent(), -1);
            inherits[i] = folder.inherits();
            folderIndex.put(folder.id(), i);
        }
        this.principalIndex = new HashMap<>();
        this.groupsOf = groups(memberships);
        this.atFolder = new Rule[folders.length][];
        this.atThing = new HashMap<>();
        this.special = Map.copyOf(special);
        this.blocked = special.entrySet().stream()
                .filter(one -> !one.getValue().inherits())
                .map(Map.Entry::getKey)
                .toList();
        this.named = new HashMap<>();
        this.timed = EnumSet.noneOf(Permission.class);
        this.entries = List.copyOf(entries);
        this.confined = Map.copyOf(confined);
        place(entries);
    }

    private static List<Folder> parentsFirst(Collection<Folder> tree) {
        Map<String, List<Folder>> children = new HashMap<>();
        Deque<Folder> next = new ArrayDeque<>();
        for (Folder folder : tree) {
            if (folder.parent() == null) {
                next.add(folder);
            } else {
                children.computeIfAbsent(folder.parent(), id -> new ArrayList<>())
                        .add(folder);
            }
        }
        List<Folder> sorted = new ArrayList<>(tree.size());
        while (!next.isEmpty()) {
            Folder folder = next.remove();
            sorted.add(folder);
            next.addAll(children.getOrDefault(folder.id(), List.of()));
        }
        return sorted;
    }

    private int[][] groups(Collection<Membership> memberships) {
        Map<Integer, List<Integer>> direct = new HashMap<>();
        for (Membership membership : memberships) {
            direct.computeIfAbsent(principal(membership.member()), member -> new ArrayList<>())
                    .add(principal(membership.group()));
        }
        int[][] groups = new int[principalIndex.size()][];
        direct.forEach((member, of) ->
                groups[member] = of.stream().mapToInt(Integer::intValue).toArray());
        return groups;
    }

    private int principal(String id) {
        return principalIndex.computeIfAbsent(id, key -> principalIndex.size());
    }

    private void place(Collection<Entry> all) {
        Map<Integer, List<Rule>> byFolder = new HashMap<>();
        Map<String, List<Rule>> byThing = new HashMap<>();
        for (Entry entry : all) {
            Rule rule = new Rule(principal(entry.principal()), entry);
            if (!rule.always) {
                timed.add(entry.permission());
            }
            Integer folder = folderIndex.get(entry.resource());
            if (folder != null) {
                byFolder.computeIfAbsent(folder, key -> new ArrayList<>()).add(rule);
            } else {
                byThing.computeIfAbsent(entry.resource(), key -> new ArrayList<>())
                        .add(rule);
            }
        }
        Arrays.fill(atFolder, NONE);
        byFolder.forEach((folder, rules) -> atFolder[folder] = sorted(rules));
        byThing.forEach((thing, rules) -> {
            atThing.put(thing, sorted(rules));
            rules.stream().mapToInt(rule -> rule.principal).distinct().forEach(principal -> named.computeIfAbsent(
                            principal, key -> new ArrayList<>())
                    .add(thing));
        });
    }

    private static Rule[] sorted(List<Rule> rules) {
        Rule[] array = rules.toArray(NONE);
        Arrays.sort(array, (a, b) -> a.entry.permission().compareTo(b.entry.permission()));
        return array;
    }

    long version() {
        return version;
    }

    List<Entry> entries() {
        return entries;
    }

    int folderCount() {
        return folders.length;
    }

    String folderId(int folder) {
        return folders[folder];
    }

    /** -1 for the root. */
    int parent(int folder) {
        return parents[folder];
    }

    boolean isFolder(String id) {
        return folderIndex.containsKey(id);
    }

    /** -1 for what is no folder of this domain. */
    int folder(@Nullable String id) {
        return id == null ? -1 : folderIndex.getOrDefault(id, -1);
    }

    /** Resources that are no folders and have entries of their own or do not inherit. */
    Map<String, Placement> special() {
        return special;
    }

    /** Those of {@link #special} on which somebody may have other permissions than on the folder around: named by an entry there, or cut off from above. */
    Set<String> concerning(Principals who) {
        Set<String> concerning = new HashSet<>(blocked);
        concerning.addAll(named.getOrDefault(who.user, List.of()));
        who.groups.stream().forEach(group -> concerning.addAll(named.getOrDefault(group, List.of())));
        return concerning;
    }

    /** Whether some entry about the permission has limits in time, so that answers about it must not be kept. */
    boolean isTimed(Permission permission) {
        return timed.contains(permission);
    }

    /** The user with all groups; a user whom nothing names has neither. */
    Principals principals(String userId) {
        Principals found = known.get(userId);
        if (found == null) {
            found = find(userId);
            if (known.size() < MAX_KNOWN) {
                Principals first = known.putIfAbsent(userId, found);
                return first == null ? found : first;
            }
        }
        return found;
    }

    private Principals find(String userId) {
        int user = principalIndex.getOrDefault(userId, -1);
        BitSet groups = new BitSet();
        Deque<Integer> next = new ArrayDeque<>();
        if (user >= 0) {
            next.add(user);
        }
        while (!next.isEmpty()) {
            int member = next.remove();
            for (int group : direct(member)) {
                if (!groups.get(group)) {
                    groups.set(group);
                    next.add(group);
                }
            }
        }
        Confinement confinement = confined.get(userId);
        return confinement == null
                ? new Principals(user, groups, null, Instant.MAX)
                : new Principals(user, groups, below(confinement.folders()), confinement.ends());
    }

    /** These folders and those below. */
    BitSet below(Set<String> roots) {
        BitSet below = new BitSet(folders.length);
        for (int folder = 0; folder < folders.length; folder++) {
            if (roots.contains(folders[folder]) || parents[folder] >= 0 && below.get(parents[folder])) {
                below.set(folder);
            }
        }
        return below;
    }

    /** The folder that something is, or is in; -1 for what is in none. */
    private int at(String resource, Placement placement) {
        int folder = folder(resource);
        return folder < 0 ? folder(placement.folder()) : folder;
    }

    private int[] direct(int member) {
        int[] groups = member < groupsOf.length ? groupsOf[member] : null;
        return groups == null ? new int[0] : groups;
    }

    /** Everybody whom a membership or an entry names. */
    Set<String> principalIds() {
        return principalIndex.keySet();
    }

    /** The user, and the groups of the user, as far as they are among these. */
    Set<String> namedAmong(String userId, Set<String> named) {
        Principals who = principals(userId);
        Set<String> found = new HashSet<>();
        for (String one : named) {
            Integer index = principalIndex.get(one);
            if (index != null && (index == who.user || who.groups.get(index))) {
                found.add(one);
            }
        }
        return found;
    }

    /** These as {@link #among} takes them. */
    BitSet indices(Set<String> principals) {
        BitSet indices = new BitSet();
        for (String id : principals) {
            Integer index = principalIndex.get(id);
            if (index != null) {
                indices.set(index);
            }
        }
        return indices;
    }

    /** The user, and the groups of the user, as far as they are among these; to be compared with what this snapshot says of others, and with nothing else. */
    BitSet among(String userId, BitSet indices) {
        Principals who = principals(userId);
        BitSet found = (BitSet) who.groups.clone();
        if (who.user >= 0) {
            found.set(who.user);
        }
        found.and(indices);
        return found;
    }

    /** All users and groups that are, directly or through groups, in one of these, and these themselves. */
    Set<String> membersOf(Set<String> principals) {
        BitSet wanted = indices(principals);
        Set<String> members = new HashSet<>(principals);
        for (Map.Entry<String, Integer> one : principalIndex.entrySet()) {
            if (principals(one.getKey()).groups.intersects(wanted)) {
                members.add(one.getKey());
            }
        }
        return members;
    }

    /** Whether the user holds the permission on the resource. */
    boolean allows(Principals who, Permission permission, String resource, Placement placement, Instant now) {
        return decide(who, permission, resource, placement, now);
    }

    /** Whether the user holds the permission on the resource at all times, whatever entries have limits in time. */
    boolean allowsAlways(Principals who, Permission permission, String resource, Placement placement) {
        return decide(who, permission, resource, placement, null);
    }

    private boolean decide(
            Principals who, Permission permission, String resource, Placement placement, @Nullable Instant now) {
        if (!who.reaches(at(resource, placement), now)) {
            return false;
        }
        int weight = SILENT;
        int folder = folder(resource);
        if (folder < 0) {
            weight = weight(atThing.get(resource), who, permission, now);
            folder = weight == SILENT && placement.inherits() ? folder(placement.folder()) : -1;
        }
        while (weight == SILENT && folder >= 0) {
            weight = weight(atFolder[folder], who, permission, now);
            folder = inherits[folder] ? parents[folder] : -1;
        }
        return isAllowed(weight);
    }

    private static boolean isAllowed(int weight) {
        return weight != SILENT && (weight & 1) == 1;
    }

    /** What the entries of one level say: the smallest weight decides. */
    private static int weight(Rule @Nullable [] level, Principals who, Permission permission, @Nullable Instant now) {
        int least = SILENT;
        if (level == null || level.length == 0) {
            return least;
        }
        for (int i = first(level, permission); i < level.length; i++) {
            Rule rule = level[i];
            if (rule.entry.permission() != permission) {
                break;
            }
            least = Math.min(least, rule.weight(who, now));
        }
        return least;
    }

    /** Index of the first entry about the permission, or of where it would be. */
    private static int first(Rule[] level, Permission permission) {
        int low = 0;
        int high = level.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (level[middle].entry.permission().ordinal() < permission.ordinal()) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The folders on which the user holds the permission. Not to be changed. */
    BitSet granted(Principals who, Permission permission, Instant now) {
        if (who.isOver(now)) {
            return new BitSet();
        }
        if (isTimed(permission)) {
            return findGranted(who, permission, now);
        }
        GrantedKey key = new GrantedKey(who, permission);
        BitSet found = granted.get(key);
        if (found == null) {
            found = findGranted(who, permission, now);
            if (granted.size() < MAX_KNOWN / 10) {
                granted.put(key, found);
            }
        }
        return found;
    }

    private BitSet findGranted(Principals who, Permission permission, Instant now) {
        BitSet found = new BitSet(folders.length);
        for (int folder = 0; folder < folders.length; folder++) {
            int weight = weight(atFolder[folder], who, permission, now);
            boolean inherited =
                    weight == SILENT && inherits[folder] && parents[folder] >= 0 && found.get(parents[folder]);
            if (inherited || isAllowed(weight)) {
                found.set(folder);
            }
        }
        if (who.within != null) {
            found.and(who.within);
        }
        return found;
    }

    /** All permissions on each folder: bit n is the n-th of the catalogue. */
    long[] masks(Principals who, Instant now) {
        long[] masks = new long[folders.length];
        for (int folder = 0; folder < folders.length; folder++) {
            long above = inherits[folder] && parents[folder] >= 0 ? masks[parents[folder]] : 0;
            masks[folder] = mask(above, atFolder[folder], who, now);
        }
        for (int folder = 0; folder < folders.length; folder++) {
            masks[folder] = who.reaches(folder, now) ? masks[folder] : 0;
        }
        return masks;
    }

    /** All permissions on one resource. */
    long mask(Principals who, String resource, Placement placement, Instant now) {
        if (!who.reaches(at(resource, placement), now)) {
            return 0;
        }
        int folder = folder(resource);
        if (folder >= 0) {
            return folderMask(who, folder, now);
        }
        int in = folder(placement.folder());
        long above = placement.inherits() && in >= 0 ? folderMask(who, in, now) : 0;
        return mask(above, atThing.get(resource), who, now);
    }

    /** The same on something that is in a folder whose permissions are known. */
    long maskWithin(long ofFolder, Principals who, String thing, Placement placement, Instant now) {
        return who.reaches(at(thing, placement), now)
                ? mask(placement.inherits() ? ofFolder : 0, atThing.get(thing), who, now)
                : 0;
    }

    private long folderMask(Principals who, int folder, Instant now) {
        long above = inherits[folder] && parents[folder] >= 0 ? folderMask(who, parents[folder], now) : 0;
        return mask(above, atFolder[folder], who, now);
    }

    private static long mask(long above, Rule @Nullable [] level, Principals who, Instant now) {
        if (level == null || level.length == 0) {
            return above;
        }
        long mask = above;
        int i = 0;
        while (i < level.length) {
            Permission permission = level[i].entry.permission();
            int least = SILENT;
            while (i < level.length && level[i].entry.permission() == permission) {
                least = Math.min(least, level[i++].weight(who, now));
            }
            if (least != SILENT) {
                long bit = 1L << permission.ordinal();
                mask = (least & 1) == 1 ? mask | bit : mask & ~bit;
            }
        }
        return mask;
    }

    static Set<Permission> permissions(long mask) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        for (int i = 0; i < PERMISSIONS; i++) {
            if ((mask >> i & 1) == 1) {
                permissions.add(ALL[i]);
            }
        }
        return permissions;
    }

    /** All entries about the user and the permission on the way up from a resource, with why each of them decided or did not. */
    Explanation explain(Principals who, Permission permission, String resource, Placement placement, Instant now) {
        Explanation.Builder builder = new Explanation.Builder(permission);
        int folder = folder(resource);
        // entries that do not reach who is confined count as little as those above what does not inherit
        boolean open = who.reaches(at(resource, placement), now);
        if (folder < 0) {
            level(builder, atThing.get(resource), who, permission, now, open);
            open &= placement.inherits();
            folder = folder(placement.folder());
        }
        while (folder >= 0) {
            level(builder, atFolder[folder], who, permission, now, open);
            open &= inherits[folder];
            folder = parents[folder];
        }
        return builder.build();
    }

    private static void level(
            Explanation.Builder builder,
            Rule @Nullable [] level,
            Principals who,
            Permission permission,
            Instant now,
            boolean open) {
        if (level == null) {
            return;
        }
        List<Explanation.Candidate> candidates = new ArrayList<>();
        for (Rule rule : level) {
            boolean own = rule.principal == who.user;
            if (rule.entry.permission() == permission && (own || who.groups.get(rule.principal))) {
                candidates.add(new Explanation.Candidate(
                        rule.entry, own, rule.entry.validity().holds(now)));
            }
        }
        builder.level(candidates, open);
    }

    /** The ids of the resource itself and of every folder above it, nearest first, whatever is blocked. */
    List<String> levels(String resource, Placement placement) {
        List<String> levels = new ArrayList<>();
        int folder = folder(resource);
        if (folder < 0) {
            levels.add(resource);
            folder = folder(placement.folder());
        }
        for (; folder >= 0; folder = parents[folder]) {
            levels.add(folders[folder]);
        }
        return levels;
    }

    /** The same, as far as nothing is blocked. */
    List<String> openLevels(String resource, Placement placement) {
        List<String> levels = new ArrayList<>();
        int folder = folder(resource);
        if (folder < 0) {
            levels.add(resource);
            folder = placement.inherits() ? folder(placement.folder()) : -1;
        }
        for (; folder >= 0; folder = inherits[folder] ? parents[folder] : -1) {
            levels.add(folders[folder]);
        }
        return levels;
    }

    /** The first time after this one at which an entry may begin or cease to count. */
    Instant nextChange(Instant after) {
        Instant next = Instant.MAX;
        for (Entry entry : entries) {
            if (!entry.validity().isAlways()) {
                Instant change = entry.validity().nextChange(after);
                next = change.isBefore(next) ? change : next;
            }
        }
        for (Confinement confinement : confined.values()) {
            if (confinement.ends().isAfter(after) && confinement.ends().isBefore(next)) {
                next = confinement.ends();
            }
        }
        return next;
    }

    boolean inherits(int folder) {
        return inherits[folder];
    }

    Map<String, Confinement> confined() {
        return confined;
    }

    /** Who is in which group directly; not to be asked for often, since they are put together anew. */
    Set<Membership> memberships() {
        Set<Membership> memberships = new HashSet<>();
        Map<Integer, String> ids = new HashMap<>();
        principalIndex.forEach((id, index) -> ids.put(index, id));
        for (int member = 0; member < groupsOf.length; member++) {
            for (int group : direct(member)) {
                memberships.add(new Membership(
                        Objects.requireNonNull(ids.get(group)), Objects.requireNonNull(ids.get(member))));
            }
        }
        return memberships;
    }
}
