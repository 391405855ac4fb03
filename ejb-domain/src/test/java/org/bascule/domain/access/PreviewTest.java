package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.access.PreviewWorld.Held;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said about changes before they are made, against the rights after they were made. */
class PreviewTest {

    private static final int DOMAINS = 14;

    private final TestDomain domain = new TestDomain().started();
    private final Preview preview = domain.get(Preview.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final long seed = Long.getLong("bascule.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    static Preview.Request moving(String resource, String folder) {
        return new Preview.Request(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(resource, folder),
                List.of(),
                List.of(),
                List.of(),
                PlannedConditions.Change.NONE);
    }

    private static Preview.Request joining(String group, String member) {
        return new Preview.Request(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(new Membership(group, member)),
                List.of(),
                List.of(),
                PlannedConditions.Change.NONE);
    }

    private static Preview.Request leaving(String group, String member) {
        return new Preview.Request(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(new Membership(group, member)),
                List.of(),
                PlannedConditions.Change.NONE);
    }

    static Preview.Request deleting(String... ids) {
        return new Preview.Request(
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                List.of(ids),
                PlannedConditions.Change.NONE);
    }

    static Preview.Request planning(PlannedConditions.Change conditions) {
        return new Preview.Request(
                List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(), conditions);
    }

    /** Of one folder; null takes its own away. */
    static Preview.Request agreeing(String folder, @Nullable Contract contract) {
        return planning(new PlannedConditions.Change(Map.of(folder, Optional.ofNullable(contract)), Map.of()));
    }

    static Preview.Request qualifying(String user, Qualification... items) {
        return planning(new PlannedConditions.Change(Map.of(), Map.of(user, List.of(items))));
    }

    static void refused(Problem problem, ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .matches(e -> e.problem() == problem, problem.code());
    }

    @Test
    void aMoveAndAMembershipAreToldInTheWordsOfWhomTheyConcern() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        Caller bob = sample.user("bob");
        String north = sample.folder(sample.root, "north");
        String hall = sample.folder(north, "hall");
        String south = sample.folder(sample.root, "south");
        String pump = sample.device(hall, "pump");
        sample.device(hall, "press");
        sample.device(north, "gate");
        String service = sample.group(ann.userId());
        sample.entry(north, service, Permission.CONTROL_DESKTOP, Effect.ALLOW);
        sample.entry(south, bob.userId(), Permission.TERMINAL, Effect.ALLOW);
        PrincipalReference serviceNorth = new PrincipalReference(service, service, "group");
        PrincipalReference bobHimself = new PrincipalReference(bob.userId(), "bob", "user");

        assertThat(preview.preview(owner, moving(hall, south)).effects())
                .containsExactlyInAnyOrder(
                        new Preview.EffectView(serviceNorth, Permission.CONTROL_DESKTOP, 2, 0, 1, 0, 1),
                        new Preview.EffectView(bobHimself, Permission.TERMINAL, 0, 2, 0, 1, 1));
        assertThat(preview.preview(owner, moving(pump, south)).effects())
                .containsExactlyInAnyOrder(
                        new Preview.EffectView(serviceNorth, Permission.CONTROL_DESKTOP, 1, 0, 0, 0, 1),
                        new Preview.EffectView(bobHimself, Permission.TERMINAL, 0, 1, 0, 0, 1));
        assertThat(preview.preview(owner, moving(pump, north)).effects()).isEmpty();
        assertThat(preview.preview(owner, joining(service, bob.userId())).effects())
                .containsExactly(new Preview.EffectView(bobHimself, Permission.CONTROL_DESKTOP, 0, 3, 0, 2, 1));
        assertThat(preview.preview(owner, leaving(service, ann.userId())).effects())
                .containsExactly(new Preview.EffectView(
                        new PrincipalReference(ann.userId(), "ann", "user"),
                        Permission.CONTROL_DESKTOP,
                        3,
                        0,
                        2,
                        0,
                        1));
        assertThat(authorization.allows(ann, Permission.CONTROL_DESKTOP, pump))
                .as("nothing was changed")
                .isTrue();
    }

    /** The first entry about a permission on a resource. */
    private String entryOf(Sample sample, String resource, Permission permission) {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select id from acl_entry where domain_id = :domain and resource_id = :resource and permission = :permission order by id")
                .set("resource", resource)
                .set("permission", permission.code())
                .list(row -> row.text(1))
                .get(0);
    }

    private static Preview.Request removing(String entry) {
        return new Preview.Request(List.of(), List.of(entry), Map.of());
    }

    @Test
    void administrationIsLostAndGainedWithoutAnyDevice() throws Exception {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        Caller bob = sample.user("bob");
        Caller cid = sample.user("cid");
        String team = sample.group(ann.userId(), bob.userId());
        String offices = sample.folder(sample.root, "offices");
        sample.folder(offices, "second floor");
        sample.entry(offices, team, Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        sample.entry(cid.userId(), ann.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        PrincipalReference teamItself = new PrincipalReference(team, team, "group");
        PrincipalReference annHerself = new PrincipalReference(ann.userId(), "ann", "user");

        assertThat(preview.preview(owner, removing(entryOf(sample, offices, Permission.MANAGE_PERMISSIONS)))
                        .effects())
                .as("two folders without devices")
                .containsExactly(new Preview.EffectView(teamItself, Permission.MANAGE_PERMISSIONS, 0, 0, 2, 0, 2));
        assertThat(preview.preview(owner, removing(entryOf(sample, cid.userId(), Permission.MANAGE_USERS)))
                        .effects())
                .as("a user")
                .containsExactly(new Preview.EffectView(annHerself, Permission.MANAGE_USERS, 0, 0, 1, 0, 1));
        assertThat(preview.preview(owner, joining(team, cid.userId())).effects())
                .containsExactly(new Preview.EffectView(
                        new PrincipalReference(cid.userId(), "cid", "user"),
                        Permission.MANAGE_PERMISSIONS,
                        0,
                        0,
                        0,
                        2,
                        1));

        // what stands apart in a folder that is lost as well is no place of its own
        sample.entry(sample.root, ann.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(preview.preview(owner, removing(entryOf(sample, sample.root, Permission.MANAGE_USERS)))
                        .effects())
                .as("that is the owner's own")
                .extracting(Preview.EffectView::placesLost)
                .containsExactly(3L);
        EntryRequest denial = new EntryRequest(
                sample.root, ann.userId(), Set.of(Permission.MANAGE_USERS), Effect.DENY, Validity.ALWAYS, false);
        assertThat(preview.preview(owner, new Preview.Request(List.of(denial), List.of(), Map.of()))
                        .effects())
                .as("she keeps the user whom she was given alone")
                .containsExactly(new Preview.EffectView(annHerself, Permission.MANAGE_USERS, 0, 0, 3, 0, 1));
        EntryRequest everywhere = new EntryRequest(
                sample.root, team, Set.of(Permission.MANAGE_USERS), Effect.ALLOW, Validity.ALWAYS, false);
        assertThat(preview.preview(owner, new Preview.Request(List.of(everywhere), List.of(), Map.of()))
                        .effects())
                .as("bob gains the user who stands apart with the folder")
                .containsExactly(new Preview.EffectView(teamItself, Permission.MANAGE_USERS, 0, 0, 0, 3, 1));
    }

    @Test
    void placesThatTheCallerDoesNotSeeAreNotCounted() throws Exception {
        Sample sample = new Sample(domain);
        sample.owner();
        Caller ann = sample.user("ann");
        Caller cid = sample.user("cid");
        Caller keeper = sample.user("keeper");
        String offices = sample.folder(sample.root, "offices");
        String team = sample.group(ann.userId());
        sample.entry(offices, team, Permission.MANAGE_FOLDERS, Effect.ALLOW);
        sample.entry(cid.userId(), team, Permission.MANAGE_FOLDERS, Effect.ALLOW);
        sample.entry(sample.root, keeper.userId(), Permission.SEE_USERS, Effect.ALLOW);
        sample.entry(sample.root, keeper.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(preview.preview(keeper, leaving(team, ann.userId())).effects())
                .as("the user")
                .extracting(Preview.EffectView::placesLost)
                .containsExactly(1L);
        sample.entry(offices, keeper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(preview.preview(keeper, leaving(team, ann.userId())).effects())
                .as("the folder too")
                .extracting(Preview.EffectView::placesLost)
                .containsExactly(2L);
        sample.entry(cid.userId(), keeper.userId(), Permission.SEE_USERS, Effect.DENY);
        assertThat(preview.preview(keeper, leaving(team, ann.userId())).effects())
                .as("the folder alone")
                .extracting(Preview.EffectView::placesLost)
                .containsExactly(1L);
        sample.entry(offices, keeper.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(preview.preview(keeper, leaving(team, ann.userId())).effects())
                .isEmpty();
    }

    @Test
    void onlyDevicesThatTheCallerSeesAreCounted() throws Exception {
        Sample sample = new Sample(domain);
        sample.owner();
        Caller ann = sample.user("ann");
        Caller keeper = sample.user("keeper");
        String north = sample.folder(sample.root, "north");
        String south = sample.folder(sample.root, "south");
        sample.device(north, "gate");
        String hidden = sample.device(north, "hidden");
        sample.device(south, "pump");
        String service = sample.group(ann.userId());
        sample.entry(sample.root, service, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(sample.root, keeper.userId(), Permission.SEE_USERS, Effect.ALLOW);
        sample.entry(sample.root, keeper.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(preview.preview(keeper, leaving(service, ann.userId())).effects())
                .isEmpty();
        sample.entry(north, keeper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(hidden, keeper.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(preview.preview(keeper, leaving(service, ann.userId())).effects())
                .extracting(Preview.EffectView::lost)
                .containsExactly(1L);
        sample.entry(south, keeper.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(preview.preview(keeper, leaving(service, ann.userId())).effects())
                .extracting(Preview.EffectView::lost)
                .containsExactly(2L);
        // what an API token does not reach is not counted for it
        Set<String> permissions = Set.of("see-users", "manage-users", "see-resources");
        Caller within = keeper.by(new Credential("t", null, new Limits(permissions, Set.of(sample.root))));
        assertThat(preview.preview(within, leaving(service, ann.userId())).effects())
                .extracting(Preview.EffectView::lost)
                .containsExactly(2L);
        Caller blind = keeper.by(
                new Credential("t", null, new Limits(Set.of("see-users", "manage-users"), Set.of(sample.root))));
        assertThat(preview.preview(blind, leaving(service, ann.userId())).effects())
                .isEmpty();
    }

    @Test
    void whatCannotBeDoneIsNotPreviewed() {
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        Caller ann = sample.user("ann");
        String north = sample.folder(sample.root, "north");
        String hall = sample.folder(north, "hall");
        String pump = sample.device(hall, "pump");
        String inner = sample.group(ann.userId());
        String outer = sample.group(inner);
        String nobody = domain.ids.next();
        refused(Problem.INVALID, () -> preview.preview(owner, moving(north, hall)));
        refused(Problem.INVALID, () -> preview.preview(owner, moving(north, north)));
        refused(Problem.INVALID, () -> preview.preview(owner, moving(hall, pump)));
        refused(Problem.INVALID, () -> preview.preview(owner, moving(sample.root, hall)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, moving(nobody, hall)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, moving(pump, nobody)));
        refused(Problem.NOT_FOUND, () -> preview.preview(ann, moving(pump, north)));
        refused(Problem.GROUP_CYCLE, () -> preview.preview(owner, joining(inner, outer)));
        refused(Problem.GROUP_CYCLE, () -> preview.preview(owner, joining(inner, inner)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, joining(inner, nobody)));
        refused(Problem.NOT_FOUND, () -> preview.preview(owner, joining(ann.userId(), inner)));
        refused(Problem.NOT_FOUND, () -> preview.preview(ann, leaving(inner, ann.userId())));
    }

    private interface Real {
        void make() throws RefusedException;
    }

    @Test
    void theRealChangeDoesExactlyWhatWasSaid() throws Exception {
        System.out.println("preview: -Dbascule.seed=" + seed);
        Map<String, Integer> told = new TreeMap<>();
        for (int i = 0; i < DOMAINS; i++) {
            PreviewWorld world = new PreviewWorld(domain, random);
            String where = "seed %d domain %d".formatted(seed, i);
            conditions(world, where, told);
            entries(world, where, told);
            inheritance(world, where, told);
            places(world, where, told);
            memberships(world, where, told);
            deletions(world, where, told);
        }
        assertThat(told)
                .as("changes of each kind that changed rights; seed %d", seed)
                .hasSize(18);
    }

    private void conditions(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        String agreed = world.any(world.folders);
        Contract contract = world.contract();
        compare(world, where, "contract", told, agreeing(agreed, contract), () -> world.setContract(agreed, contract));
        List<String> bound = world.foldersWithContracts();
        if (!bound.isEmpty()) {
            String free = world.any(bound);
            compare(world, where, "contract gone", told, agreeing(free, null), () -> world.removeContract(free));
        }
        String user = world.any(world.users);
        List<Qualification> items = world.qualifications();
        compare(
                world,
                where,
                "qualified",
                told,
                qualifying(user, items.toArray(Qualification[]::new)),
                () -> world.qualify(user, items));
    }

    private void entries(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        EntryRequest grant = world.entry(Effect.ALLOW);
        compare(world, where, "grant", told, adding(grant), () -> world.add(grant));
        EntryRequest denial = world.entry(Effect.DENY);
        compare(world, where, "deny", told, adding(denial), () -> world.add(denial));
        List<Entry> remove = world.entries(1 + random.nextInt(3));
        compare(
                world,
                where,
                "remove",
                told,
                new Preview.Request(List.of(), remove.stream().map(Entry::id).toList(), Map.of()),
                () -> world.remove(remove));
        Entry limited = world.entries(1).get(0);
        Validity validity = world.validity();
        EntryRequest instead = new EntryRequest(
                limited.resource(),
                limited.principal(),
                Set.of(limited.permission()),
                limited.effect(),
                validity,
                limited.delegable());
        compare(
                world,
                where,
                "changed validity",
                told,
                new Preview.Request(List.of(instead), List.of(limited.id()), Map.of()),
                () -> world.change(limited, validity));
    }

    private static Preview.Request adding(EntryRequest request) {
        return new Preview.Request(List.of(request), List.of(), Map.of());
    }

    private void inheritance(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        List<String> apart = world.inheriting(false);
        if (!apart.isEmpty()) {
            String joined = world.any(apart);
            compare(world, where, "inherit", told, inheriting(joined, true), () -> world.inherit(joined, true));
        }
        String cut = world.any(world.inheriting(true));
        world.hold(cut);
        compare(world, where, "cut off", told, inheriting(cut, false), () -> world.inherit(cut, false));
    }

    private static Preview.Request inheriting(String resource, boolean inherit) {
        return new Preview.Request(List.of(), List.of(), Map.of(resource, inherit));
    }

    private void places(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        String device = world.any(world.devices);
        String room = world.any(world.folders);
        compare(world, where, "device", told, moving(device, room), () -> world.moveDevice(device, room));
        String folder = world.any(world.folders.subList(1, world.folders.size()));
        String above = world.any(world.folders);
        compare(world, where, "folder", told, moving(folder, above), () -> world.moveFolder(folder, above));
        String user = world.any(world.users);
        String office = world.any(world.folders);
        compare(world, where, "user", told, moving(user, office), () -> world.moveUser(user, office));
        String group = world.any(world.groups);
        String floor = world.any(world.folders);
        compare(world, where, "group", told, moving(group, floor), () -> world.moveGroup(group, floor));
    }

    private void memberships(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        String group = world.any(world.groups);
        String member = world.any(random.nextInt(3) == 0 ? world.groups : world.users);
        compare(world, where, "join", told, joining(group, member), () -> world.join(group, member));
        Membership end = world.any(List.copyOf(world.memberships()));
        compare(
                world,
                where,
                "leave",
                told,
                leaving(end.group(), end.member()),
                () -> world.leave(end.group(), end.member()));
    }

    private void deletions(PreviewWorld world, String where, Map<String, Integer> told) throws RefusedException {
        String group = world.any(world.groups);
        compare(world, where, "group gone", told, deleting(group), () -> world.deleteGroup(group));
        String user = world.any(world.users);
        compare(world, where, "user gone", told, deleting(user), () -> world.deleteUser(user));
        world.forget();
        String folder = world.folderToDelete();
        compare(world, where, "folder gone", told, deleting(folder), () -> world.deleteFolder(folder));
    }

    private void compare(
            PreviewWorld world,
            String where,
            String kind,
            Map<String, Integer> told,
            Preview.Request request,
            Real real)
            throws RefusedException {
        Preview.Result result;
        try {
            result = preview.preview(world.owner, request);
        } catch (RefusedException e) {
            assertThatExceptionOfType(RefusedException.class)
                    .as(where + ": refused before, so refused in earnest")
                    .isThrownBy(real::make);
            return;
        }
        List<String> people = new ArrayList<>(world.people());
        Set<Membership> was = world.memberships();
        Map<String, Map<String, Held>> before = world.rights();
        real.make();
        people.retainAll(world.people());
        Set<Membership> is = world.memberships();
        Map<String, Map<String, Held>> after = world.rights();

        Set<String> explained = new HashSet<>();
        for (Preview.EffectView effect : result.effects()) {
            Set<String> users =
                    PreviewWorld.within(was, people, effect.principal().id());
            users.addAll(PreviewWorld.within(is, people, effect.principal().id()));
            Set<String> lost = new HashSet<>();
            Set<String> gained = new HashSet<>();
            Set<String> concerned = new HashSet<>();
            for (String user : users) {
                for (String place : world.places()) {
                    int turn = held(before, user, place).turn(held(after, user, place), effect.permission());
                    if (turn != 0) {
                        (turn < 0 ? lost : gained).add(place);
                        concerned.add(user);
                        explained.add(user + place + effect.permission());
                    }
                }
            }
            Preview.EffectView truly = new Preview.EffectView(
                    effect.principal(),
                    effect.permission(),
                    devices(world, lost),
                    devices(world, gained),
                    others(world, lost),
                    others(world, gained),
                    concerned.size());
            assertThat(effect).as("%s %s", where, kind).isEqualTo(truly);
        }
        Set<String> changed = new HashSet<>();
        for (String user : people) {
            for (String place : world.places()) {
                Held held = held(before, user, place);
                Held holds = held(after, user, place);
                Stream.of(Permission.values())
                        .filter(permission -> held.turn(holds, permission) != 0)
                        .forEach(permission -> changed.add(user + place + permission));
            }
        }
        assertThat(explained).as("%s %s: nothing is left unsaid", where, kind).isEqualTo(changed);
        if (!changed.isEmpty()) {
            told.merge(kind, 1, Integer::sum);
        }
    }

    private static long devices(PreviewWorld world, Set<String> places) {
        return places.stream().filter(world.devices::contains).count();
    }

    /** Folders, and the users and groups that are not in one of them. */
    private static long others(PreviewWorld world, Set<String> places) {
        return places.stream()
                .filter(place -> world.folders.contains(place)
                        || world.principals().contains(place) && !places.contains(world.folderOf(place)))
                .count();
    }

    private static Held held(Map<String, Map<String, Held>> rights, String user, String place) {
        return rights.getOrDefault(user, Map.of()).getOrDefault(place, Held.NOTHING);
    }
}
