package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuthorizationTest {

    private final TestDomain domain = new TestDomain().started();
    private final Authorization authorization = domain.get(Authorization.class);
    private final Sample sample = new Sample(domain);

    /** Root ⊃ folder ⊃ device; the user is in a group, which is in an outer group. */
    private static Stream<Arguments> precedence() {
        return Stream.of(
                row("no entry at all", false),
                row("allowed above", true, "root user allow"),
                row("denied above", false, "root user deny"),
                row("nearer deny beats farther allow", false, "root user allow", "folder user deny"),
                row("nearer allow beats farther deny", true, "root user deny", "folder user allow"),
                row("entry of the device beats its folder", true, "folder user deny", "device user allow"),
                row("user before group on one level", true, "folder user allow", "folder group deny"),
                row("user's deny before group's allow", false, "folder user deny", "folder group allow"),
                row("deny before allow for the user", false, "folder user deny", "folder user allow"),
                row("deny before allow among groups", false, "folder group allow", "folder outer deny"),
                row("nearer group beats farther user", false, "root user allow", "folder group deny"),
                row("nested group counts", true, "root outer allow"),
                row("somebody else's entry does not count", false, "root other allow"),
                row("entry of another permission does not count", false, "root user other-permission"),
                row("entry below does not count above", false, "sibling user allow"));
    }

    private static Arguments row(String name, boolean allowed, String... entries) {
        return Arguments.of(name, allowed, entries);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("precedence")
    void precedence(String name, boolean allowed, String[] entries) {
        Caller user = sample.user("u");
        String group = sample.group(user.userId());
        String outer = sample.group(group);
        String folder = sample.folder(sample.root, "f");
        Map<String, String> ids = Map.of(
                "root",
                sample.root,
                "folder",
                folder,
                "sibling",
                sample.folder(sample.root, "s"),
                "device",
                sample.device(folder, "d"),
                "user",
                user.userId(),
                "other",
                sample.user("o").userId(),
                "group",
                group,
                "outer",
                outer);
        for (String entry : entries) {
            String[] part = entry.split(" ");
            boolean other = part[2].equals("other-permission");
            sample.entry(
                    id(ids, part[0]),
                    id(ids, part[1]),
                    other ? Permission.VPN : Permission.TERMINAL,
                    part[2].equals("deny") ? Effect.DENY : Effect.ALLOW);
        }
        assertThat(authorization.allows(user, Permission.TERMINAL, id(ids, "device")))
                .as(name)
                .isEqualTo(allowed);
        assertThat(authorization.permissions(user, id(ids, "device")).contains(Permission.TERMINAL))
                .as(name + ", all permissions")
                .isEqualTo(allowed);
    }

    private static String id(Map<String, String> ids, String name) {
        return Objects.requireNonNull(ids.get(name), name);
    }

    @Test
    void whatIsHeldAnywhereIsToldFromWhatIsHeldOnTheDomain() {
        Caller user = sample.user("u");
        Caller stranger = sample.user("s");
        String folder = sample.folder(sample.root, "f");
        String device = sample.device(folder, "d");
        sample.entry(sample.root, user.userId(), Permission.VIEW_OPERATIONS_LOG, Effect.ALLOW);
        sample.entry(
                sample.folder(folder, "g"), sample.group(user.userId()), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        sample.entry(device, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(device, user.userId(), Permission.POWER, Effect.DENY);
        assertThat(authorization.onDomain(user)).containsExactly(Permission.VIEW_OPERATIONS_LOG);
        assertThat(authorization.anywhere(user))
                .containsExactly(Permission.VIEW_CONNECTION_LOG, Permission.VIEW_OPERATIONS_LOG, Permission.TERMINAL);
        assertThat(authorization.onDomain(stranger)).isEmpty();
        assertThat(authorization.anywhere(stranger)).isEmpty();
    }

    @Test
    void cyclesOfGroupsEnd() {
        Caller user = sample.user("u");
        String a = sample.group(user.userId());
        String b = sample.group(a);
        sample.member(a, b);
        sample.entry(sample.root, b, Permission.TERMINAL, Effect.ALLOW);
        assertThat(authorization.allows(user, Permission.TERMINAL, sample.root)).isTrue();
    }

    @Test
    void rightsOfOneDomainAreWorthNothingInAnother() {
        Caller owner = sample.owner();
        Sample other = new Sample(domain);
        String device = other.device(other.root, "foreign");
        assertThat(authorization.allows(owner, Permission.SEE_RESOURCES, device))
                .isFalse();
        Caller pretender = domain.caller(other.id, other.name, owner.userId(), "owner");
        assertThat(authorization.allows(pretender, Permission.SEE_RESOURCES, device))
                .isFalse();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.get(Directory.class).device(owner, device))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
    }

    @Test
    void refusedAttemptIsAuditedThoughItsTransactionIsRolledBack() {
        Caller user = sample.user("curious");
        String device = sample.device(sample.root, "d");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.run(
                        () -> authorization.require(user, Permission.CONFIGURE_DEVICES, device)))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        List<AuditEntry> rows = rows();
        assertThat(rows).hasSize(1);
        AuditEntry row = rows.get(0);
        assertThat(row.code()).isEqualTo("access");
        assertThat(row.outcome()).isEqualTo("denied");
        assertThat(row.userName()).isEqualTo("curious");
        assertThat(row.resourceId()).isEqualTo(device);
        assertThat(row.address()).isEqualTo("192.0.2.7");
        assertThat(row.detail()).isEqualTo("without the permission configure-devices");
    }

    @Test
    void whatMayNotBeSeenIsNotFound() {
        Caller user = sample.user("blind");
        String device = sample.device(sample.root, "d");
        for (String id : List.of(device, domain.ids.next(), "no uuid", "' or 1=1", "ü😀")) {
            assertThatExceptionOfType(RefusedException.class)
                    .as(id)
                    .isThrownBy(() -> authorization.require(user, Permission.TERMINAL, id))
                    .matches(e -> e.problem() == Problem.NOT_FOUND);
        }
    }

    private List<AuditEntry> rows() {
        return sample.audited(null);
    }

    /** Random trees, groups and entries, against the rule written down naively. */
    @Test
    void agreesWithTheOracle() {
        long seed = 20_240_501;
        Random random = new Random(seed);
        for (int round = 0; round < 6; round++) {
            Sample tree = new Sample(domain);
            Oracle oracle = new Oracle();
            List<String> folders = new ArrayList<>(List.of(tree.root));
            for (int i = 0; i < 7; i++) {
                String parent = folders.get(random.nextInt(folders.size()));
                String folder = tree.folder(parent, "f" + i);
                oracle.parent.put(folder, parent);
                folders.add(folder);
            }
            List<String> resources = new ArrayList<>(folders);
            for (int i = 0; i < 8; i++) {
                String parent = folders.get(random.nextInt(folders.size()));
                String device = tree.device(parent, "d" + i);
                oracle.parent.put(device, parent);
                resources.add(device);
            }
            List<Caller> users = List.of(tree.user("a"), tree.user("b"));
            List<String> groups = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                groups.add(tree.group());
            }
            List<String> principals = new ArrayList<>(groups);
            users.forEach(user -> principals.add(user.userId()));
            for (String group : groups) {
                for (String member : principals) {
                    if (!member.equals(group) && random.nextInt(4) == 0) {
                        tree.member(group, member);
                        oracle.members
                                .computeIfAbsent(group, g -> new HashSet<>())
                                .add(member);
                    }
                }
            }
            for (int i = 0; i < 14; i++) {
                Oracle.Entry entry = new Oracle.Entry(
                        resources.get(random.nextInt(resources.size())),
                        principals.get(random.nextInt(principals.size())),
                        random.nextBoolean() ? Effect.ALLOW : Effect.DENY);
                tree.entry(entry.resource(), entry.principal(), Permission.SEE_RESOURCES, entry.effect());
                oracle.entries.add(entry);
            }
            for (Caller user : users) {
                for (String resource : resources) {
                    assertThat(authorization.allows(user, Permission.SEE_RESOURCES, resource))
                            .as("seed %d round %d", seed, round)
                            .isEqualTo(oracle.allows(user.userId(), resource));
                }
            }
        }
    }

    /** The rule of requirement ACL-2, level by level. */
    private static final class Oracle {
        record Entry(String resource, String principal, Effect effect) {}

        final Map<String, String> parent = new HashMap<>();
        final Map<String, Set<String>> members = new HashMap<>();
        final List<Entry> entries = new ArrayList<>();

        boolean allows(String user, String resource) {
            for (@Nullable String level = resource; level != null; level = parent.get(level)) {
                Optional<Boolean> decided = at(level, Set.of(user));
                if (decided.isEmpty()) {
                    decided = at(level, groupsOf(user));
                }
                if (decided.isPresent()) {
                    return decided.get();
                }
            }
            return false;
        }

        private Optional<Boolean> at(String level, Set<String> principals) {
            List<Effect> effects = entries.stream()
                    .filter(e -> e.resource().equals(level) && principals.contains(e.principal()))
                    .map(Entry::effect)
                    .toList();
            return effects.isEmpty() ? Optional.empty() : Optional.of(!effects.contains(Effect.DENY));
        }

        private Set<String> groupsOf(String user) {
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
    }

    @Test
    void presetsAreWhatTheGroupsAreCalled() {
        assertThat(Preset.builtIn().stream().map(Preset::group))
                .containsExactly("Owners", "Administrators", "Contributors");
        assertThat(Preset.CONTRIBUTORS.permissions())
                .contains(Permission.SEE_RESOURCES, Permission.TERMINAL, Permission.VIEW_DESKTOP)
                .doesNotContain(Permission.INSTALL_DEVICES, Permission.MANAGE_PERMISSIONS);
    }
}
