package org.bascule.domain.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.assertj.core.groups.Tuple;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.access.RequestView;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.FolderView;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.people.GroupView;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.UserView;
import org.bascule.domain.people.Users;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.realm.DomainFounder;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.transfer.Exports;
import org.bascule.domain.transfer.Format;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the log says of a change that was made: its code, by whom, on what, and every value before and after. */
class SuccessRecordsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Folders folders = domain.get(Folders.class);
    private final Groups groups = domain.get(Groups.class);
    private final Users users = domain.get(Users.class);

    /** The only record of the code is that of a success, by this person. */
    private AuditEntry recorded(String code, Caller by, @Nullable String resource, @Nullable String name) {
        List<AuditEntry> rows = sample.audited(code);
        assertThat(rows).as(code).hasSize(1);
        AuditEntry row = rows.get(0);
        assertThat(row.outcome()).isEqualTo("success");
        assertThat(row.userId()).isEqualTo(by.userId());
        assertThat(row.userName()).isEqualTo(by.userName());
        assertThat(row.address()).isEqualTo(by.address());
        assertThat(row.resourceId()).isEqualTo(resource);
        assertThat(row.resourceName()).isEqualTo(name);
        return row;
    }

    /** Field, value before, value after, and so on. */
    private static String changes(@Nullable Object... values) {
        StringJoiner json = new StringJoiner(",", "{", "}");
        for (int i = 0; i < values.length; i += 3) {
            json.add("\"%s\":{\"before\":%s,\"after\":%s}"
                    .formatted(values[i], quoted(values[i + 1]), quoted(values[i + 2])));
        }
        return json.toString();
    }

    private static String quoted(@Nullable Object value) {
        return value == null ? "null" : "\"" + value + "\"";
    }

    @Test
    void folderMadeAndChanged() throws RefusedException {
        FolderView made = domain.transactions.inNew(() -> folders.create(owner, sample.root, "North", "cold"));
        assertThat(recorded("folder.create", owner, made.id(), "North").changes())
                .isEqualTo(changes(
                        "name",
                        null,
                        "North",
                        "description",
                        null,
                        "cold",
                        "parent",
                        null,
                        "/",
                        "parentId",
                        null,
                        sample.root));
        domain.transactions.inNew(() -> folders.change(
                owner, made.id(), made.revision(), new FolderChange("South", "", null, new FolderChange.Quota(7))));
        assertThat(recorded("folder.update", owner, made.id(), "South").changes())
                .isEqualTo(changes("name", "North", "South", "description", "cold", null, "quota", null, 7));
        assertThat(sample.audited("folder.move")).isEmpty();
    }

    /** Names of the moment of the change: later ones do not count, and who does not see all of a path records all of it. */
    @Test
    void folderMovedIsRecordedByThePathsThatItHad() throws RefusedException {
        String customers = sample.folder(sample.root, "Customers");
        String north = sample.folder(customers, "North/East");
        String former = sample.folder(sample.root, "For\\mer");
        String plant = sample.folder(north, "Plant");
        Caller keeper = sample.user("keeper");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS, Permission.MANAGE_PERMISSIONS)) {
            domain.transactions.run(() -> {
                sample.delegable(north, keeper.userId(), permission);
                sample.delegable(former, keeper.userId(), permission);
            });
        }
        domain.transactions.inNew(() -> folders.change(
                keeper, plant, folders.folder(keeper, plant).revision(), new FolderChange(null, null, former, null)));
        String record = changes("parent", "/Customers/North\\\\/East", "/For\\\\\\\\mer", "parentId", north, former);
        assertThat(recorded("folder.move", keeper, plant, "Plant").changes()).isEqualTo(record);
        domain.transactions.inNew(() -> folders.change(
                owner, north, folders.folder(owner, north).revision(), new FolderChange("West", null, null, null)));
        assertThat(recorded("folder.move", keeper, plant, "Plant").changes()).isEqualTo(record);
    }

    @Test
    void manyDevicesMovedAreRecordedEachByItsPath() throws RefusedException {
        String hall = sample.folder(sample.root, "hall");
        String press = sample.device(sample.folder(hall, "a"), "press");
        String saw = sample.device(sample.folder(hall, "b"), "saw");
        BulkChange change = BulkChange.checked(
                List.of(new BulkChange.Item(press, 0), new BulkChange.Item(saw, 0)),
                BulkChange.Action.MOVE,
                hall,
                List.of(),
                null);
        assertThat(domain.transactions
                        .inNew(() -> domain.get(BulkChanges.class).change(owner, change))
                        .refused())
                .isEmpty();
        assertThat(sample.audited("device.move"))
                .extracting(AuditEntry::resourceName, AuditEntry::changes)
                .satisfiesExactlyInAnyOrder(
                        row -> assertThat(row.toString())
                                .contains("press")
                                .contains("\"before\":\"/hall/a\",\"after\":\"/hall\""),
                        row -> assertThat(row.toString())
                                .contains("saw")
                                .contains("\"before\":\"/hall/b\",\"after\":\"/hall\""));
    }

    @Test
    void groupMadeChangedAndMoved() throws RefusedException {
        String folder = sample.folder(sample.root, "people");
        GroupView made = domain.transactions.inNew(() -> groups.create(owner, sample.root, "Fitters", null));
        assertThat(recorded("group.create", owner, made.id(), "Fitters").changes())
                .isEqualTo(changes("name", null, "Fitters", "folder", null, "/", "folderId", null, sample.root));
        domain.transactions.inNew(
                () -> groups.change(owner, made.id(), made.revision(), "Welders", "of hall 2", folder));
        assertThat(recorded("group.update", owner, made.id(), "Welders").changes())
                .isEqualTo(changes("name", "Fitters", "Welders", "description", null, "of hall 2"));
        assertThat(recorded("group.move", owner, made.id(), "Welders").changes())
                .isEqualTo(changes("folder", "/", "/people", "folderId", sample.root, folder));
    }

    @Test
    void userMovedAndBound() throws RefusedException {
        String folder = sample.folder(sample.root, "people");
        UserView awaited = domain.transactions.inNew(() -> users.create(owner, sample.root, "Anna"));
        domain.transactions.inNew(() -> users.change(owner, awaited.id(), awaited.revision(), null, folder));
        assertThat(recorded("user.move", owner, awaited.id(), "Anna").changes())
                .isEqualTo(changes("folder", "/", "/people", "folderId", sample.root, folder));
        String subject = "11111111-1111-4111-8111-" + sample.id.substring(24);
        Caller anna =
                domain.transactions.inNew(() -> domain.get(Identities.class).signIn(anna(subject)));
        assertThat(recorded("user.bind", anna, awaited.id(), "anna").changes())
                .isEqualTo(changes("subject", null, subject));
    }

    private SignIn anna(String subject) {
        return new SignIn(domain.settings.issuerOf(sample.name), subject, "anna", "192.0.2.7", null, null);
    }

    @Test
    void deviceChangedAndMoved() throws RefusedException {
        String folder = sample.folder(sample.root, "hall");
        TestAgent agent = TestAgent.enrolled(domain, owner, sample.root);
        Directory directory = domain.get(Directory.class);
        var before = directory.device(owner, agent.uid()).device();
        domain.transactions.inNew(() -> directory.change(
                owner,
                agent.uid(),
                before.revision(),
                new DeviceChange("Pump 7", "service", "by the door", folder, List.of("hall-2", "pump"))));
        assertThat(recorded("device.update", owner, agent.uid(), "Pump 7").changes())
                .isEqualTo(changes(
                        "name",
                        before.name(),
                        "Pump 7",
                        "account",
                        null,
                        "service",
                        "description",
                        null,
                        "by the door",
                        "tags",
                        "",
                        "hall-2 pump"));
        assertThat(recorded("device.move", owner, agent.uid(), "Pump 7").changes())
                .isEqualTo(changes("folder", "/", "/hall", "folderId", sample.root, folder));
    }

    /** The filter by text looks at names and descriptions, not at the changes. */
    @Test
    void whatIsRenamedIsFoundByTheNameThatItHad() throws RefusedException {
        String folder = sample.folder(sample.root, "Old hall");
        domain.transactions.inNew(() -> folders.change(
                owner, folder, folders.folder(owner, folder).revision(), new FolderChange("Hall", null, null, null)));
        Directory directory = domain.get(Directory.class);
        String device = TestAgent.enrolled(domain, owner, folder).uid();
        domain.transactions.inNew(() -> directory.change(
                owner,
                device,
                directory.device(owner, device).device().revision(),
                new DeviceChange("Pump", null, null, null, null)));
        UserView user = domain.transactions.inNew(() -> users.create(owner, sample.root, "old-anna"));
        domain.transactions.inNew(() -> users.change(owner, user.id(), user.revision(), "anna", null));
        GroupView group = domain.transactions.inNew(() -> groups.create(owner, sample.root, "Old fitters", null));
        domain.transactions.inNew(() -> groups.change(owner, group.id(), group.revision(), "Fitters", null, null));
        SubDevices behind = domain.get(SubDevices.class);
        SubDevice made = domain.transactions.inNew(
                () -> behind.create(owner, device, new SubDevice.Facts("old-plc", null, null, null, List.of())));
        domain.transactions.inNew(() -> behind.change(
                owner, made.id(), made.revision(), new SubDevice.Facts("plc", null, null, null, List.of()), null));
        assertThat(found("formerly '"))
                .containsExactlyInAnyOrder(
                        tuple("folder.update", "Hall", "formerly 'Old hall'"),
                        tuple("device.update", "Pump", "formerly 'pump 7'"),
                        tuple("user.update", "anna", "formerly 'old-anna'"),
                        tuple("group.update", "Fitters", "formerly 'Old fitters'"),
                        tuple("sub-device.update", "plc", "sub-device " + made.id() + ", formerly 'old-plc'"));
    }

    private List<Tuple> found(String text) throws RefusedException {
        AuditFilter filter = new AuditFilter(null, null, text, null, null, null, null);
        return domain.get(AuditReader.class).slice(sample.id, filter, Cursor.first(50)).items().stream()
                .map(row -> tuple(row.code(), row.resourceName(), row.detail()))
                .toList();
    }

    @Test
    void subDeviceMadeAndChanged() throws RefusedException {
        String device = sample.device(sample.root, "d");
        SubDevices behind = domain.get(SubDevices.class);
        SubDevice made = domain.transactions.inNew(
                () -> behind.create(owner, device, new SubDevice.Facts("plc", null, "192.0.2.1", null, List.of())));
        AuditEntry created = recorded("sub-device.create", owner, device, "plc");
        assertThat(created.detail()).isEqualTo("sub-device " + made.id());
        assertThat(created.changes()).isEqualTo(changes("name", "", "plc", "ip", null, "192.0.2.1"));
        domain.transactions.inNew(() -> behind.change(
                owner,
                made.id(),
                made.revision(),
                new SubDevice.Facts(
                        "plc",
                        null,
                        "192.0.2.2",
                        "spare",
                        List.of(new SubDevice.Service(SubDevice.Service.Kind.HTTPS, 443))),
                null));
        AuditEntry changed = recorded("sub-device.update", owner, device, "plc");
        assertThat(changed.detail()).isEqualTo("sub-device " + made.id());
        assertThat(changed.changes())
                .isEqualTo(changes(
                        "ip", "192.0.2.1", "192.0.2.2", "description", null, "spare", "services", "", "https:443"));
    }

    @Test
    void enrolmentTokenMade() throws RefusedException {
        var made = domain.transactions.inNew(
                () -> domain.get(Enrolments.class).create(owner, sample.root, Duration.ofHours(1), 3));
        AuditEntry row = recorded("enrolment-token.create", owner, sample.root, sample.name);
        Instant expires = made.view().expires();
        assertThat(row.detail())
                .isEqualTo(
                        "token %s for 3 devices until %s".formatted(made.view().id(), expires));
        assertThat(row.changes()).isEqualTo(changes("uses", null, 3, "expires", null, expires));
    }

    @Test
    void optionsChanged() throws RefusedException {
        Options options = domain.get(Options.class);
        DomainOptions wanted = new DomainOptions(
                true, false, new Assistance(true, Set.of(), 5), List.of("a@example.com", "b@example.com"), 9, 365);
        domain.transactions.inNew(
                () -> options.change(owner, options.read(owner).revision(), wanted));
        DomainOptions before = DomainOptions.DEFAULT;
        assertThat(recorded("domain.options", owner, sample.id, sample.name).changes())
                .contains(
                        "\"commentRequired\":{\"before\":\"false\",\"after\":\"true\"}",
                        "\"assistance.expiresHours\":{\"before\":\"%d\",\"after\":\"5\"}"
                                .formatted(before.assistance().expiresHours()),
                        "\"notificationAddresses\":{\"before\":\"\",\"after\":\"a@example.com, b@example.com\"}",
                        "\"quota\":{\"before\":null,\"after\":\"9\"}",
                        "\"auditDays\":{\"before\":\"730\",\"after\":\"365\"}")
                .doesNotContain("fullSessionLog");
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void directoryExported(Format format, @TempDir Path directory) throws IOException {
        domain.get(Exports.class).write(owner, format, directory.resolve("export"));
        AuditEntry row = recorded("directory.export", owner, sample.id, sample.name);
        assertThat(row.detail()).isEqualTo(format.code());
        assertThat(row.changes()).isNull();
    }

    @Test
    void logExported() throws RefusedException {
        domain.transactions.run(() -> domain.get(Logbook.class).exporting(owner, "the operations of May"));
        AuditEntry row = recorded("audit.export", owner, null, null);
        assertThat(row.detail()).isEqualTo("the operations of May");
        assertThat(row.changes()).isNull();
    }

    @Test
    void accessRequestRejectedAndWithdrawn() throws RefusedException {
        Caller user = sample.user("bert");
        String device = sample.device(sample.root, "pump");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        AccessRequests requests = domain.get(AccessRequests.class);
        String first = asked(requests, user, device);
        domain.transactions.inNew(() -> requests.reject(owner, first, "not today"));
        assertThat(recorded("access-request.reject", owner, device, "pump").changes())
                .isEqualTo(changes("state", "open", "rejected", "decision", null, "not today"));
        String second = asked(requests, user, device);
        domain.transactions.inNew(() -> requests.withdraw(user, second));
        assertThat(recorded("access-request.withdraw", user, device, "pump").changes())
                .isEqualTo(changes("state", "open", "withdrawn"));
    }

    /** What it gives is told like any other entry, and by the request that it came of. */
    @Test
    void accessRequestAskedForAndApproved() throws RefusedException {
        Caller user = sample.user("bert");
        String device = sample.device(sample.root, "pump");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        AccessRequests requests = domain.get(AccessRequests.class);
        Instant until = domain.clock.instant().plus(Duration.ofHours(2));
        String asked = asked(requests, user, device);
        assertThat(recorded("access-request.create", user, device, "pump").changes())
                .isEqualTo(changes(
                        "state",
                        null,
                        "open",
                        "permissions",
                        null,
                        "terminal",
                        "reason",
                        null,
                        "replace it",
                        "until",
                        null,
                        until));
        Instant end = until.minusSeconds(60);
        domain.transactions.inNew(() -> requests.approve(owner, asked, end));
        AuditEntry added = recorded("permission.add", owner, device, "pump");
        assertThat(added.changes())
                .isEqualTo(changes(
                        "principal",
                        null,
                        user.userId(),
                        "permission",
                        null,
                        "terminal",
                        "effect",
                        null,
                        "allow",
                        "until",
                        null,
                        end,
                        "delegable",
                        null,
                        false));
        String entry = domain.get(Entries.class).all(sample.id).stream()
                .filter(one -> one.origin() == Entry.Origin.REQUEST)
                .map(Entry::id)
                .toList()
                .get(0);
        assertThat(added.detail()).isEqualTo("user bert: allow terminal (entry " + entry + ")");
        assertThat(recorded("access-request.approve", owner, device, "pump").changes())
                .isEqualTo(changes("state", "open", "approved", "until", until, end, "entries", null, entry));
    }

    private String asked(AccessRequests requests, Caller user, String device) throws RefusedException {
        RequestView asked = domain.transactions.inNew(() -> requests.create(
                user,
                device,
                Set.of(Permission.TERMINAL),
                "replace it",
                domain.clock.instant().plus(Duration.ofHours(2))));
        return asked.id();
    }

    @Test
    void domainMade() throws Exception {
        String id = domain.ids.next();
        DomainFounder.Founded made = domain.transactions.<DomainFounder.Founded, Exception>inNew(
                () -> domain.get(DomainFounder.class).found(id, "made-" + id, id, "asked for by eve"));
        AuditFilter all = new AuditFilter(null, null, null, null, null, null, null);
        assertThat(domain.get(AuditReader.class).slice(id, all, Cursor.first(9)).items())
                .filteredOn(row -> row.code().equals("domain.create"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.outcome()).isEqualTo("success");
                    assertThat(row.userId()).isNull();
                    assertThat(row.resourceId()).isEqualTo(made.root());
                    assertThat(row.resourceName()).isEqualTo("made-" + id);
                    assertThat(row.detail()).isEqualTo("asked for by eve");
                    assertThat(row.changes())
                            .isEqualTo(changes(
                                    "name",
                                    null,
                                    "made-" + id,
                                    "realm",
                                    null,
                                    id,
                                    "fingerprint",
                                    null,
                                    B64.encode(Sha256.of(
                                            domain.get(DomainAuthorities.class).certificate(id)))));
                });
    }
}
