package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** What is said about moves and memberships before they are made, against the rights after they were made. */
class PreviewTest {

    private static final int DOMAINS = 14;
    private static final int CHANGES = 7;
    private static final List<Permission> ASKED =
            List.of(Permission.SEE_RESOURCES, Permission.TERMINAL, Permission.CONTROL_DESKTOP);

    private final TestDomain domain = new TestDomain().started();
    private final Preview preview = domain.get(Preview.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final long seed = Long.getLong("bascule.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    private static Preview.Request moving(String resource, String folder) {
        return new Preview.Request(
                List.of(), List.of(), Map.of(), Map.of(resource, folder), List.of(), List.of(), List.of());
    }

    private static Preview.Request joining(String group, String member) {
        return new Preview.Request(
                List.of(), List.of(), Map.of(), Map.of(), List.of(new Membership(group, member)), List.of(), List.of());
    }

    private static Preview.Request leaving(String group, String member) {
        return new Preview.Request(
                List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of(new Membership(group, member)), List.of());
    }

    static Preview.Request deleting(String... ids) {
        return new Preview.Request(List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(ids));
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

    /** A random domain: everything in it is made by the owner, who keeps his rights everywhere. */
    private final class World {
        final Sample sample = new Sample(domain);
        final Caller owner = sample.owner();
        final List<String> folders = new ArrayList<>(List.of(sample.root));
        final List<String> devices = new ArrayList<>();
        final List<String> users = new ArrayList<>();
        final List<String> groups = new ArrayList<>();

        World() throws RefusedException {
            for (int i = 0; i < 9; i++) {
                folders.add(sample.folder(any(folders), "folder " + i));
            }
            for (int i = 0; i < 14; i++) {
                devices.add(TestAgent.enrolled(domain, owner, any(folders)).uid());
            }
            for (int i = 0; i < 8; i++) {
                users.add(sample.user("user " + i).userId());
                sample.put(users.get(i), any(folders));
            }
            for (int i = 0; i < 7; i++) {
                groups.add(sample.group());
                sample.put(groups.get(i), any(folders));
                addMember(groups.get(i), any(users));
            }
            for (int i = 0; i < 6; i++) {
                int inner = random.nextInt(groups.size() - 1);
                addMember(any(groups.subList(inner + 1, groups.size())), groups.get(inner));
                addMember(any(groups), any(users));
            }
            List<String> places = places();
            for (int i = 0; i < 55; i++) {
                sample.entry(
                        any(random.nextBoolean() ? folders : places),
                        any(random.nextInt(3) == 0 ? users : groups),
                        any(ASKED),
                        random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW);
            }
            for (int i = 0; i < 3; i++) {
                String cut = any(places.subList(1, places.size()));
                for (Permission permission : Permission.values()) {
                    sample.delegable(cut, owner.userId(), permission);
                }
                sample.inherit(cut, false);
            }
        }

        List<String> places() {
            return Stream.concat(folders.stream(), devices.stream()).toList();
        }

        private void addMember(String group, String member) {
            if (!memberships().contains(new Membership(group, member))) {
                sample.member(group, member);
            }
        }

        Set<Membership> memberships() {
            return new HashSet<>(domain.sql
                    .in(sample.id)
                    .statement("select group_id, member_id from group_member where domain_id = :domain")
                    .list(row -> new Membership(row.text(1), row.text(2))));
        }

        /** The users in a principal, which may be one itself. */
        Set<String> within(Set<Membership> memberships, String principal) {
            Set<String> all = new HashSet<>(Set.of(principal));
            while (memberships.stream()
                    .filter(each -> all.contains(each.group()))
                    .map(Membership::member)
                    .toList()
                    .stream()
                    .map(all::add)
                    .reduce(false, Boolean::logicalOr)) {}
            all.retainAll(users);
            return all;
        }

        /** For every user and device or folder what is allowed. */
        Map<String, Map<String, Set<Permission>>> rights() {
            Map<String, Map<String, Set<Permission>>> rights = new TreeMap<>();
            for (String user : users) {
                for (String place : places()) {
                    Set<Permission> held = EnumSet.noneOf(Permission.class);
                    for (Permission permission : ASKED) {
                        if (authorization.allows(sample.id, user, Credential.NONE, permission, place)) {
                            held.add(permission);
                        }
                    }
                    rights.computeIfAbsent(user, id -> new HashMap<>()).put(place, held);
                }
            }
            return rights;
        }

        private long revision(String id) {
            return domain.sql
                    .in(sample.id)
                    .statement("select version from resource where domain_id = :domain and id = :id")
                    .set("id", id)
                    .number();
        }

        void moveDevice(String device, String folder) throws RefusedException {
            DeviceChange change = new DeviceChange(null, null, null, folder, null);
            domain.transactions.inNew(
                    () -> domain.get(Directory.class).change(owner, device, revision(device), change));
        }

        void moveFolder(String folder, String to) throws RefusedException {
            FolderChange change = new FolderChange(null, null, to, null);
            domain.transactions.inNew(() -> domain.get(Folders.class).change(owner, folder, revision(folder), change));
        }

        void join(String group, String member) throws RefusedException {
            domain.transactions.run(() -> domain.get(Groups.class).addMember(owner, group, member));
        }

        void leave(String group, String member) throws RefusedException {
            domain.transactions.run(() -> domain.get(Groups.class).removeMember(owner, group, member));
        }

        void deleteGroup(String group) throws RefusedException {
            domain.transactions.run(() -> domain.get(Groups.class).delete(owner, group, revision(group)));
            forget();
        }

        /** Who has lost everything is still asked about. */
        void deleteUser(String user) throws RefusedException {
            domain.transactions.run(() -> domain.get(Users.class).delete(owner, user, revision(user)));
        }

        void deleteFolder(String folder) throws RefusedException {
            domain.transactions.run(() -> domain.get(Folders.class).delete(owner, folder, revision(folder)));
            forget();
        }

        /** What is there no more. */
        void forget() {
            Set<String> left = new HashSet<>(domain.sql
                    .in(sample.id)
                    .statement("select id from resource where domain_id = :domain")
                    .list(row -> row.text(1)));
            Stream.of(folders, devices, users, groups).forEach(all -> all.retainAll(left));
        }

        /** One with something in it where there is one, but never the topmost. */
        String folderToDelete() {
            List<String> worth = domain.sql
                    .in(sample.id)
                    .statement(
                            "select distinct parent_id from resource where domain_id = :domain and kind = 'group' and parent_id <> :root")
                    .set("root", sample.root)
                    .list(row -> row.text(1));
            return any(worth.isEmpty() ? folders.subList(1, folders.size()) : worth);
        }
    }

    private interface Real {
        void make() throws RefusedException;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    @Test
    void theRealChangeDoesExactlyWhatWasSaid() throws Exception {
        System.out.println("preview: -Dbascule.seed=" + seed);
        Map<String, Integer> told = new TreeMap<>();
        for (int i = 0; i < DOMAINS; i++) {
            World world = new World();
            for (int change = 0; change < CHANGES; change++) {
                String where = "seed %d domain %d change %d".formatted(seed, i, change);
                switch (change) {
                    case 0 -> {
                        String device = any(world.devices);
                        String to = any(world.folders);
                        compare(world, where, "device", told, moving(device, to), () -> world.moveDevice(device, to));
                    }
                    case 1 -> {
                        String folder = any(world.folders.subList(1, world.folders.size()));
                        String to = any(world.folders);
                        compare(world, where, "folder", told, moving(folder, to), () -> world.moveFolder(folder, to));
                    }
                    case 2 -> {
                        String group = any(world.groups);
                        String member = any(random.nextInt(3) == 0 ? world.groups : world.users);
                        compare(world, where, "join", told, joining(group, member), () -> world.join(group, member));
                    }
                    case 4 -> {
                        String group = any(world.groups);
                        compare(world, where, "group gone", told, deleting(group), () -> world.deleteGroup(group));
                    }
                    case 5 -> {
                        String user = any(world.users);
                        compare(world, where, "user gone", told, deleting(user), () -> world.deleteUser(user));
                        world.forget();
                    }
                    case 6 -> {
                        String folder = world.folderToDelete();
                        compare(world, where, "folder gone", told, deleting(folder), () -> world.deleteFolder(folder));
                    }
                    default -> {
                        Membership end = any(List.copyOf(world.memberships()));
                        compare(
                                world,
                                where,
                                "leave",
                                told,
                                leaving(end.group(), end.member()),
                                () -> world.leave(end.group(), end.member()));
                    }
                }
            }
        }
        assertThat(told)
                .as("changes of each kind that changed rights; seed %d", seed)
                .hasSize(7);
    }

    private void compare(
            World world, String where, String kind, Map<String, Integer> told, Preview.Request request, Real real)
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
        Set<Membership> was = world.memberships();
        Map<String, Map<String, Set<Permission>>> before = world.rights();
        real.make();
        Set<Membership> is = world.memberships();
        Map<String, Map<String, Set<Permission>>> after = world.rights();

        Set<String> explained = new HashSet<>();
        for (Preview.EffectView effect : result.effects()) {
            Set<String> users = world.within(was, effect.principal().id());
            users.addAll(world.within(is, effect.principal().id()));
            Set<String> lost = new HashSet<>();
            Set<String> gained = new HashSet<>();
            Set<String> foldersLost = new HashSet<>();
            Set<String> foldersGained = new HashSet<>();
            Set<String> concerned = new HashSet<>();
            for (String user : users) {
                for (String place : world.places()) {
                    boolean held = held(before, user, place).contains(effect.permission());
                    boolean holds = held(after, user, place).contains(effect.permission());
                    if (held != holds) {
                        if (world.devices.contains(place)) {
                            (held ? lost : gained).add(place);
                        } else {
                            (held ? foldersLost : foldersGained).add(place);
                        }
                        concerned.add(user);
                        explained.add(user + place + effect.permission());
                    }
                }
            }
            Preview.EffectView truly = new Preview.EffectView(
                    effect.principal(),
                    effect.permission(),
                    lost.size(),
                    gained.size(),
                    foldersLost.size(),
                    foldersGained.size(),
                    concerned.size());
            assertThat(effect).as("%s %s", where, kind).isEqualTo(truly);
        }
        Set<String> changed = new HashSet<>();
        Set<String> left = Set.copyOf(world.places());
        before.keySet().retainAll(world.users);
        before.forEach((user, places) -> places.forEach((place, held) -> {
            if (!left.contains(place)) {
                return;
            }
            Set<Permission> holds = held(after, user, place);
            changed.addAll(ASKED.stream()
                    .filter(permission -> held.contains(permission) != holds.contains(permission))
                    .map(permission -> user + place + permission)
                    .collect(Collectors.toSet()));
        }));
        assertThat(explained).as("%s %s: nothing is left unsaid", where, kind).isEqualTo(changed);
        if (!changed.isEmpty()) {
            told.merge(kind, 1, Integer::sum);
        }
    }

    private static Set<Permission> held(Map<String, Map<String, Set<Permission>>> rights, String user, String place) {
        return rights.getOrDefault(user, Map.of()).getOrDefault(place, Set.of());
    }
}
