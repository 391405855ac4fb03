package org.bascule.domain.access;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.contract.Conditions;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.SessionPermissions;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;

/** A random domain: everything in it is made by the owner, who keeps his rights everywhere. What is changed here is changed in earnest. */
final class PreviewWorld {

    /** What others than the owner hold; he holds everything. */
    private static final List<Permission> GIVEN =
            List.of(Permission.SEE_RESOURCES, Permission.TERMINAL, Permission.CONTROL_DESKTOP, Permission.SEE_USERS);

    /** The same for the database in any letters. */
    private static final List<List<String>> NAMES = List.of(
            List.of("Welder", "WELDER"), List.of("Schweißer", "schweisser"), List.of("Électricien", "electricien"));

    final Sample sample;
    final Caller owner;
    final List<String> folders;
    final List<String> devices = new ArrayList<>();
    final List<String> users = new ArrayList<>();
    final List<String> groups = new ArrayList<>();
    private final Set<String> gone = new HashSet<>();

    private final TestDomain domain;
    private final Random random;

    PreviewWorld(TestDomain domain, Random random) throws RefusedException {
        this.domain = domain;
        this.random = random;
        this.sample = new Sample(domain);
        this.owner = sample.owner();
        this.folders = new ArrayList<>(List.of(sample.root));
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
        for (int i = 0; i < 70; i++) {
            sample.entry(
                    any(random.nextBoolean() ? folders : places),
                    any(random.nextInt(3) == 0 ? users : groups),
                    any(GIVEN),
                    random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW);
        }
        for (int i = 0; i < 4; i++) {
            String cut = any(places.subList(1, places.size()));
            hold(cut);
            sample.inherit(cut, false);
        }
        for (String user : users) {
            qualify(user, qualifications());
        }
        for (int i = 0; i < 3; i++) {
            setContract(any(folders), contract());
        }
    }

    /** What the owner needs where nothing comes from above. */
    void hold(String place) {
        for (Permission permission : Permission.values()) {
            sample.delegable(place, owner.userId(), permission);
        }
    }

    <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    List<String> principals() {
        return Stream.concat(users.stream(), groups.stream()).toList();
    }

    List<String> places() {
        return Stream.of(folders, devices, users, groups)
                .flatMap(List::stream)
                .filter(place -> !gone.contains(place))
                .toList();
    }

    /** Everybody who holds anything. */
    List<String> people() {
        return Stream.concat(users.stream(), Stream.of(owner.userId())).toList();
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

    /** Those of some people who are in a principal, which may be one itself. */
    static Set<String> within(Set<Membership> memberships, List<String> people, String principal) {
        Set<String> all = new HashSet<>(Set.of(principal));
        while (memberships.stream().filter(each -> all.contains(each.group())).map(Membership::member).toList().stream()
                .map(all::add)
                .reduce(false, Boolean::logicalOr)) {}
        all.retainAll(people);
        return all;
    }

    /**
     * What somebody may do in a place.
     *
     * @param open whether what is demanded there is met
     */
    record Held(Set<Permission> permissions, boolean open) {
        static final Held NOTHING = new Held(Set.of(), true);

        /** What becomes of a permission: below 0 it is lost, above 0 gained. */
        int turn(Held later, Permission permission) {
            boolean held = permissions.contains(permission);
            boolean holds = later.permissions.contains(permission);
            if (held && holds && SessionPermissions.all().contains(permission)) {
                return Boolean.compare(later.open, open);
            }
            return Boolean.compare(holds, held);
        }
    }

    /** For everybody in every place. */
    Map<String, Map<String, Held>> rights() {
        Authorization authorization = domain.get(Authorization.class);
        Conditions conditions = domain.get(Conditions.class);
        Map<String, Map<String, Held>> rights = new TreeMap<>();
        for (String user : people()) {
            List<Permission> asked = user.equals(owner.userId()) ? List.of(Permission.values()) : GIVEN;
            for (String place : places()) {
                Set<Permission> held = EnumSet.noneOf(Permission.class);
                for (Permission permission : asked) {
                    if (isMeant(permission, place)
                            && authorization.allows(sample.id, user, Credential.NONE, permission, place)) {
                        held.add(permission);
                    }
                }
                boolean shut = devices.contains(place)
                        && held.stream().anyMatch(SessionPermissions.all()::contains)
                        && conditions.unmet(sample.id, user, place).isPresent();
                rights.computeIfAbsent(user, id -> new HashMap<>()).put(place, new Held(held, !shut));
            }
        }
        return rights;
    }

    /** Access to devices is nothing that anybody has on a user or group. */
    private boolean isMeant(Permission permission, String place) {
        return permission.kind() != Permission.Kind.DEVICE_ACCESS
                || !principals().contains(place);
    }

    /** Where a user or group is. */
    String folderOf(String id) {
        return domain.sql
                .in(sample.id)
                .statement("select parent_id from resource where domain_id = :domain and id = :id")
                .set("id", id)
                .first(row -> row.text(1))
                .orElseThrow();
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
        domain.transactions.inNew(() -> domain.get(Directory.class).change(owner, device, revision(device), change));
    }

    void moveFolder(String folder, String to) throws RefusedException {
        FolderChange change = new FolderChange(null, null, to, null);
        domain.transactions.inNew(() -> domain.get(Folders.class).change(owner, folder, revision(folder), change));
    }

    void moveUser(String user, String to) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(Users.class).change(owner, user, revision(user), null, to));
    }

    void moveGroup(String group, String to) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(Groups.class).change(owner, group, revision(group), null, null, to));
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

    /** Who has lost everything is still asked about, until {@link #forget}. */
    void deleteUser(String user) throws RefusedException {
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, user, revision(user)));
        gone.add(user);
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

    /** About somebody other than the owner. */
    EntryRequest entry(Effect effect) {
        return new EntryRequest(
                any(random.nextBoolean() ? folders : places()),
                any(random.nextInt(3) == 0 ? users : groups),
                EnumSet.of(any(GIVEN), any(GIVEN)),
                effect,
                random.nextInt(3) > 0 ? Validity.ALWAYS : validity(),
                random.nextBoolean());
    }

    /** Always, or in force now, or not yet. */
    Validity validity() {
        Instant now = domain.clock.instant();
        Instant from = random.nextInt(3) == 0 ? now.plus(Duration.ofHours(random.nextInt(-5, 5))) : null;
        Instant until = random.nextInt(3) == 0 ? now.plus(Duration.ofHours(random.nextInt(5, 9))) : null;
        WeeklyWindow window = random.nextInt(3) == 0
                ? new WeeklyWindow(EnumSet.allOf(DayOfWeek.class), 0, 1 + random.nextInt(1_438), ZoneId.of("UTC"))
                : null;
        return new Validity(from, until, window);
    }

    /** Some of those that are not about the owner. */
    List<Entry> entries(int number) {
        List<String> ids = new ArrayList<>(domain.sql
                .in(sample.id)
                .statement("select id from acl_entry where domain_id = :domain and principal_id <> :owner order by id")
                .set("owner", owner.userId())
                .list(row -> row.text(1)));
        Collections.shuffle(ids, random);
        return ids.stream()
                .limit(number)
                .map(id -> domain.get(Entries.class).find(sample.id, id).orElseThrow())
                .toList();
    }

    void add(EntryRequest request) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(AccessEntries.class).create(owner, request));
    }

    void remove(List<Entry> entries) throws RefusedException {
        for (Entry entry : entries) {
            domain.transactions.run(() -> domain.get(AccessEntries.class).remove(owner, entry.id(), entry.version()));
        }
    }

    void change(Entry entry, Validity validity) throws RefusedException {
        AccessEntries.EntryChange change = new AccessEntries.EntryChange(
                true, validity.from(), true, validity.until(), true, validity.window(), null);
        domain.transactions.inNew(
                () -> domain.get(AccessEntries.class).change(owner, entry.id(), entry.version(), change));
    }

    /** Folders below the topmost one and devices, those that inherit or those that do not. */
    List<String> inheriting(boolean inherit) {
        return domain.sql
                .in(sample.id)
                .statement(
                        """
                        select id from resource where domain_id = :domain and kind in ('folder', 'device') and id <> :root
                          and inherit = :inherit order by id""")
                .set("root", sample.root)
                .set("inherit", inherit)
                .list(row -> row.text(1));
    }

    void inherit(String resource, boolean inherit) throws RefusedException {
        domain.transactions.run(
                () -> domain.get(AccessEntries.class).inherit(owner, resource, revision(resource), inherit));
    }

    void setContract(String folder, Contract contract) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(Contracts.class).put(owner, folder, revision(folder), contract));
    }

    void removeContract(String folder) throws RefusedException {
        domain.transactions.run(() -> domain.get(Contracts.class).remove(owner, folder, revision(folder)));
    }

    void qualify(String user, List<Qualification> items) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(Qualifications.class).put(owner, user, revision(user), items));
    }

    /** Empty if there is none any more. */
    List<String> foldersWithContracts() {
        return domain.sql
                .in(sample.id)
                .statement("select folder_id from contract where domain_id = :domain order by folder_id")
                .list(row -> row.text(1));
    }

    /** One that is in force, over, to come, or missing, or none that is asked for. */
    Contract contract() {
        Instant from = random.nextInt(4) == 0 ? soon() : null;
        Instant until = from == null && random.nextInt(4) == 0 ? soon() : null;
        return new Contract(
                random.nextInt(4) == 0 ? null : "C-17",
                "",
                from,
                until,
                "",
                random.nextInt(3) > 0,
                NAMES.stream()
                        .filter(name -> random.nextInt(4) == 0)
                        .map(this::any)
                        .toList());
    }

    List<Qualification> qualifications() {
        return NAMES.stream()
                .filter(name -> random.nextInt(3) > 0)
                .map(this::any)
                .map(name -> new Qualification(name, random.nextInt(4) == 0 ? soon() : null))
                .toList();
    }

    /** Or lately. */
    private Instant soon() {
        return domain.clock.instant().plus(Duration.ofHours(random.nextInt(-5, 5)));
    }
}
