package org.bascule.domain.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.testing.Sample;
import org.bascule.wire.ticket.Consent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an import does to a directory. */
class ImportTest extends Importing {

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
        update(
                "update device set assist_enabled = true, assist_until = '2001-02-03 04:05:06.789' where domain_id = :domain and id = :id",
                pump);
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
        policies(plant, pump, customer, anna.userId());
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

    private void policies(String plant, String pump, String customer, String anna) throws RefusedException {
        SessionPolicies policies = domain.get(SessionPolicies.class);
        FixedRelays relays = domain.get(FixedRelays.class);
        domain.transactions.run(() -> {
            policies.put(
                    owner,
                    plant,
                    policies.read(owner, plant).revision(),
                    new SessionPolicy(Optional.of(Consent.DEVICE), true, false, 30));
            policies.put(
                    owner,
                    pump,
                    policies.read(owner, pump).revision(),
                    new SessionPolicy(Optional.of(Consent.APPROVER), false, true, 60));
            for (String id : List.of(customer, pump, anna)) {
                relays.put(owner, id, relays.read(owner, id).revision(), id.equals(pump) ? "r2" : "r1");
            }
        });
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
                "update device set tags = '', account = 'x', assist_enabled = false, assist_until = null where domain_id = :domain and id = :id",
                id("device", "pump"));
        update("delete from device_tag where domain_id = :domain and device_id = :id", id("device", "pump"));
        update("delete from acl_entry where domain_id = :domain and principal_id = :id", id("user", "anna"));
        update("delete from group_member where domain_id = :domain and member_id = :id", id("user", "anna"));
        update("delete from contract where domain_id = :domain and folder_id = :id", id("folder", "Customer / A"));
        update("delete from user_qualification where domain_id = :domain and user_id = :id", id("user", "anna"));
        update("update folder set quota = null where domain_id = :domain and id = :id", id("folder", "Customer / A"));
        update("delete from session_policy where domain_id = :domain and :id = :id", "");
        update("update fixed_relay set relay = 'r2' where domain_id = :domain and :id = :id", "");
        update("delete from fixed_relay where domain_id = :domain and resource_id = :id", id("user", "anna"));
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
                .as("entry, membership, contract, qualification, two session policies, fixed relay")
                .isEqualTo(7);
        assertThat(changes(owner, view)).anySatisfy(change -> {
            assertThat(change.action()).isEqualTo("move");
            assertThat(change.kind()).isEqualTo("device");
            assertThat(change.path()).isEqualTo("/Customer \\/ A/=Plant/pump");
            assertThat(change.detail())
                    .contains("account: 'x' → 'op'")
                    .contains("tags: '' → 'a b'")
                    .contains("assistance: 'false' → 'true'");
        });
        assertThat(closure()).isEqualTo(closureByParents());
        assertThat(domain.get(Authorization.class)
                        .allows(sample.id, id("user", "anna"), Credential.NONE, Permission.SEE_RESOURCES, sample.root))
                .isFalse();
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
                .as("two devices, what is behind one, and its policy, relay and entry")
                .isEqualTo(6);
        assertThat(domain.get(SessionPolicies.class)
                        .of(empty.id, id(empty, "folder", "=Plant"))
                        .consent())
                .as("what the domain asks for is asked for there too")
                .contains(Consent.DEVICE);
        assertThat(comparable(export(there, Format.CSV))).isEqualTo(comparable(export(owner, Format.CSV)));
        assertThat(run(there, new ImportRequest(format, false, true), exported).counts())
                .as("nothing to do the second time")
                .isEqualTo(new ImportView.Counts(0, 0, 0, 0, lines(format, exported) - 6, 6));
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

    /** Nothing else an import does moves something: what is behind a device stays behind it. */
    @ParameterizedTest
    @CsvSource({
        "folder, parent, /New place/thing",
        "group, folder, /New place/thing",
        "user, folder, /New place",
        "device, folder, /New place/thing"
    })
    void everyMoveIsAuditedWithThePlaceBeforeAndAfter(String kind, String field, String path) throws RefusedException {
        String customer = folder(sample.root, "Customer");
        String from = folder(customer, "Old place");
        String to = folder(sample.root, "New place");
        String thing =
                switch (kind) {
                    case "folder" -> folder(from, "thing");
                    case "group" -> sample.group();
                    case "user" -> sample.user("thing").userId();
                    default -> sample.device(from, "thing");
                };
        update("update resource set name = 'thing' where domain_id = :domain and id = :id", thing);
        sample.put(thing, from);
        ImportView view = csv(owner, "kind,id,path", kind + "," + thing + "," + path);
        assertThat(view.problems()).isEmpty();
        assertThat(view.counts()).isEqualTo(new ImportView.Counts(0, 0, 1, 0, 0, 0));
        assertThat(changes(owner, view)).singleElement().satisfies(change -> {
            assertThat(change.action()).isEqualTo("move");
            assertThat(change.detail()).isEqualTo(field + ": '/Customer/Old place' → '/New place'");
        });
        assertThat(audited(kind + ".move"))
                .containsExactly(
                        "success {\"%s\":{\"before\":\"/Customer/Old place\",\"after\":\"/New place\"},\"%sId\":{\"before\":\"%s\",\"after\":\"%s\"}}"
                                .formatted(field, field, from, to));
        assertThat(audited(kind + ".update")).isEmpty();
        assertThat(audited("directory.import"))
                .containsExactly("success 0 created, 0 updated, 1 moved, 0 deleted, 0 unchanged, 0 skipped");
        assertThat(closure()).isEqualTo(closureByParents());
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
    void whetherHelpMayBeAskedForAndHowLong() throws RefusedException {
        String device = sample.device(sample.root, "pump");
        String head = "kind,id,assistance,assistanceUntil";
        String line = "device," + device + ",%s,%s";
        String until = "2999-02-03T04:05:06.789Z";
        ImportView dry =
                run(owner, new ImportRequest(Format.CSV, true, false), head + "\n" + line.formatted("true", until));
        assertThat(changes(owner, dry))
                .singleElement()
                .extracting(ImportChange::detail)
                .isEqualTo("assistance: 'false' → 'true', assistanceUntil: '' → '" + until + "'");
        assertThat(export(owner, Format.CSV)).doesNotContain(until);
        assertThat(csv(owner, head, line.formatted("true", until)).problems()).isEmpty();
        assertThat(audited("device.update"))
                .containsExactly("success {\"assistance\":{\"before\":\"false\",\"after\":\"true\"},"
                        + "\"assistanceUntil\":{\"before\":null,\"after\":\"" + until + "\"}}");
        assertThat(export(owner, Format.CSV)).contains("true," + until);
        assertThat(export(owner, Format.JSON))
                .contains("\"assistance\":true")
                .contains("\"assistanceUntil\":\"" + until + "\"");
        assertThat(csv(owner, "kind,id,account", "device," + device + ",op").problems())
                .isEmpty();
        assertThat(export(owner, Format.CSV)).as("a missing column").containsPattern(",op,.*,true," + until);
        for (String wrong : List.of("tomorrow", "+999999999-01-01T00:00:00Z")) {
            assertThat(csv(owner, head, line.formatted("true", wrong)).problems())
                    .as(wrong)
                    .extracting(ImportProblem::column)
                    .containsExactly("assistanceUntil");
        }
        assertThat(csv(owner, head, line.formatted("maybe", until)).problems())
                .extracting(ImportProblem::column)
                .containsExactly("assistance");
        assertThat(csv(owner, head, line.formatted("true", "")).problems()).isEmpty();
        assertThat(export(owner, Format.CSV))
                .as("without an end")
                .containsPattern(",op,.*,true,,")
                .doesNotContain(until);
        assertThat(csv(owner, head, line.formatted("false", until)).problems()).isEmpty();
        assertThat(export(owner, Format.CSV))
                .as("off has no end")
                .containsPattern(",op,.*,false,,")
                .doesNotContain(until);
        assertThat(csv(owner, head, line.formatted("false", until)).counts().unchanged())
                .isEqualTo(1);
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
}
