package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random domains against the {@link Oracle}: in memory for every kind of answer. */
class OracleTest {

    private static final int TREES = 2_500;
    private static final Instant START = Instant.parse("2026-03-28T20:00:00Z");
    static final List<Permission> ASKED = List.of(Permission.SEE_RESOURCES, Permission.TERMINAL, Permission.VPN);

    private final long seed = Long.getLong("bascule.seed", new Random().nextLong());
    private int next;

    private String id() {
        return "00000000-0000-7000-8000-%012x".formatted(next++);
    }

    @Test
    void everyAnswerFromMemoryIsWhatTheRulesSay() {
        System.out.println("oracle, in memory: -Dbascule.seed=" + seed);
        Random random = new Random(seed);
        long granted = 0;
        Set<String> said = new HashSet<>();
        for (int tree = 0; tree < TREES; tree++) {
            // around the two changes of the clock in spring and autumn, and anywhere else
            Instant now = START.plus(
                    Duration.ofMinutes(random.nextInt(3) == 0 ? random.nextInt(900) : random.nextInt(500_000)));
            Oracle oracle = Oracle.random(random, now, this::id);
            for (int move = 0; move <= 2; move++) {
                granted += compare(oracle, now, "seed %d tree %d move %d".formatted(seed, tree, move), said);
                if (oracle.folderOf.isEmpty()) {
                    break;
                }
                oracle.move(random);
            }
        }
        assertThat(granted).as("answers that are not just no").isGreaterThan(TREES);
        assertThat(said)
                .as("reasons that were compared")
                .containsAll(Stream.concat(
                                Arrays.stream(Explanation.Reason.values()).map(Explanation.Reason::code),
                                Arrays.stream(Explanation.Why.values()).map(Explanation.Why::code))
                        .toList());
    }

    /** What our explanation says, in the oracle's form. */
    static Oracle.Told told(Explanation why, Function<Entry, String> id) {
        assertThat(why.deciding() == null || why.granted() == (why.deciding().effect() == Effect.ALLOW))
                .isTrue();
        return new Oracle.Told(
                why.granted(),
                Optional.ofNullable(why.deciding()).map(id),
                why.reason().code(),
                why.lost().stream().collect(Collectors.toMap(lost -> id.apply(lost.entry()), lost -> lost.why()
                        .code())));
    }

    /** @param said all reasons that were told */
    private static long compare(Oracle oracle, Instant now, String where, Set<String> said) {
        Map<String, Confinement> confined = confined(oracle, now);
        RightsSnapshot snapshot = snapshot(oracle, confined);
        long granted = 0;
        for (String user : oracle.users) {
            RightsSnapshot.Principals who = snapshot.principals(user);
            long[] masks = snapshot.masks(who, now);
            for (Permission permission : ASKED) {
                BitSet list = snapshot.granted(who, permission, now);
                for (String resource : all(oracle)) {
                    boolean reached = !confined.containsKey(user) || isBelow(oracle, resource, confined.get(user));
                    boolean expected = oracle.allows(user, permission, resource, now) && reached;
                    granted += expected ? 1 : 0;
                    String message = where + " " + user + " " + permission + " " + resource;
                    Placement place = place(oracle, resource);
                    assertThat(snapshot.allows(who, permission, resource, place, now))
                            .as(message)
                            .isEqualTo(expected);
                    assertThat(snapshot.mask(who, resource, place, now) >> permission.ordinal() & 1)
                            .as(message + ", all permissions")
                            .isEqualTo(expected ? 1 : 0);
                    Explanation why = snapshot.explain(who, permission, resource, place, now);
                    assertThat(why.granted()).as(message + ", explained").isEqualTo(expected);
                    Oracle.Told told = oracle.told(user, permission, resource, now, reached);
                    assertThat(told(why, Entry::id)).as(message + ", explained").isEqualTo(told);
                    assertThat(why.lost().stream()
                                    .map(lost -> oracle.distance(
                                            resource, lost.entry().resource())))
                            .as(message + ", nearest first")
                            .isSorted();
                    said.add(told.reason());
                    said.addAll(told.lost().values());
                    int folder = snapshot.folder(resource);
                    if (folder >= 0) {
                        assertThat(list.get(folder)).as(message + ", list").isEqualTo(expected);
                        assertThat(masks[folder] >> permission.ordinal() & 1).isEqualTo(expected ? 1 : 0);
                    }
                }
            }
        }
        return granted;
    }

    /** One user reaches one folder alone. */
    private static Map<String, Confinement> confined(Oracle oracle, Instant now) {
        Map<String, Confinement> confined = new HashMap<>();
        oracle.users.stream().findFirst().ifPresent(user -> oracle.folders.stream()
                .skip(oracle.folders.size() / 2)
                .findFirst()
                .ifPresent(folder -> confined.put(user, new Confinement(Set.of(folder), now.plusSeconds(1)))));
        return confined;
    }

    private static boolean isBelow(Oracle oracle, String resource, Confinement confinement) {
        String at = resource;
        while (at != null && !confinement.folders().contains(at)) {
            at = oracle.folderOf.get(at);
        }
        return at != null;
    }

    static Set<String> all(Oracle oracle) {
        Set<String> all = new HashSet<>(oracle.folders);
        all.addAll(oracle.devices);
        return all;
    }

    private static Placement place(Oracle oracle, String resource) {
        return oracle.folders.contains(resource)
                ? Snapshots.FOLDER
                : new Placement(oracle.folderOf.get(resource), !oracle.blocked.contains(resource), true);
    }

    private static RightsSnapshot snapshot(Oracle oracle, Map<String, Confinement> confined) {
        Map<String, Placement> special = new HashMap<>();
        for (String device : oracle.devices) {
            boolean named =
                    oracle.rules.stream().anyMatch(rule -> rule.resource().equals(device));
            if (named || oracle.blocked.contains(device)) {
                special.put(device, place(oracle, device));
            }
        }
        return new RightsSnapshot(
                1,
                oracle.folders.stream()
                        .map(id -> new RightsSnapshot.Folder(id, oracle.folderOf.get(id), !oracle.blocked.contains(id)))
                        .toList(),
                oracle.members.entrySet().stream()
                        .flatMap(group ->
                                group.getValue().stream().map(member -> new Membership(group.getKey(), member)))
                        .toList(),
                oracle.rules.stream().map(OracleTest::entry).toList(),
                special,
                confined);
    }

    private static Entry entry(Oracle.Rule rule) {
        return new Entry(
                rule.id(),
                rule.resource(),
                rule.principal(),
                rule.permission(),
                rule.allow() ? Effect.ALLOW : Effect.DENY,
                validity(rule),
                false,
                Entry.Origin.ENTRY,
                0);
    }

    static Validity validity(Oracle.Rule rule) {
        Oracle.@Nullable Window window = rule.window();
        return new Validity(
                rule.from(),
                rule.until(),
                window == null
                        ? null
                        : new WeeklyWindow(
                                window.days().stream()
                                        .map(java.time.DayOfWeek::of)
                                        .collect(Collectors.toSet()),
                                window.start(),
                                window.end(),
                                ZoneId.of(window.zone())));
    }

    /** Nothing changes between now and the next change that is told. */
    @Test
    void answersStayTheSameUntilTheNextChangeThatIsTold() {
        Random random = new Random(seed);
        for (int tree = 0; tree < 200; tree++) {
            Instant now = START.plus(Duration.ofMinutes(random.nextInt(900)));
            Oracle oracle = Oracle.random(random, now, this::id);
            Instant change = snapshot(oracle, Map.of()).nextChange(now);
            long span = Math.min(
                    Duration.between(now, now.plus(Duration.ofDays(9))).toSeconds(),
                    change.equals(Instant.MAX)
                            ? Long.MAX_VALUE
                            : Duration.between(now, change).toSeconds());
            for (int i = 0; i < 20; i++) {
                Instant later = now.plusSeconds((long) (random.nextDouble() * span));
                for (String user : oracle.users) {
                    for (String resource : all(oracle)) {
                        assertThat(oracle.allows(user, Permission.TERMINAL, resource, later))
                                .as("seed %d tree %d, %s to %s before %s", seed, tree, now, later, change)
                                .isEqualTo(oracle.allows(user, Permission.TERMINAL, resource, now));
                    }
                }
            }
        }
    }
}
