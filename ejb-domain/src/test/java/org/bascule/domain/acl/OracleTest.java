package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random domains against the {@link Oracle}: in memory for every kind of answer, and a smaller number of them through the database. */
class OracleTest {

    private static final int TREES = 2_500;
    private static final int STORED = 40;
    private static final Instant START = Instant.parse("2026-03-28T20:00:00Z");
    private static final List<Permission> ASKED =
            List.of(Permission.SEE_RESOURCES, Permission.TERMINAL, Permission.VPN);

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
    private static Oracle.Told told(Explanation why, Function<Entry, String> id) {
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

    private static Set<String> all(Oracle oracle) {
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

    private static Validity validity(Oracle.Rule rule) {
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

    /** The same through tables and lists. The clock of the domain is the real one, so that windows are met by chance. */
    @Test
    void everyListFromTheDatabaseIsWhatTheRulesSay() {
        System.out.println("oracle, in the database: -Dbascule.seed=" + seed);
        Random random = new Random(seed);
        TestDomain domain = new TestDomain().started();
        Authorization authorization = domain.get(Authorization.class);
        RightsReports reports = domain.get(RightsReports.class);
        Instant now = domain.clock.instant();
        for (int tree = 0; tree < STORED; tree++) {
            Sample sample = new Sample(domain);
            Uuid7 ids = domain.ids;
            boolean[] first = {true};
            Oracle oracle = Oracle.random(random, now, () -> {
                String id = first[0] ? sample.root : ids.next();
                first[0] = false;
                return id;
            });
            Map<String, String> rules = new HashMap<>();
            domain.transactions.run(() -> store(sample, oracle, rules));
            for (String user : oracle.users) {
                Caller caller = domain.caller(sample.id, sample.name, user, "u");
                for (Permission permission : ASKED) {
                    String where = "seed %d tree %d %s %s".formatted(seed, tree, user, permission);
                    Set<String> expected = all(oracle).stream()
                            .filter(resource -> oracle.allows(user, permission, resource, now))
                            .collect(Collectors.toSet());
                    Scope scope = authorization.scope(caller, permission);
                    assertThat(listed(
                                    domain,
                                    sample,
                                    scope,
                                    scope.byName("r"),
                                    "r.kind = 'device' and " + scope.things("r")))
                            .as(where)
                            .isEqualTo(only(expected, oracle.devices));
                    assertThat(listed(
                                    domain, sample, scope, "resource r", "r.kind = 'folder' and " + scope.folders("r")))
                            .as(where)
                            .isEqualTo(only(expected, oracle.folders));
                    assertThat(listed(
                                    domain,
                                    sample,
                                    scope,
                                    scope.anyOrder("r"),
                                    scope.resources("r") + " and r.kind in ('folder', 'device')"))
                            .as(where)
                            .isEqualTo(expected);
                    assertThat(!scope.isEmpty() || expected.isEmpty()).as(where).isTrue();
                    String below = Oracle.one(random, new ArrayList<>(oracle.folders));
                    Scope part = authorization.scope(caller, permission, below).orElseThrow();
                    assertThat(listed(
                                    domain,
                                    sample,
                                    part,
                                    part.byName("r"),
                                    "r.kind = 'device' and " + part.things("r")))
                            .as(where + " below " + below)
                            .isEqualTo(only(expected, oracle.devices).stream()
                                    .filter(device -> within(oracle, device, below))
                                    .collect(Collectors.toSet()));
                    for (String resource : all(oracle)) {
                        assertThat(reports.everybody(sample.id, resource)
                                        .getOrDefault(user, Set.of())
                                        .contains(permission))
                                .as(where + " everybody on " + resource)
                                .isEqualTo(expected.contains(resource));
                        assertThat(authorization.allows(caller, permission, resource))
                                .as(where + " on " + resource)
                                .isEqualTo(expected.contains(resource));
                        assertThat(told(
                                        authorization
                                                .explain(sample.id, user, permission, resource)
                                                .orElseThrow(),
                                        entry -> rules.getOrDefault(entry.id(), entry.id())))
                                .as(where + " explained on " + resource)
                                .isEqualTo(oracle.told(user, permission, resource, now, true));
                    }
                }
            }
        }
    }

    private static Set<String> only(Set<String> of, Set<String> kind) {
        return of.stream().filter(kind::contains).collect(Collectors.toSet());
    }

    private static boolean within(Oracle oracle, String resource, String folder) {
        for (@Nullable String level = resource; level != null; level = oracle.folderOf.get(level)) {
            if (level.equals(folder)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> listed(TestDomain domain, Sample sample, Scope scope, String table, String condition) {
        return new HashSet<>(scope.bind(domain.sql
                        .in(sample.id)
                        .statement("select r.id from " + table + " where r.domain_id = :domain and " + condition))
                .list(row -> row.text(1)));
    }

    /** @param rules takes the oracle's id of each entry */
    private static void store(Sample sample, Oracle oracle, Map<String, String> rules) {
        List<String> waiting = new ArrayList<>(oracle.folders);
        Set<String> stored = new HashSet<>(Set.of(oracle.root));
        waiting.remove(oracle.root);
        while (!waiting.isEmpty()) {
            waiting.removeIf(folder -> {
                String parent = Objects.requireNonNull(oracle.folderOf.get(folder));
                if (!stored.contains(parent)) {
                    return false;
                }
                insert(sample, folder, parent, "folder", oracle);
                run(sample, "insert into folder (id, domain_id) values (:id, :domain)", folder);
                return stored.add(folder);
            });
        }
        oracle.devices.forEach(device ->
                insert(sample, device, Objects.requireNonNull(oracle.folderOf.get(device)), "device", oracle));
        oracle.users.forEach(user -> insert(sample, user, oracle.root, "user", oracle));
        oracle.members.keySet().forEach(group -> {
            insert(sample, group, oracle.root, "group", oracle);
            run(sample, "insert into user_group (id, domain_id) values (:id, :domain)", group);
        });
        oracle.members.forEach((group, of) -> of.forEach(member -> sample.domain
                .sql
                .in(sample.id)
                .statement(
                        "insert into group_member (domain_id, group_id, member_id) values (:domain, :group, :member)")
                .set("group", group)
                .set("member", member)
                .update()));
        // one that is there already is not added once more
        Set<List<@Nullable Object>> different = new HashSet<>();
        oracle.rules.removeIf(rule -> !different.add(Arrays.asList(
                rule.resource(),
                rule.principal(),
                rule.permission(),
                rule.allow(),
                rule.from(),
                rule.until(),
                rule.window())));
        for (Oracle.Rule rule : oracle.rules) {
            String id = sample.domain
                    .get(Entries.class)
                    .add(
                            sample.id,
                            rule.resource(),
                            rule.principal(),
                            rule.permission(),
                            rule.allow() ? Effect.ALLOW : Effect.DENY,
                            validity(rule),
                            false,
                            Entry.Origin.ENTRY);
            rules.put(id, rule.id());
        }
        sample.domain.get(RightsVersion.class).changed(sample.id);
    }

    private static void insert(Sample sample, String id, String folder, String kind, Oracle oracle) {
        sample.domain
                .sql
                .in(sample.id)
                .statement("insert into resource (id, domain_id, parent_id, kind, name, inherit, created)"
                        + " values (:id, :domain, :folder, '" + kind + "', :id, :inherit, utc_timestamp())")
                .set("id", id)
                .set("folder", folder)
                .set("inherit", !oracle.blocked.contains(id))
                .update();
    }

    private static void run(Sample sample, String statement, String id) {
        sample.domain.sql.in(sample.id).statement(statement).set("id", id).update();
    }
}
