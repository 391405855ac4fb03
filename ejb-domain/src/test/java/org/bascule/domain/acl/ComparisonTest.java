package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bascule.domain.identity.Caller;
import org.junit.jupiter.api.Test;

/** Whom a comparison of two states takes for alike. */
class ComparisonTest {

    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    private static RightsSnapshot state(List<Entry> entries) {
        return new RightsSnapshot(
                1,
                List.of(
                        new RightsSnapshot.Folder("root", null, true),
                        new RightsSnapshot.Folder("a", "root", true),
                        new RightsSnapshot.Folder("b", "root", true)),
                List.of(new Membership("team", "ann"), new Membership("team", "guest")),
                entries,
                Map.of(),
                Map.of("guest", new Confinement(Set.of("a"), Instant.MAX)));
    }

    @Test
    void whoIsConfinedIsNotLikeThoseWhoAreNot() {
        Entry entry = new Entry(
                "e", "root", "team", Permission.TERMINAL, Effect.ALLOW, Validity.ALWAYS, false, Entry.Origin.ENTRY, 0);
        Entry seen = new Entry(
                "s",
                "root",
                "ann",
                Permission.SEE_RESOURCES,
                Effect.ALLOW,
                Validity.ALWAYS,
                false,
                Entry.Origin.ENTRY,
                0);
        RightsSnapshot before = state(List.of(entry, seen));
        RightsSnapshot after = state(List.of(seen));
        Caller caller = new Caller("ann", "ann", "d", "d", "192.0.2.7", null, NOW);
        Comparison comparison = new Comparison(
                before,
                after,
                Map.of(),
                Map.of("a", 2, "b", 3),
                new MetDemands(before, after, DemandsChange.NONE),
                List.of(new Sight(before, caller, NOW)),
                NOW);
        Comparison.Difference all = new Comparison.Difference(5, 0, 3, 0, 2);
        assertThat(comparison.of(List.of("guest", "ann"), Permission.TERMINAL, Set.of()))
                .contains(all);
        assertThat(comparison.of(List.of("ann", "guest"), Permission.TERMINAL, Set.of()))
                .contains(all);
        assertThat(comparison.of(List.of("guest"), Permission.TERMINAL, Set.of()))
                .contains(new Comparison.Difference(2, 0, 1, 0, 1));
    }
}
