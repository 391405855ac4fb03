package org.bascule.domain.acl;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A domain and the rules of ACL-1, ACL-2 and ACL-6 written down as slowly and plainly as they read: no index, no order that matters, no code shared
 * with what is tested.
 */
final class Oracle {

    /** Local hours of some days; {@code end} before {@code start} is on the next day. */
    record Window(Set<Integer> days, int start, int end, String zone) {}

    record Rule(
            String id,
            String resource,
            String principal,
            Permission permission,
            boolean allow,
            @Nullable Instant from,
            @Nullable Instant until,
            @Nullable Window window) {}

    final String root;
    final Map<String, String> folderOf = new HashMap<>();
    final Set<String> folders = new HashSet<>();
    final Set<String> devices = new HashSet<>();
    final Set<String> blocked = new HashSet<>();
    final Set<String> users = new HashSet<>();
    final Map<String, Set<String>> members = new HashMap<>();
    final List<Rule> rules = new ArrayList<>();

    Oracle(String root) {
        this.root = root;
        folders.add(root);
    }

    boolean allows(String user, Permission permission, String resource, Instant now) {
        for (@Nullable String level = resource;
                level != null;
                level = blocked.contains(level) ? null : folderOf.get(level)) {
            Optional<Boolean> said = says(level, Set.of(user), permission, now);
            if (said.isEmpty()) {
                said = says(level, groupsOf(user), permission, now);
            }
            if (said.isPresent()) {
                return said.get();
            }
        }
        return false;
    }

    /**
     * What is said about an answer (ACL-5).
     *
     * @param deciding id of the rule that decided
     * @param lost by the id of each other rule about it, why that did not
     */
    record Told(boolean granted, Optional<String> deciding, String reason, Map<String, String> lost) {}

    /**
     * Each rule about it is asked on its own, whatever became of the others.
     *
     * @param reached whether anything at all reaches the user there
     */
    Told told(String user, Permission permission, String resource, Instant now, boolean reached) {
        List<Rule> about = rules.stream()
                .filter(rule -> rule.permission() == permission
                        && distance(resource, rule.resource()) >= 0
                        && (rule.principal().equals(user) || groupsOf(user).contains(rule.principal())))
                .toList();
        Optional<Rule> deciding = about.stream()
                .filter(rule -> reached && !isCutOff(resource, rule.resource()) && counts(rule, now))
                .filter(rule -> about.stream()
                        .filter(other -> reached && !isCutOff(resource, other.resource()) && counts(other, now))
                        .noneMatch(other -> goesBefore(user, resource, other, rule)))
                .findAny();
        Map<String, String> lost = new HashMap<>();
        for (Rule rule : about) {
            if (deciding.filter(rule::equals).isEmpty()) {
                lost.put(rule.id(), whyLost(user, resource, rule, now, reached, deciding));
            }
        }
        return new Told(
                deciding.filter(Rule::allow).isPresent(),
                deciding.map(Rule::id),
                deciding.map(rule -> reason(user, resource, rule, about, now)).orElse("no-entry"),
                lost);
    }

    /** Nearer before farther, one's own before a group's, no before yes; of equal ones the older. */
    private boolean goesBefore(String user, String resource, Rule one, Rule other) {
        int nearer = distance(resource, one.resource()) - distance(resource, other.resource());
        if (nearer != 0) {
            return nearer < 0;
        }
        if (one.principal().equals(user) != other.principal().equals(user)) {
            return one.principal().equals(user);
        }
        return one.allow() == other.allow() ? one.id().compareTo(other.id()) < 0 : other.allow();
    }

    private String whyLost(
            String user, String resource, Rule rule, Instant now, boolean reached, Optional<Rule> deciding) {
        if (!reached || isCutOff(resource, rule.resource())) {
            return "blocked";
        }
        if (!counts(rule, now)) {
            return "outside-time";
        }
        Rule winner = deciding.orElseThrow();
        if (!winner.resource().equals(rule.resource())) {
            return "farther";
        }
        if (winner.principal().equals(user) && !rule.principal().equals(user)) {
            return "group-behind-user";
        }
        return winner.allow() == rule.allow() ? "same" : "allow-behind-deny";
    }

    private String reason(String user, String resource, Rule winner, List<Rule> about, Instant now) {
        boolean own = winner.principal().equals(user);
        List<Rule> against = about.stream()
                .filter(rule ->
                        rule.allow() != winner.allow() && counts(rule, now) && !isCutOff(resource, rule.resource()))
                .toList();
        boolean here = against.stream()
                .anyMatch(rule -> rule.resource().equals(winner.resource())
                        && rule.principal().equals(user) == own);
        boolean above = against.stream().anyMatch(rule -> !rule.resource().equals(winner.resource()));
        if (here) {
            return "deny-before-allow";
        }
        if (above) {
            return "nearer";
        }
        return own ? "own-entry" : "group-entry";
    }

    /** Steps up from the resource; below 0 if that is not above it. */
    int distance(String resource, String above) {
        int steps = 0;
        for (@Nullable String level = resource; level != null; level = folderOf.get(level)) {
            if (level.equals(above)) {
                return steps;
            }
            steps++;
        }
        return -1;
    }

    /** Whether something on the way up does not let through what is said above it. */
    private boolean isCutOff(String resource, String above) {
        for (String level = resource; !level.equals(above); level = Objects.requireNonNull(folderOf.get(level))) {
            if (blocked.contains(level)) {
                return true;
            }
        }
        return false;
    }

    private Optional<Boolean> says(String level, Set<String> principals, Permission permission, Instant now) {
        boolean allowed = false;
        for (Rule rule : rules) {
            if (rule.resource().equals(level)
                    && rule.permission() == permission
                    && principals.contains(rule.principal())
                    && counts(rule, now)) {
                if (!rule.allow()) {
                    return Optional.of(false);
                }
                allowed = true;
            }
        }
        return allowed ? Optional.of(true) : Optional.empty();
    }

    private static boolean counts(Rule rule, Instant now) {
        if (rule.from() != null && now.isBefore(rule.from())) {
            return false;
        }
        if (rule.until() != null && !now.isBefore(rule.until())) {
            return false;
        }
        return rule.window() == null || isOpen(rule.window(), now);
    }

    /** Looks at the clock on the wall and asks of each day near whether its window covers that reading. */
    private static boolean isOpen(Window window, Instant now) {
        ZonedDateTime there = now.atZone(ZoneId.of(window.zone()));
        LocalDateTime wall = there.toLocalDateTime();
        for (int back = 0; back <= 1; back++) {
            LocalDateTime day = wall.toLocalDate().minusDays(back).atStartOfDay();
            if (!window.days().contains(day.getDayOfWeek().getValue())) {
                continue;
            }
            LocalDateTime begin = day.plusMinutes(window.start());
            LocalDateTime end = day.plusMinutes(window.end() > window.start() ? window.end() : window.end() + 1_440);
            if (!wall.isBefore(begin) && wall.isBefore(end)) {
                return true;
            }
        }
        return false;
    }

    Set<String> groupsOf(String user) {
        Set<String> found = new HashSet<>();
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Map.Entry<String, Set<String>> group : members.entrySet()) {
                boolean contains = group.getValue().contains(user)
                        || group.getValue().stream().anyMatch(found::contains);
                grown |= contains && found.add(group.getKey());
            }
        }
        return found;
    }

    /** A random domain. Ids are given out by {@code ids}. */
    static Oracle random(Random random, Instant now, java.util.function.Supplier<String> ids) {
        Oracle made = new Oracle(ids.get());
        List<String> folders = new ArrayList<>(List.of(made.root));
        for (int i = random.nextInt(9); i > 0; i--) {
            String folder = ids.get();
            made.folderOf.put(folder, one(random, folders));
            made.folders.add(folder);
            folders.add(folder);
        }
        List<String> resources = new ArrayList<>(folders);
        for (int i = 1 + random.nextInt(8); i > 0; i--) {
            String device = ids.get();
            made.folderOf.put(device, one(random, folders));
            made.devices.add(device);
            resources.add(device);
        }
        List<String> principals = new ArrayList<>();
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            String user = ids.get();
            made.users.add(user);
            principals.add(user);
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            String group = ids.get();
            made.members.put(group, new HashSet<>());
            principals.add(group);
        }
        // groups nest to any depth, and cycles, which nobody can make, would not hang anything
        for (Map.Entry<String, Set<String>> group : made.members.entrySet()) {
            principals.stream()
                    .filter(member -> !member.equals(group.getKey()) && random.nextInt(3) == 0)
                    .forEach(group.getValue()::add);
        }
        for (String resource : resources) {
            if (!resource.equals(made.root) && random.nextInt(6) == 0) {
                made.blocked.add(resource);
            }
        }
        Permission[] permissions = {Permission.SEE_RESOURCES, Permission.TERMINAL};
        for (int i = random.nextInt(16); i > 0; i--) {
            made.rules.add(new Rule(
                    ids.get(),
                    one(random, resources),
                    one(random, principals),
                    permissions[random.nextInt(2)],
                    random.nextInt(3) > 0,
                    random.nextInt(6) == 0 ? now.plusSeconds(random.nextInt(7_200) - 3_600) : null,
                    random.nextInt(6) == 0 ? now.plusSeconds(3_601 + random.nextInt(7_200)) : null,
                    random.nextInt(4) == 0 ? window(random) : null));
        }
        return made;
    }

    private static Window window(Random random) {
        Set<Integer> days = new HashSet<>();
        for (int i = 1 + random.nextInt(7); i > 0; i--) {
            days.add(1 + random.nextInt(7));
        }
        int start = random.nextInt(1_440);
        int end = (start + 1 + random.nextInt(1_439)) % 1_440;
        List<String> zones =
                List.of("Europe/Vienna", "America/New_York", "Asia/Kathmandu", "UTC", "Australia/Lord_Howe");
        return new Window(days, start, end, one(random, zones));
    }

    /** Moves a folder or a device somewhere else, never below itself. */
    void move(Random random) {
        List<String> movable = new ArrayList<>(folderOf.keySet());
        movable.sort(null);
        move(random, one(random, movable));
    }

    /** The same with what is given; returns where to. */
    String move(Random random, String what) {
        List<String> targets = new ArrayList<>(folders);
        targets.sort(null);
        targets.removeIf(target -> isWithin(target, what));
        String to = one(random, targets);
        folderOf.put(what, to);
        return to;
    }

    private boolean isWithin(String resource, String folder) {
        for (@Nullable String level = resource; level != null; level = folderOf.get(level)) {
            if (level.equals(folder)) {
                return true;
            }
        }
        return false;
    }

    static <T> T one(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
