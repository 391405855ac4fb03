package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random domains in the tables against the {@link Oracle}: lists, checks and explanations, before and after things were moved. The clock of the domain
 * is the real one, so that windows are met by chance.
 */
class OracleDatabaseTest {

    private static final int TREES = 40;
    private static final int MOVES = 2;

    private final long seed = Long.getLong("bascule.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final TestDomain domain = new TestDomain().started();
    private final Authorization authorization = domain.get(Authorization.class);
    private final RightsReports reports = domain.get(RightsReports.class);
    private final Instant now = domain.clock.instant();

    @Test
    void everyAnswerFromTheDatabaseIsWhatTheRulesSayAlsoAfterMoves() {
        System.out.println("oracle, in the database: -Dbascule.seed=" + seed);
        Set<StoredOracle.Way> ways = EnumSet.noneOf(StoredOracle.Way.class);
        for (int tree = 0; tree < TREES; tree++) {
            String where = "seed %d tree %d".formatted(seed, tree);
            StoredOracle stored = new StoredOracle(domain, random, now);
            Set<String> answers = compare(stored, where);
            for (int move = 1; move <= MOVES; move++) {
                StoredOracle.Way way = stored.move();
                Set<String> moved = compare(stored, "%s move %d of %s".formatted(where, move, way));
                if (!moved.equals(answers)) {
                    ways.add(way);
                }
                answers = moved;
            }
        }
        assertThat(ways)
                .as("ways to move that changed answers; seed %d", seed)
                .containsExactly(StoredOracle.Way.values());
    }

    /** Returns all that is allowed. */
    private Set<String> compare(StoredOracle stored, String where) {
        Oracle oracle = stored.oracle;
        Set<String> answers = new HashSet<>();
        for (String user : oracle.users) {
            Caller caller = domain.caller(stored.sample.id, stored.sample.name, user, "u");
            for (Permission permission : OracleTest.ASKED) {
                Set<String> expected = OracleTest.all(oracle).stream()
                        .filter(resource -> oracle.allows(user, permission, resource, now))
                        .collect(Collectors.toSet());
                String whose = where + " " + user + " " + permission;
                // checks first: they are answered from places that were asked about before
                compareChecks(stored, caller, permission, expected, whose);
                compareLists(stored, caller, permission, expected, whose);
                expected.forEach(resource -> answers.add(user + permission + resource));
            }
        }
        return answers;
    }

    private void compareChecks(
            StoredOracle stored, Caller caller, Permission permission, Set<String> expected, String where) {
        Oracle oracle = stored.oracle;
        for (String resource : OracleTest.all(oracle)) {
            assertThat(authorization.allows(caller, permission, resource))
                    .as(where + " on " + resource)
                    .isEqualTo(expected.contains(resource));
            assertThat(reports.everybody(stored.sample.id, resource)
                            .getOrDefault(caller.userId(), Set.of())
                            .contains(permission))
                    .as(where + " everybody on " + resource)
                    .isEqualTo(expected.contains(resource));
            assertThat(OracleTest.told(
                            authorization
                                    .explain(stored.sample.id, caller.userId(), permission, resource)
                                    .orElseThrow(),
                            entry -> stored.rules.getOrDefault(entry.id(), entry.id())))
                    .as(where + " explained on " + resource)
                    .isEqualTo(oracle.told(caller.userId(), permission, resource, now, true));
        }
    }

    private void compareLists(
            StoredOracle stored, Caller caller, Permission permission, Set<String> expected, String where) {
        Oracle oracle = stored.oracle;
        Scope scope = authorization.scope(caller, permission);
        assertThat(listed(stored.sample, scope, scope.byName("r"), "r.kind = 'device' and " + scope.things("r")))
                .as(where)
                .isEqualTo(only(expected, oracle.devices));
        assertThat(listed(stored.sample, scope, "resource r", "r.kind = 'folder' and " + scope.folders("r")))
                .as(where)
                .isEqualTo(only(expected, oracle.folders));
        assertThat(listed(
                        stored.sample,
                        scope,
                        scope.anyOrder("r"),
                        scope.resources("r") + " and r.kind in ('folder', 'device')"))
                .as(where)
                .isEqualTo(expected);
        assertThat(!scope.isEmpty() || expected.isEmpty()).as(where).isTrue();
        String below = Oracle.one(random, new ArrayList<>(oracle.folders));
        Scope part = authorization.scope(caller, permission, below).orElseThrow();
        assertThat(listed(stored.sample, part, part.byName("r"), "r.kind = 'device' and " + part.things("r")))
                .as(where + " below " + below)
                .isEqualTo(only(expected, oracle.devices).stream()
                        .filter(device -> within(oracle, device, below))
                        .collect(Collectors.toSet()));
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

    private Set<String> listed(Sample sample, Scope scope, String table, String condition) {
        return new HashSet<>(scope.bind(domain.sql
                        .in(sample.id)
                        .statement("select r.id from " + table + " where r.domain_id = :domain and " + condition))
                .list(row -> row.text(1)));
    }
}
