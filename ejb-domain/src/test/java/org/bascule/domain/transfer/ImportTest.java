package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.options.OptionsView;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.people.Groups;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImportTest {

    private static final String NO_OWNER =
            "After this no owner who can sign in could manage permissions of the domain any more.";
    private static final String NOT_YOURS =
            "You may only set entries about permissions that you hold there yourself, may pass on, and hold for as long.";

    private final TestDomain domain = new TestDomain().started();
    private final Imports imports = domain.get(Imports.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private void delegable(Sample of, Caller to, Permission permission) {
        domain.transactions.run(() -> domain.get(Entries.class)
                .add(of.id, of.root, to.userId(), permission, Effect.ALLOW, Validity.ALWAYS, true, Entry.Origin.ENTRY));
    }

    private String export(Caller caller, Format format) {
        try {
            Path file = Files.createTempFile(Path.of("target"), "export", "");
            domain.transactions.run(() -> domain.get(Exports.class).write(caller, format, file));
            String text = Files.readString(file);
            Files.delete(file);
            return text;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private ImportView run(Caller caller, ImportRequest request, String text) throws RefusedException {
        Path file;
        try {
            file = Files.writeString(Files.createTempFile(Path.of("target"), "import", ""), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        ImportView view = domain.transactions.inNew(() -> imports.start(caller, request, file));
        assertThat(view.state()).isEqualTo("running");
        assertThat(file).as("the upload is gone").doesNotExist();
        return imports.find(caller, view.id());
    }

    private ImportView done(Caller caller, Format format, String text) throws RefusedException {
        ImportView view = run(caller, new ImportRequest(format, false, false), text);
        assertThat(view.problems()).isEmpty();
        assertThat(view.state()).isEqualTo("done");
        return view;
    }

    private ImportView csv(Caller caller, String... lines) throws RefusedException {
        return run(caller, new ImportRequest(Format.CSV, false, false), String.join("\n", lines));
    }

    private String folder(String parent, String name) {
        return sample.folder(parent, name);
    }

    /** Some of everything. */
    private void fill() throws RefusedException {
        String customer = folder(sample.root, "Customer / A");
        String plant = folder(customer, "=Plant");
        folder(sample.root, "Störung");
        // the plant takes nothing from above: what its owner may do there stands there
        domain.transactions.run(() -> {
            for (Permission permission : Permission.values()) {
                domain.get(Entries.class)
                        .add(
                                sample.id,
                                plant,
                                owner.userId(),
                                permission,
                                Effect.ALLOW,
                                Validity.ALWAYS,
                                true,
                                Entry.Origin.ENTRY);
            }
        });
        String pump = sample.device(plant, "pump");
        sample.device(sample.root, "-valve");
        update(
                "update resource set description = 'two\nlines', inherit = false where domain_id = :domain and id = :id",
                plant);
        update("update folder set quota = 3 where domain_id = :domain and id = :id", customer);
        update("update device set tags = 'a b', account = 'op' where domain_id = :domain and id = :id", pump);
        update(
                "insert into device_tag (domain_id, device_id, name) values (:domain, :id, 'a'), (:domain, :id, 'b')",
                pump);
        subDevice(pump);
        Caller anna = sample.user("anna");
        Caller bert = sample.user("bert");
        String inner = sample.group(anna.userId());
        sample.group(inner, bert.userId());
        Entries entries = domain.get(Entries.class);
        domain.transactions.run(() -> {
            domain.get(RightsVersion.class).changed(sample.id);
            entries.add(sample.id, pump, anna.userId(), Permission.TERMINAL, Effect.DENY);
            entries.add(
                    sample.id,
                    plant,
                    inner,
                    Permission.TERMINAL,
                    Effect.ALLOW,
                    new Validity(
                            Instant.parse("2026-01-01T00:00:00Z"),
                            Instant.parse("2030-01-01T00:00:00Z"),
                            new WeeklyWindow(
                                    Set.of(java.time.DayOfWeek.MONDAY, java.time.DayOfWeek.FRIDAY),
                                    480,
                                    1_020,
                                    java.time.ZoneId.of("Europe/Vienna"))),
                    true,
                    Entry.Origin.ENTRY);
        });
        domain.transactions.run(() -> domain.get(Contracts.class)
                .put(
                        owner,
                        customer,
                        0,
                        new Contract(
                                "C;17",
                                "care",
                                null,
                                Instant.parse("2031-01-01T00:00:00Z"),
                                "no\nnames",
                                true,
                                List.of("Electrician; A", "Welder"))));
        domain.transactions.run(() -> domain.get(Qualifications.class)
                .put(owner, anna.userId(), 0, List.of(new Qualification("Welder", null))));
        domain.transactions.run(() -> domain.get(Options.class)
                .change(
                        owner,
                        0,
                        new DomainOptions(
                                true,
                                false,
                                new Assistance(true, Set.of(Assistance.ContactField.PHONE), 12),
                                List.of("a@example.org"),
                                9,
                                400)));
    }

    private void subDevice(String device) throws RefusedException {
        domain.transactions.run(() -> domain.get(SubDevices.class)
                .create(
                        owner,
                        device,
                        new SubDevice.Facts(
                                "plc",
                                "00:1b:44:11:3a:b7",
                                "10.0.0.7",
                                "=two\nlines",
                                List.of(
                                        new SubDevice.Service(SubDevice.Service.Kind.SSH, 22),
                                        new SubDevice.Service(SubDevice.Service.Kind.HTTP, 8_080)))));
    }

    private void update(String statement, String id) {
        domain.transactions.run(() -> {
            domain.sql.in(sample.id).statement(statement).set("id", id).update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
    }

    private String id(String kind, String name) {
        return domain.sql
                .in(sample.id)
                .statement("select id from resource where domain_id = :domain and kind = :kind and name = :name")
                .set("kind", kind)
                .set("name", name)
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void whatWasExportedIsRestoredAfterChanges(Format format) throws RefusedException {
        fill();
        String exported = export(owner, format);
        assertThat(done(owner, format, exported).counts())
                .as("nothing to do")
                .isEqualTo(new ImportView.Counts(0, 0, 0, 0, lines(format, exported), 0));

        update("update resource set name = 'renamed' where domain_id = :domain and id = :id", id("folder", "=Plant"));
        update("update resource set name = '=Plant' where domain_id = :domain and id = :id", id("folder", "Störung"));
        update(
                "update resource set parent_id = (select id from (select id from resource where root_of = :domain) x), description = 'x'"
                        + " where domain_id = :domain and id = :id",
                id("device", "pump"));
        update(
                "update device set tags = '', account = 'x' where domain_id = :domain and id = :id",
                id("device", "pump"));
        update("delete from device_tag where domain_id = :domain and device_id = :id", id("device", "pump"));
        update("delete from acl_entry where domain_id = :domain and principal_id = :id", id("user", "anna"));
        update("delete from group_member where domain_id = :domain and member_id = :id", id("user", "anna"));
        update("delete from contract where domain_id = :domain and folder_id = :id", id("folder", "Customer / A"));
        update("delete from user_qualification where domain_id = :domain and user_id = :id", id("user", "anna"));
        update("update folder set quota = null where domain_id = :domain and id = :id", id("folder", "Customer / A"));
        update("update domain_option set quota = 1, version = version + 1 where domain_id = :domain and :id = :id", "");
        update(
                "update sub_device set ip = null, name = 'old' where domain_id = :domain and device_id = :id",
                id("device", "pump"));
        update("delete o from sub_device_service o where o.domain_id = :domain and o.port = 22 and :id = :id", "");
        assertThat(export(owner, format)).isNotEqualTo(exported);
        ImportView view = done(owner, format, exported);
        assertThat(export(owner, format)).isEqualTo(exported);
        assertThat(view.counts().moved()).isEqualTo(1);
        assertThat(view.counts().created())
                .as("entry, membership, contract, qualification")
                .isEqualTo(4);
        assertThat(changes(owner, view)).anySatisfy(change -> {
            assertThat(change.action()).isEqualTo("move");
            assertThat(change.kind()).isEqualTo("device");
            assertThat(change.path()).isEqualTo("/Customer \\/ A/=Plant/pump");
            assertThat(change.detail()).contains("account: 'x' → 'op'").contains("tags: '' → 'a b'");
        });
        assertThat(closure()).isEqualTo(closureByParents());
        assertThat(domain.get(Authorization.class)
                        .allows(sample.id, id("user", "anna"), Permission.SEE_RESOURCES, sample.root))
                .isFalse();
    }

    private static long lines(Format format, String exported) {
        return format == Format.CSV
                ? exported.split("\r\n(?=[a-z-]+,)", -1).length - 1
                : Arrays.stream(exported.split("\n", -1))
                        .filter(line -> line.startsWith("{\"kind\""))
                        .count();
    }

    private List<ImportChange> changes(Caller caller, ImportView view) throws RefusedException {
        return imports.changes(caller, view.id(), Cursor.first(200)).items();
    }

    private List<String> closure() {
        return domain.sql
                .in(sample.id)
                .statement("select concat(ancestor_id, ' ', descendant_id, ' ', depth) from folder_closure"
                        + " where domain_id = :domain order by 1")
                .list(row -> row.text(1));
    }

    private List<String> closureByParents() {
        return domain.sql
                .in(sample.id)
                .statement(
                        """
                        with recursive up (ancestor_id, descendant_id, depth) as (
                          select id, id, 0 from resource where domain_id = :domain and kind = 'folder'
                          union all
                          select r.parent_id, u.descendant_id, u.depth + 1 from up u join resource r on r.id = u.ancestor_id
                          where r.parent_id is not null
                        ) select concat(ancestor_id, ' ', descendant_id, ' ', depth) from up order by 1""")
                .list(row -> row.text(1));
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void anotherDomainBecomesTheSameButForDevices(Format format) throws RefusedException {
        fill();
        Sample empty = new Sample(domain);
        Caller there = empty.owner();
        String exported = export(owner, format);
        ImportView view = run(there, new ImportRequest(format, false, true), exported);
        assertThat(view.problems()).isEmpty();
        assertThat(view.counts().skipped())
                .as("two devices, what is behind one, and the entry on it")
                .isEqualTo(4);
        assertThat(comparable(export(there, Format.CSV))).isEqualTo(comparable(export(owner, Format.CSV)));
        assertThat(run(there, new ImportRequest(format, false, true), exported).counts())
                .as("nothing to do the second time")
                .isEqualTo(new ImportView.Counts(0, 0, 0, 0, lines(format, exported) - 4, 4));
        assertThat(pending(empty)).containsExactly("anna", "bert");
    }

    private List<String> pending(Sample of) {
        return domain.sql
                .in(of.id)
                .statement("select pending_name from user_ref where domain_id = :domain and subject is null order by 1")
                .list(row -> row.text(1));
    }

    /** Without ids, devices, and the names of groups that are ids. */
    private static Set<String> comparable(String csv) {
        return Arrays.stream(csv.split("\r\n(?=[a-z-]+,)", -1))
                .filter(line -> !line.startsWith("device") && !line.contains("device:"))
                .map(line -> line.replaceFirst("^([a-z]+),,[0-9a-f-]{36},", "$1,,,"))
                .collect(Collectors.toSet());
    }

    @Test
    void dryRunListsEveryChangeAndMakesNone() throws RefusedException {
        String before = export(owner, Format.CSV);
        ImportView view = run(
                owner,
                new ImportRequest(Format.CSV, true, false),
                "kind,path,description\nfolder,/A,first\nfolder,/A/B,\nfolder,/A/B/C,\n");
        assertThat(view.state()).isEqualTo("done");
        assertThat(view.counts()).isEqualTo(new ImportView.Counts(3, 0, 0, 0, 0, 0));
        assertThat(changes(owner, view)).extracting(ImportChange::path).containsExactly("/A", "/A/B", "/A/B/C");
        assertThat(changes(owner, view).get(0).line()).isEqualTo(2);
        assertThat(export(owner, Format.CSV)).isEqualTo(before);
        assertThat(audited("directory.import")).isEmpty();
    }

    private List<String> audited(String code) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(outcome, ' ', coalesce(detail, changes, '')) from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = :code order by id")
                .set("code", code)
                .list(row -> row.text(1));
    }

    @Test
    void everyChangeIsAuditedWithItsValuesAndTheImportItself() throws RefusedException {
        csv(owner, "kind,path,description", "folder,/A,first");
        assertThat(audited("folder.create")).singleElement().satisfies(text -> assertThat(text)
                .startsWith("success ")
                .contains("\"description\":{\"before\":null,\"after\":\"first\"}"));
        assertThat(audited("directory.import"))
                .containsExactly("success 1 created, 0 updated, 0 moved, 0 deleted, 0 unchanged, 0 skipped");
        assertThat(domain.live)
                .filteredOn(LiveEvent.ImportChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.ImportChanged) event).state())
                .containsExactly("running", "running", "done");
    }

    @Test
    void oneBadLineKeepsAllOthersFromBeingDone() throws RefusedException {
        String before = export(owner, Format.CSV);
        ImportView view = csv(owner, "kind,path,quota", "folder,/A,", "folder,/B,many", "folder,/A/B/C,", "folder,/A,");
        assertThat(view.state()).isEqualTo("failed");
        assertThat(view.problems())
                .containsExactlyInAnyOrder(
                        new ImportProblem(3, "quota", "This is not a whole number."),
                        new ImportProblem(4, "path", "There is no folder '/A/B', or more than one."),
                        new ImportProblem(5, "path", "An earlier line is about the same."));
        assertThat(export(owner, Format.CSV)).isEqualTo(before);
        assertThat(audited("directory.import")).singleElement().satisfies(text -> assertThat(text)
                .startsWith("failed "));
    }

    @Test
    void foldersMayChangePlaces() throws RefusedException {
        String a = folder(sample.root, "A");
        String b = folder(a, "B");
        String c = folder(b, "C");
        ImportView view =
                csv(owner, "kind,id,path", "folder," + b + ",/A", "folder," + a + ",/A/B", "folder," + c + ",/A/B/C");
        assertThat(view.problems()).isEmpty();
        assertThat(view.counts()).isEqualTo(new ImportView.Counts(0, 0, 3, 0, 0, 0));
        assertThat(closure()).isEqualTo(closureByParents());
        assertThat(export(owner, Format.CSV)).contains("folder,,%s,/A,".formatted(b));
    }

    @Test
    void folderCannotBeInItself() throws RefusedException {
        String a = folder(sample.root, "A");
        folder(a, "B");
        assertThat(csv(owner, "kind,id,path", "folder," + a + ",/A/B/A").problems())
                .hasSize(1);
    }

    @Test
    void groupsHaveNoCycles() throws RefusedException {
        ImportView view = csv(
                owner,
                "kind,path,group,member",
                "group,/One,,",
                "group,/Two,,",
                "member,,group:/One,group:/Two",
                "member,,group:/Two,group:/One");
        assertThat(view.problems())
                .containsExactly(new ImportProblem(
                        5, "member", "A group cannot be a member of itself, through other groups neither."));
    }

    @Test
    void unknownDeviceIsAProblemUnlessItIsToBeLeftOut() throws RefusedException {
        String text = "kind,id,path\ndevice,01900000-0000-7000-8000-000000000000,/pump";
        assertThat(run(owner, new ImportRequest(Format.CSV, false, false), text).problems())
                .containsExactly(new ImportProblem(
                        2, "id", "There is no such device. A device comes with its keys: enrol it, then import."));
        ImportView view = run(owner, new ImportRequest(Format.CSV, false, true), text);
        assertThat(view.counts().skipped()).isEqualTo(1);
    }

    @Test
    void deviceOfAnotherDomainIsAnUnknownOne() throws RefusedException {
        Sample other = new Sample(domain);
        String stranger = other.device(other.root, "stranger");
        assertThat(csv(owner, "kind,id,path", "device," + stranger + ",/mine").problems())
                .extracting(ImportProblem::column)
                .containsExactly("id");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder,/below/new,,,,,,          | manage-folders",
                "device,,ID,root,,,,              | configure-devices",
                "contract,/below,,,C-1,,,         | manage-permissions",
                "group,/below/team,,,,,,          | manage-users"
            })
    void everyLineNeedsWhatTheSingleChangeNeeds(String line, String permission) throws RefusedException {
        String below = folder(sample.root, "below");
        String device = sample.device(below, "pump");
        Caller user = sample.user("u");
        sample.entry(below, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(below, user.userId(), Permission.SEE_USERS, Effect.ALLOW);
        String[] text = {"kind,path,id,account,reference,group,member,name", line.replace("ID", device)};
        assertThat(csv(user, text).problems()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .isEqualTo("You do not have the permission '%s' for this.".formatted(permission)));
        sample.entry(below, user.userId(), Permission.ofCode(permission).orElseThrow(), Effect.ALLOW);
        assertThat(csv(user, text).state()).isEqualTo("done");
    }

    @Test
    void importGivesNobodyWhatTheImporterMayNotPassOn() throws RefusedException {
        Caller admin = sample.user("admin");
        Caller friend = sample.user("friend");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES,
                Permission.SEE_USERS,
                Permission.MANAGE_USERS,
                Permission.MANAGE_PERMISSIONS,
                Permission.TERMINAL)) {
            sample.entry(sample.root, admin.userId(), permission, Effect.ALLOW);
        }
        delegable(sample, admin, Permission.VIEW_DESKTOP);
        String strong = sample.group();
        sample.entry(sample.root, strong, Permission.POWER, Effect.ALLOW);
        String head = "kind,resource,principal,permission,effect,group,member,path";
        for (String permission : List.of("terminal", "power")) {
            assertThat(csv(admin, head, "entry,folder:/,user:friend," + permission + ",allow,,,")
                            .problems())
                    .containsExactly(new ImportProblem(2, "permission", NOT_YOURS));
        }
        assertThat(csv(admin, head, "member,,,,,group:/" + strong + ",user:friend,")
                        .problems())
                .extracting(ImportProblem::reason)
                .containsExactly("This membership would give 'power', which you may not pass on where it is given.");
        assertThat(csv(
                                admin,
                                head,
                                "group,,,,,,,/new",
                                "entry,folder:/,group:/new,view-desktop,allow,,,",
                                "member,,,,,group:/new,user:friend,")
                        .state())
                .isEqualTo("done");
        assertThat(domain.get(Authorization.class).allows(friend, Permission.VIEW_DESKTOP, sample.root))
                .isTrue();
        assertThat(domain.get(Authorization.class).allows(friend, Permission.TERMINAL, sample.root))
                .isFalse();
    }

    @Test
    void fileCannotGiveItsImporterTheRightToGoOn() throws RefusedException {
        Caller admin = sample.user("admin");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.MANAGE_PERMISSIONS)) {
            delegable(sample, admin, permission);
        }
        ImportView view = csv(
                admin,
                "kind,resource,principal,permission,effect,path",
                "entry,folder:/,user:admin,manage-folders,allow,",
                "folder,,,,,/new");
        assertThat(view.problems()).hasSize(2);
    }

    @Test
    void whatIsNotSeenIsNotThereForALine() throws RefusedException {
        String hidden = folder(sample.root, "hidden");
        String shown = folder(sample.root, "shown");
        Caller user = sample.user("u");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS, Permission.MANAGE_PERMISSIONS)) {
            sample.entry(shown, user.userId(), permission, Effect.ALLOW);
        }
        assertThat(export(user, Format.CSV))
                .contains("/shown")
                .doesNotContain("hidden")
                .doesNotContain("owner");
        assertThat(csv(user, "kind,id,path", "folder," + hidden + ",/hidden", "folder,,/hidden/x")
                        .problems())
                .extracting(ImportProblem::line)
                .containsExactlyInAnyOrder(2L, 3L);
        assertThat(csv(user, "kind,id,path,description", "folder,,/shown,mine", "folder,,/shown/x,")
                        .state())
                .isEqualTo("done");
        assertThat(closure()).isEqualTo(closureByParents());
    }

    @Test
    void lastOwnerStays() throws RefusedException {
        String owners = sample.group(owner.userId());
        update("update user_group set built_in = true where domain_id = :domain and id = :id", owners);
        update("update resource set name = 'Owners' where domain_id = :domain and id = :id", owners);
        ImportView view = csv(owner, "kind,action,group,member", "member,delete,group:/Owners,user:owner");
        assertThat(view.problems()).containsExactly(new ImportProblem(0, "", NO_OWNER));
        assertThat(export(owner, Format.CSV)).contains("group:/Owners,user:owner");
        assertThat(run(
                                owner,
                                new ImportRequest(Format.CSV, true, false),
                                "kind,action,group,member\nmember,delete,group:/Owners,user:owner")
                        .problems())
                .as("a dry run knows")
                .containsExactly(new ImportProblem(0, "", NO_OWNER));
    }

    @Test
    void movesNeedWhatTheyGive() throws RefusedException {
        String from = folder(sample.root, "from");
        String into = folder(sample.root, "into");
        String device = sample.device(from, "pump");
        Caller admin = sample.user("admin");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES,
                Permission.SEE_USERS,
                Permission.MANAGE_PERMISSIONS,
                Permission.MANAGE_FOLDERS,
                Permission.INSTALL_DEVICES,
                Permission.CONFIGURE_DEVICES)) {
            domain.transactions.run(() -> sample.delegable(sample.root, admin.userId(), permission));
        }
        domain.transactions.run(() -> sample.delegable(into, admin.userId(), Permission.TERMINAL));
        ImportProblem missing =
                new ImportProblem(2, "path", "By this somebody may gain 'terminal', which you may not pass on here.");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/into/pump")
                        .problems())
                .containsExactly(missing);
        String other = folder(sample.root, "other");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/other/pump")
                        .state())
                .isEqualTo("done");
        assertThat(csv(
                                admin,
                                "kind,id,path,resource,principal,permission,effect",
                                "folder," + other + ",/into/other,,,,")
                        .problems())
                .as("with a folder that is moved")
                .containsExactly(missing);
        assertThat(csv(
                                admin,
                                "kind,id,path,resource,principal,permission,effect",
                                "device," + device + ",/into/new/pump,,,,",
                                "folder,,/into/new,,,,",
                                "entry,,,folder:/into/new,user:admin,terminal,allow")
                        .problems())
                .as("with an entry of the same file")
                .containsExactly(missing);
        assertThat(domain.get(Authorization.class).allows(admin, Permission.TERMINAL, device))
                .isFalse();
    }

    @Test
    void joiningInheritanceGivesNobodyWhatTheImporterMayNotPassOn() throws RefusedException {
        String device = sample.device(sample.root, "pump");
        Caller admin = sample.user("admin");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS)) {
            domain.transactions.run(() -> sample.delegable(sample.root, admin.userId(), permission));
            domain.transactions.run(() -> sample.delegable(device, admin.userId(), permission));
        }
        domain.transactions.run(() -> sample.inherit(device, false));
        assertThat(csv(admin, "kind,id,inherit", "device," + device + ",true").problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.reason())
                        .startsWith("By this somebody may gain '")
                        .endsWith("', which you may not pass on here."));
        assertThat(csv(owner, "kind,id,inherit", "device," + device + ",true").problems())
                .as("the owner does not even see it: it inherits nothing")
                .extracting(ImportProblem::column)
                .containsExactly("id");
    }

    @Test
    void deviceDoesNotLeaveAContractThatTheImporterMayNotLift() throws RefusedException {
        String bound = folder(sample.root, "bound");
        String inner = folder(bound, "inner");
        folder(inner, "other");
        String device = sample.device(inner, "pump");
        domain.transactions.run(() -> domain.get(Contracts.class)
                .put(owner, bound, 0, new Contract("C-1", "", null, null, "", true, List.of())));
        Caller admin = sample.user("admin");
        folder(sample.root, "free");
        for (String where : List.of(inner, id("folder", "free"))) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(where, admin.userId(), permission));
            }
        }
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/inner/other/pump")
                        .state())
                .isEqualTo("done");
        assertThat(csv(admin, "kind,id,path", "device," + device + ",/free/pump")
                        .problems())
                .containsExactly(
                        new ImportProblem(
                                2,
                                "path",
                                "The contract that counts there now can only be left by who manages permissions where it is set."));
    }

    @Test
    void folderThatInheritsNothingKeepsAManager() throws RefusedException {
        String head = "kind,path,inherit,resource,principal,permission,effect,delegable";
        assertThat(csv(owner, head, "folder,/A,false,,,,,").problems())
                .containsExactly(new ImportProblem(
                        0,
                        "",
                        "After this nobody could manage permissions of '/A'. Give somebody that permission there."));
        assertThat(csv(
                                owner,
                                head,
                                "folder,/A,false,,,,,",
                                "entry,,,folder:/A,user:owner,manage-permissions,allow,true")
                        .state())
                .isEqualTo("done");
        assertThat(audited("permission.inheritance")).hasSize(1);
    }

    @Test
    void nameThatSomethingHiddenHasIsRefused() throws RefusedException {
        String hidden = folder(sample.root, "A");
        Caller user = sample.user("u");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS)) {
            sample.entry(sample.root, user.userId(), permission, Effect.ALLOW);
            sample.entry(hidden, user.userId(), permission, Effect.DENY);
        }
        assertThat(csv(user, "kind,path", "folder,/A").problems())
                .containsExactly(new ImportProblem(2, "path", "There is a folder of that name already."));
    }

    @Test
    void whatIsBehindADeviceIsAddedChangedAndDeleted() throws RefusedException {
        String device = sample.device(sample.root, "pump");
        String head = "kind,action,resource,name,mac,ip,services";
        String line = "sub-device,%s,device:" + device + ",plc,%s,%s,%s";
        assertThat(csv(owner, head, line.formatted("", "00-1B-44-11-3A-B7", "10.0.0.7", "ssh:22;http:80"))
                        .counts()
                        .created())
                .isEqualTo(1);
        assertThat(export(owner, Format.CSV)).contains("plc,").contains("00:1b:44:11:3a:b7,10.0.0.7,http:80;ssh:22");
        assertThat(csv(owner, head, line.formatted("", "", "10.0.0.8", "ssh:22"))
                        .counts()
                        .updated())
                .isEqualTo(1);
        for (String wrong : List.of("ftp:21", "ssh", "ssh:0", "ssh:70000")) {
            assertThat(csv(owner, head, line.formatted("", "", "", wrong)).problems())
                    .as(wrong)
                    .extracting(ImportProblem::column)
                    .containsExactly("services");
        }
        assertThat(csv(owner, head, line.formatted("", "", "10.0.0", "")).problems())
                .extracting(ImportProblem::column)
                .containsExactly("ip");
        assertThat(csv(owner, head, line.formatted("delete", "", "", ""))
                        .counts()
                        .deleted())
                .isEqualTo(1);
        assertThat(audited("sub-device.create")).hasSize(1);
        assertThat(audited("sub-device.update")).hasSize(1);
        assertThat(audited("sub-device.delete")).hasSize(1);
    }

    @Test
    void userWhoIsNotThereIsAwaitedOnceUnderEachName() throws RefusedException {
        assertThat(csv(owner, "kind,name", "user,Carla", "user,carla").problems())
                .containsExactly(new ImportProblem(3, "name", "A user of that name is awaited already."));
        assertThat(csv(
                                owner,
                                "kind,name,path,group,member",
                                "member,,,group:/Team,user:Carla",
                                "user,Carla,/,,",
                                "group,,/Team,,")
                        .state())
                .isEqualTo("done");
        assertThat(pending(sample)).containsExactly("carla");
        assertThat(audited("user.add")).hasSize(1);
    }

    @Test
    void idsOfAnotherDomainMeanNothing() throws RefusedException {
        Sample other = new Sample(domain);
        other.owner();
        String folder = other.folder(other.root, "theirs");
        String user = other.user("stranger").userId();
        String group = other.group();
        String before = theirs(other);
        assertThat(csv(owner, "kind,id,path", "folder," + folder + ",/mine", "group," + group + ",/ours")
                        .counts()
                        .created())
                .as("new ones, with ids of their own")
                .isEqualTo(2);
        assertThat(csv(
                                owner,
                                "kind,resource,principal,permission,effect,group,member",
                                "entry,folder:/,user:" + user + ",terminal,allow,,",
                                "member,,,,,group:/ours,user:" + user,
                                "entry,device:" + folder + ",user:owner,terminal,allow,,")
                        .problems())
                .extracting(ImportProblem::line)
                .containsExactlyInAnyOrder(2L, 3L, 4L);
        assertThat(theirs(other)).isEqualTo(before);
    }

    private String theirs(Sample other) {
        return String.join(
                "\n",
                domain.sql
                        .in(other.id)
                        .statement("select concat_ws(' ', id, parent_id, name, version) from resource"
                                + " where domain_id = :domain order by id")
                        .list(row -> row.text(1)));
    }

    @Test
    void jobIsItsUsersAloneOneAtATimeAndFailedAfterARestart() throws RefusedException {
        ImportView done = csv(owner, "kind,path", "folder,/A");
        Caller other = sample.owner();
        for (String id : List.of(done.id(), "nonsense")) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> imports.find(other, id))
                    .matches(e -> e.problem() == Problem.NOT_FOUND);
        }
        String id = running(owner);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> csv(owner, "kind,path", "folder,/B"))
                .matches(e -> e.problem() == Problem.CONFLICT);
        ImportRunner again = domain.restarted().get(ImportRunner.class);
        again.watch();
        assertThat(imports.find(owner, id).state())
                .as("another node may be at it")
                .isEqualTo("running");
        silence();
        again.watch();
        assertThat(imports.find(owner, id).state()).isEqualTo("failed");
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** A job that no node runs. */
    private String running(Caller caller) {
        String id = domain.ids.next();
        domain.transactions.run(
                () -> domain.get(ImportJobs.class).add(caller, id, new ImportRequest(Format.CSV, false, false)));
        return id;
    }

    private void silence() {
        domain.clock.advance(ImportJobs.SILENT.plusSeconds(1));
    }

    /** Nobody has to wait for the timer of another node. */
    @Test
    void domainImportsAgainAMinuteAfterItsNodeDied() throws RefusedException {
        String id = running(owner);
        domain.clock.advance(Duration.ofSeconds(61));
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
        assertThat(imports.find(owner, id).state()).isEqualTo("failed");
    }

    /** What the transaction of a keyed creation sees is older than its lock. */
    @Test
    void jobThatWasAddedSinceTheTransactionBeganIsSeen() throws IOException {
        Path file = Files.createTempFile(Path.of("target"), "import", "");
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("select count(*) from import_job where domain_id = :domain")
                    .number();
            CompletableFuture.runAsync(() -> running(owner)).join();
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> imports.start(owner, new ImportRequest(Format.CSV, false, false), file))
                    .matches(e -> e.problem() == Problem.CONFLICT);
        });
        Files.delete(file);
        silence();
        domain.get(ImportRunner.class).watch();
    }

    @Test
    void importsOfAllDomainsAreBounded() throws RefusedException {
        for (int i = 0; i < Imports.MAX_RUNNING; i++) {
            running(new Sample(domain).owner());
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> csv(owner, "kind,path", "folder,/B"))
                .matches(e -> e.problem() == Problem.TOO_MANY_REQUESTS);
        silence();
        domain.get(ImportRunner.class).watch();
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** The file is not what it was said to be, and the machine has no memory left. */
    @Test
    void errorEndsTheJobToo() throws RefusedException {
        domain.get(ImportRunner.class).options = new Options() {
            @Override
            public OptionsView read(Caller caller) {
                throw new OutOfMemoryError("of the test");
            }
        };
        ImportView view = csv(owner, "kind,path", "folder,/B");
        assertThat(view.state()).isEqualTo("failed");
        assertThat(view.problems())
                .containsExactly(new ImportProblem(0, "", "Something went wrong on the server. Nothing was changed."));
    }

    @Test
    void jobWhoseEndCouldNotBeStoredIsGivenUp() throws RefusedException {
        ImportRunner runner = domain.get(ImportRunner.class);
        ImportJobs jobs = runner.jobs;
        runner.jobs = new Jobs(jobs) {
            @Override
            public void failed(Caller caller, String id, List<ImportProblem> problems) {
                throw new IllegalStateException("the database is away");
            }
        };
        ImportView view = csv(owner, "kind", "nonsense");
        assertThat(view.state()).isEqualTo("running");
        runner.jobs = jobs;
        silence();
        runner.watch();
        assertThat(imports.find(owner, view.id()).state()).isEqualTo("failed");
    }

    /** Nothing of an import may stay that was told to have changed nothing. */
    @Test
    void importThatWasGivenUpMeanwhileChangesNothing() throws RefusedException {
        beforeWriting(() -> {
            silence();
            domain.get(ImportJobs.class).failSilent();
        });
        ImportView view = csv(owner, "kind,path", "folder,/B");
        assertThat(view.state()).isEqualTo("failed");
        assertThat(export(owner, Format.CSV)).doesNotContain("/B");
    }

    @Test
    void runningJobIsKeptAliveByItsNode() throws RefusedException {
        ImportRunner runner = domain.get(ImportRunner.class);
        beforeWriting(() -> {
            silence();
            runner.watch();
        });
        assertThat(csv(owner, "kind,path", "folder,/B").state()).isEqualTo("done");
    }

    /** Something that others do when the plan is made, and its transaction has read all that it needs. */
    private void beforeWriting(Runnable action) {
        ImportRunner runner = domain.get(ImportRunner.class);
        runner.jobs = new Jobs(runner.jobs) {
            @Override
            public void progress(Caller caller, String id, String phase, long done, long total) {
                if (phase.equals("writing")) {
                    CompletableFuture.runAsync(action).join();
                }
                super.progress(caller, id, phase, done, total);
            }
        };
    }

    /** With the parts of another. */
    private static class Jobs extends ImportJobs {
        Jobs(ImportJobs of) {
            sql = of.sql;
            clock = of.clock;
            live = of.live;
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "entry,device:DEVICE,user:owner,deny,terminal,,,",
                "sub-device,device:DEVICE,,,,,,plc",
                "member,,,,,group:/TEAM,user:owner,",
                "entry,group:/TEAM,user:owner,deny,see-users,,,"
            })
    void whatMovesAwayWhileAnImportIsPreparedIsNotChanged(String line) throws RefusedException {
        String device = TestAgent.enrolled(domain, owner, sample.root).uid();
        String team = sample.group();
        String away = folder(sample.root, "away");
        beforeWriting(() -> domain.transactions.run(() -> {
            try {
                domain.get(Directory.class).change(owner, device, 0, new DeviceChange(null, null, null, away, null));
                domain.get(Groups.class).change(owner, team, 0, null, null, away);
            } catch (RefusedException e) {
                throw new IllegalStateException(e);
            }
        }));
        assertThat(csv(
                                owner,
                                "kind,resource,principal,effect,permission,group,member,name",
                                line.replace("DEVICE", device).replace("TEAM", team))
                        .problems())
                .containsExactly(new ImportProblem(
                        0, "", "The directory was changed while the import was prepared. Start it again."));
    }

    @Test
    void whoMayNotManagePermissionsFindsNoEntryByTrying() throws RefusedException {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, user.userId(), Permission.SEE_USERS, Effect.ALLOW);
        for (String permission : List.of("see-users", "terminal")) {
            assertThat(csv(
                                    user,
                                    "kind,resource,principal,effect,permission",
                                    "entry,folder:/,user:u,allow," + permission)
                            .problems())
                    .containsExactly(
                            new ImportProblem(2, "", "You do not have the permission 'manage-permissions' for this."));
        }
    }

    @Test
    void whoMayNotManageUsersFindsNoAwaitedNameByTrying() throws RefusedException {
        csv(owner, "kind,name", "user,Carla");
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        for (String name : List.of("Carla", "Doris")) {
            assertThat(csv(user, "kind,name", "user," + name).problems())
                    .containsExactly(
                            new ImportProblem(2, "", "You do not have the permission 'manage-users' for this."));
        }
    }

    @Test
    void folderDoesNotLeaveAContractWithOneOfItsOwn() throws RefusedException {
        String bound = folder(sample.root, "bound");
        String inner = folder(bound, "inner");
        String free = folder(sample.root, "free");
        Contract contract = new Contract("C-1", "", null, null, "", true, List.of());
        domain.transactions.run(() -> domain.get(Contracts.class).put(owner, bound, 0, contract));
        domain.transactions.run(() -> domain.get(Contracts.class).put(owner, inner, 0, contract));
        Caller admin = sample.user("admin");
        for (String where : List.of(inner, free)) {
            for (Permission permission : Permission.values()) {
                domain.transactions.run(() -> sample.delegable(where, admin.userId(), permission));
            }
        }
        assertThat(csv(admin, "kind,id,path", "folder," + inner + ",/free/inner")
                        .problems())
                .extracting(ImportProblem::reason)
                .containsExactly(
                        "The contract that counts there now can only be left by who manages permissions where it is set.");
    }

    @Test
    void whoMayChangeNothingIsRefusedBeforeAFileIsTaken() throws RefusedException {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> imports.requireAnyRight(user))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        sample.entry(folder(sample.root, "A"), user.userId(), Permission.MANAGE_FOLDERS, Effect.ALLOW);
        imports.requireAnyRight(user);
    }

    @Test
    void fileOfAnImportThatIsTakenBackStaysItsOwners() throws IOException {
        Path file = Files.createTempFile(Path.of("target"), "import", "");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    imports.start(owner, new ImportRequest(Format.CSV, false, false), file);
                    throw new IllegalStateException("rolled back");
                }));
        assertThat(file).as("for another attempt").exists();
        Files.delete(file);
    }
}
