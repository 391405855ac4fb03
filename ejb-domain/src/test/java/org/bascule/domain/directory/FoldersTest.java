package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoldersTest {

    private static final long SEED = 20_260_131;

    private final TestDomain domain = new TestDomain().started();
    private final Folders folders = domain.get(Folders.class);
    private final FolderDeletions deletions = domain.get(FolderDeletions.class);
    private final Directory directory = domain.get(Directory.class);
    private final Sample sample = new Sample(domain);

    private FolderView move(Caller caller, String folder, String to) throws RefusedException {
        return domain.transactions.inNew(() -> folders.change(
                caller, folder, folders.folder(caller, folder).revision(), new FolderChange(null, null, to, null)));
    }

    private static void refused(Problem problem, org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == problem, "is " + problem);
    }

    /** An owner who signs in, so that deletions may go on. */
    private Caller owner() throws RefusedException {
        Caller owner = sample.owner();
        domain.sql
                .in(sample.id)
                .statement("update user_group set built_in = true where domain_id = :domain and id = :id")
                .set("id", owners(owner))
                .update();
        return owner;
    }

    private String owners(Caller owner) {
        String group = sample.group(owner.userId());
        domain.sql
                .in(sample.id)
                .statement("update resource set name = 'Owners' where domain_id = :domain and id = :id")
                .set("id", group)
                .update();
        return group;
    }

    @Test
    void closureStaysRightThroughRandomMoves() throws RefusedException {
        Caller owner = sample.owner();
        Random random = new Random(SEED);
        Map<String, @Nullable String> parents = new HashMap<>();
        parents.put(sample.root, null);
        List<String> ids = new ArrayList<>(List.of(sample.root));
        for (int i = 0; i < 40; i++) {
            String parent = ids.get(random.nextInt(ids.size()));
            String id = sample.folder(parent, "f" + i);
            parents.put(id, parent);
            ids.add(id);
        }
        int moved = 0;
        for (int i = 0; i < 80; i++) {
            String folder = ids.get(1 + random.nextInt(ids.size() - 1));
            String to = ids.get(random.nextInt(ids.size()));
            if (chain(parents, to).contains(folder)) {
                refused(Problem.INVALID, () -> move(owner, folder, to));
            } else {
                move(owner, folder, to);
                parents.put(folder, to);
                moved++;
            }
            assertThat(stored()).as("seed %d, move %d", SEED, i).isEqualTo(recomputed(parents));
        }
        assertThat(moved).isGreaterThan(20);
    }

    private static List<String> chain(Map<String, @Nullable String> parents, String id) {
        List<String> chain = new ArrayList<>();
        for (@Nullable String at = id; at != null; at = parents.get(at)) {
            chain.add(at);
        }
        return chain;
    }

    private static Set<String> recomputed(Map<String, @Nullable String> parents) {
        Set<String> rows = new TreeSet<>();
        for (String id : parents.keySet()) {
            List<String> chain = chain(parents, id);
            for (int depth = 0; depth < chain.size(); depth++) {
                rows.add(chain.get(depth) + " " + id + " " + depth);
            }
        }
        return rows;
    }

    private Set<String> stored() {
        return new TreeSet<>(domain.sql
                .in(sample.id)
                .statement("select ancestor_id, descendant_id, depth from folder_closure where domain_id = :domain")
                .list(row -> row.text(1) + " " + row.text(2) + " " + row.number(3)));
    }

    @Test
    void moveKeepsDevicesAndTheirHistoryAndChangesWhatIsInherited() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(sample.root, "b");
        TestAgent agent = TestAgent.enrolled(domain, owner, a);
        Caller guest = sample.user("guest");
        sample.entry(b, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String serial = directory.device(owner, agent.uid()).certificate().serial();

        move(owner, a, b);

        assertThat(directory.device(owner, agent.uid()).certificate().serial()).isEqualTo(serial);
        assertThat(directory.device(guest, agent.uid()).device().folder()).isEqualTo(a);
        assertThat(audited("folder.move")).isEqualTo(1);
        assertThat(audited("device.enrol")).isEqualTo(1);
        assertThat(domain.live).contains(new LiveEvent.FolderChanged(sample.id, a, "moved"));
    }

    /** Everything hangs on what it is, and nothing on where. */
    @Test
    void aDeviceThatIsMovedKeepsItsIdentityEntriesAndRecords() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(sample.root, "b");
        String uid = TestAgent.enrolled(domain, owner, a).uid();
        Caller guest = sample.user("guest");
        sample.entry(uid, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        DeviceDetail before = directory.device(owner, uid);

        domain.transactions.run(() ->
                directory.change(owner, uid, before.device().revision(), new DeviceChange(null, null, null, b, null)));

        DeviceDetail after = directory.device(owner, uid);
        assertThat(after.device().folder()).isEqualTo(b);
        assertThat(after.certificate()).isEqualTo(before.certificate());
        assertThat(after.device().fingerprint()).isEqualTo(before.device().fingerprint());
        assertThat(directory.device(guest, uid).device().name())
                .isEqualTo(before.device().name());
        assertThat(sample.audited("device.enrol"))
                .extracting(AuditEntry::resourceId)
                .contains(uid);
    }

    private long audited(String code) {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from bascule_audit.audit_event where domain_id = :domain and code = :code")
                .set("code", code)
                .number();
    }

    @Test
    void nobodyMovesWhatSomebodyWouldGainByWhatTheMoverDoesNotHold() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(sample.root, "b");
        TestAgent agent = TestAgent.enrolled(domain, owner, a);
        Caller admin = sample.user("admin");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES,
                Permission.CONFIGURE_DEVICES,
                Permission.INSTALL_DEVICES,
                Permission.MANAGE_PERMISSIONS)) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        sample.entry(b, sample.user("vpn").userId(), Permission.VPN, Effect.ALLOW);
        DeviceChange toB = new DeviceChange(null, null, null, b, null);

        BulkChange bulk = BulkChange.checked(
                List.of(new BulkChange.Item(agent.uid(), 0)), BulkChange.Action.MOVE, b, List.of(), null);
        refusedBoth(Problem.DELEGATION, admin, agent.uid(), toB, bulk);
        sample.entry(sample.root, admin.userId(), Permission.VPN, Effect.ALLOW);
        refusedBoth(Problem.DELEGATION, admin, agent.uid(), toB, bulk);
        domain.get(Entries.class)
                .add(
                        sample.id,
                        a,
                        admin.userId(),
                        Permission.VPN,
                        Effect.ALLOW,
                        new Validity(null, domain.clock.instant().plusSeconds(3_600), null),
                        true,
                        Entry.Origin.ENTRY);
        refusedBoth(Problem.DELEGATION, admin, agent.uid(), toB, bulk);
        sample.delegable(agent.uid(), admin.userId(), Permission.VPN);
        assertThat(domain.transactions
                        .inNew(() -> directory.change(admin, agent.uid(), 0, toB))
                        .device()
                        .folder())
                .isEqualTo(b);
        assertThat(audited("device.move"))
                .as("six refused ones, one that was made")
                .isEqualTo(7);
    }

    private void refusedBoth(Problem problem, Caller caller, String uid, DeviceChange change, BulkChange bulk)
            throws RefusedException {
        refused(problem, () -> domain.transactions.inNew(() -> directory.change(caller, uid, 0, change)));
        BulkChange.Result result =
                domain.transactions.inNew(() -> domain.get(BulkChanges.class).change(caller, bulk));
        assertThat(result.done()).isEmpty();
        assertThat(result.refused()).extracting(BulkChange.Refusal::problem).containsExactly(problem);
    }

    @Test
    void folderIsNotMovedToWhereSomebodyWouldGainWhatTheMoverMayNotPassOn() throws RefusedException {
        sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(sample.root, "b");
        Caller admin = sample.user("admin");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS, Permission.MANAGE_PERMISSIONS)) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        sample.entry(sample.root, admin.userId(), Permission.VPN, Effect.ALLOW);
        sample.entry(b, sample.user("vpn").userId(), Permission.VPN, Effect.ALLOW);
        refused(Problem.DELEGATION, () -> move(admin, a, b));
        sample.delegable(a, admin.userId(), Permission.VPN);
        move(admin, a, b);
    }

    @Test
    void deletionTellsOnlyWhatTheCallerCouldList() throws RefusedException {
        Caller owner = owner();
        String a = sample.folder(sample.root, "a");
        TestAgent.enrolled(domain, owner, a);
        sample.entry(a, owner.userId(), Permission.VPN, Effect.ALLOW);
        Caller tidy = sample.user("tidy");
        sample.entry(sample.root, tidy.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, tidy.userId(), Permission.MANAGE_FOLDERS, Effect.ALLOW);
        session(a, owner.userId());
        FolderDeletion all = deletions.of(owner, a);
        assertThat(List.of(all.people().entries(), all.tokens(), all.people().sessions()))
                .containsExactly(1L, 1L, 1L);
        FolderDeletion told = deletions.of(tidy, a);
        assertThat(told.devices()).isEqualTo(1);
        assertThat(List.of(told.people().entries(), told.tokens(), told.people().sessions()))
                .containsExactly(0L, 0L, 0L);
        session(a, tidy.userId());
        assertThat(deletions.of(tidy, a).people().sessions()).as("one's own").isEqualTo(1);
    }

    private void session(String folder, String user) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, client_address)
                        select :sid, :domain, r.id, r.name, :user, 'u', 'terminal', '', 'ready', :now, '192.0.2.1'
                        from resource r where r.parent_id = :folder and r.kind = 'device'""")
                .set("sid", SessionId.random().hex())
                .set("user", user)
                .set("folder", folder)
                .set("now", domain.clock.instant())
                .update();
    }

    @Test
    void changesNeedThePresentVersionAndNamesStayOwn() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        sample.folder(sample.root, "b");
        FolderChange rename = new FolderChange("c", "new", null, new FolderChange.Quota(3));
        FolderView after = domain.transactions.inNew(() -> folders.change(owner, a, 0, rename));
        assertThat(after.name()).isEqualTo("c");
        assertThat(after.quota()).isEqualTo(3);
        assertThat(after.revision()).isEqualTo(1);
        refused(
                Problem.PRECONDITION_FAILED,
                () -> domain.transactions.inNew(() -> folders.change(owner, a, 0, rename)));
        refused(
                Problem.CONFLICT,
                () -> domain.transactions.inNew(
                        () -> folders.change(owner, a, 1, new FolderChange("b", null, null, null))));
        refused(Problem.INVALID, () -> move(owner, sample.root, a));
        refused(Problem.NOT_FOUND, () -> folders.folder(new Sample(domain).owner(), a));
        refused(Problem.NOT_FOUND, () -> move(owner, a, new Sample(domain).root));
    }

    @Test
    void deletionTakesEverythingBelowAndTellsItBefore() throws RefusedException {
        Caller owner = owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(a, "b");
        TestAgent agent = TestAgent.enrolled(domain, owner, b);
        TestAgent.Socket socket = agent.online();
        sample.entry(b, owner.userId(), Permission.VPN, Effect.ALLOW);

        FolderDeletion told = deletions.of(owner, a);
        assertThat(told.folders()).isEqualTo(2);
        assertThat(told.devices()).isEqualTo(1);
        assertThat(told.people().entries()).isEqualTo(1);
        assertThat(told.tokens()).isEqualTo(1);
        assertThat(told.names()).containsExactly("pump 7");

        refused(Problem.PRECONDITION_FAILED, () -> domain.transactions.run(() -> folders.delete(owner, a, 7)));
        domain.transactions.run(() -> folders.delete(owner, a, 0));

        refused(Problem.NOT_FOUND, () -> folders.folder(owner, b));
        refused(Problem.NOT_FOUND, () -> directory.device(owner, agent.uid()));
        assertThat(socket.closed).contains("revoked");
        assertThat(domain.sql
                        .in(sample.id)
                        .statement(
                                "select count(*) from device_certificate where domain_id = :domain and revoked is null")
                        .number())
                .isZero();
        assertThat(stored()).isEqualTo(Set.of(sample.root + " " + sample.root + " 0"));
        assertThat(audited("device.remove")).isEqualTo(1);
        assertThat(audited("folder.delete")).isEqualTo(2);
    }

    @Test
    void deletionNeedsTheRightOnEverythingInIt() throws RefusedException {
        owner();
        String a = sample.folder(sample.root, "a");
        String device = sample.device(a, "d");
        Caller admin = sample.user("admin");
        for (Permission permission : Permission.values()) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        sample.entry(device, admin.userId(), Permission.REMOVE_DEVICES, Effect.DENY);
        refused(Problem.FORBIDDEN, () -> domain.transactions.run(() -> folders.delete(admin, a, 0)));
        refused(Problem.CONFLICT, () -> domain.transactions.run(() -> folders.delete(admin, sample.root, 0)));
    }

    /** The transaction began to look before something came into the folder. */
    @Test
    void deletionKnowsWhatCameIntoTheFolderMeanwhile() throws RefusedException {
        Caller owner = owner();
        String a = sample.folder(sample.root, "a");
        domain.transactions.run(() -> {
            folders.folder(owner, a);
            String late = CompletableFuture.supplyAsync(() -> {
                        String device = sample.device(a, "late");
                        sample.entry(device, owner.userId(), Permission.REMOVE_DEVICES, Effect.DENY);
                        return device;
                    })
                    .join();
            refused(Problem.FORBIDDEN, () -> folders.delete(owner, a, 0));
            assertThat(late).isNotEmpty();
        });
        String b = sample.folder(sample.root, "b");
        domain.transactions.run(() -> {
            folders.folder(owner, b);
            CompletableFuture.runAsync(() -> sample.device(b, "late")).join();
            folders.delete(owner, b, 0);
        });
        assertThat(audited("device.remove")).isEqualTo(1);
    }

    @Test
    void manyDevicesAreChangedEachOnItsOwn() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String first = sample.device(sample.root, "first");
        String second = sample.device(sample.root, "second");
        Sample elsewhere = new Sample(domain);
        String other = elsewhere.device(elsewhere.root, "other");
        BulkChanges bulk = domain.get(BulkChanges.class);
        List<BulkChange.Item> items =
                List.of(new BulkChange.Item(first, 0), new BulkChange.Item(second, 5), new BulkChange.Item(other, 0));

        BulkChange tag = BulkChange.checked(items, BulkChange.Action.TAG, null, List.of("Hall-2", "a"), null);
        BulkChange.Result tagged = domain.transactions.inNew(() -> bulk.change(owner, tag));
        assertThat(tagged.done()).containsExactly(first);
        assertThat(tagged.refused())
                .extracting(BulkChange.Refusal::problem)
                .containsExactly(Problem.PRECONDITION_FAILED, Problem.NOT_FOUND);
        assertThat(directory
                        .devices(
                                owner,
                                new DeviceQuery(
                                        null,
                                        DeviceSearch.parse("tag:hall-2"),
                                        null,
                                        DeviceQuery.Order.NAME,
                                        Cursor.first(9)))
                        .items())
                .singleElement()
                .satisfies(device -> assertThat(device.tags()).containsExactly("a", "hall-2"));
        assertThat(domain.get(DeviceTags.class).list(owner, Cursor.first(9)).items())
                .containsExactly(new DeviceTags.Tag("a", 1), new DeviceTags.Tag("hall-2", 1));

        BulkChange move =
                BulkChange.checked(List.of(new BulkChange.Item(first, 1)), BulkChange.Action.MOVE, a, List.of(), null);
        assertThat(domain.transactions.inNew(() -> bulk.change(owner, move)).done())
                .containsExactly(first);
        assertThat(folders.folder(owner, a).devices()).isEqualTo(1);
        BulkChange remove = BulkChange.checked(
                List.of(new BulkChange.Item(first, 2)), BulkChange.Action.REMOVE, null, List.of(), null);
        assertThat(domain.transactions.inNew(() -> bulk.change(owner, remove)).done())
                .containsExactly(first);
        assertThat(folders.folder(owner, a).devices()).isZero();
        refused(Problem.INVALID, () -> BulkChange.checked(items, BulkChange.Action.MOVE, null, List.of(), null));
        refused(Problem.INVALID, () -> BulkChange.checked(items, BulkChange.Action.TAG, null, List.of("a b"), null));
    }

    private long toldAbout(String device) {
        return domain.live.stream()
                .filter(event -> event instanceof LiveEvent.DeviceChanged changed
                        && changed.uid().equals(device))
                .count();
    }

    @Test
    void subDevicesHaveTheRightsOfTheirDevice() throws RefusedException {
        Caller owner = sample.owner();
        Caller stranger = sample.user("stranger");
        String device = sample.device(sample.root, "d");
        SubDevices subDevices = domain.get(SubDevices.class);
        SubDevice.Facts facts = new SubDevice.Facts(
                " plc ",
                "00-1B-44-11-3A-B7",
                "FE80:0:0::1",
                null,
                List.of(new SubDevice.Service(SubDevice.Service.Kind.HTTPS, 443)));
        SubDevice made = domain.transactions.inNew(() -> subDevices.create(owner, device, facts));
        assertThat(toldAbout(device)).isEqualTo(1);
        assertThat(made.name()).isEqualTo("plc");
        assertThat(made.mac()).isEqualTo("00:1b:44:11:3a:b7");
        assertThat(made.ip()).isEqualTo("fe80:0:0:0:0:0:0:1");
        assertThat(made.services()).isEqualTo(facts.services());
        assertThat(subDevices.list(owner, device, Cursor.first(9)).items()).containsExactly(made);
        refused(Problem.NOT_FOUND, () -> subDevices.subDevice(stranger, made.id()));
        refused(Problem.NOT_FOUND, () -> subDevices.list(stranger, device, Cursor.first(9)));
        refused(Problem.NOT_FOUND, () -> subDevices.subDevice(new Sample(domain).owner(), made.id()));
        for (String ip : List.of("1.2.3", "256.1.1.1", "localhost", "example.com", "::1%lo", ":::", "1.2.3.4.5")) {
            refused(Problem.INVALID, () -> SubDevices.ip(ip));
        }
        refused(Problem.INVALID, () -> SubDevices.mac("00:1b:44:11:3a"));
        long before = toldAbout(device);
        domain.transactions.run(() -> subDevices.delete(owner, made.id(), 0));
        assertThat(toldAbout(device)).isEqualTo(before + 1);
        assertThat(subDevices.list(owner, device, Cursor.first(9)).items()).isEmpty();
    }

    @Test
    void folderOfTenThousandDevicesMovesInTwoSeconds() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(sample.root, "b");
        domain.sql
                .in(sample.id)
                .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " select uuid(), :domain, :folder, 'device', concat('d', seq), :now from seq_1_to_10000")
                .set("folder", a)
                .set("now", domain.clock.instant())
                .update();
        long start = System.nanoTime();
        move(owner, a, b);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }
}
