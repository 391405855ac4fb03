package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.enrolment.TokenCreated;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever is deleted, the log says what it was and which permissions and memberships went with it. */
class RemovalsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Directory directory = domain.get(Directory.class);
    private final Folders folders = domain.get(Folders.class);
    private final String folder = sample.folder(sample.root, "site");
    private String device = "";
    private final Caller guest = sample.user("guest");
    private final String group = sample.group(guest.userId());

    @BeforeEach
    void prepare() throws RefusedException {
        String owners = sample.group(owner.userId());
        for (String statement : List.of(
                "update resource set name = 'Owners' where domain_id = :domain and id = :id",
                "update user_group set built_in = true where domain_id = :domain and id = :id")) {
            domain.sql.in(sample.id).statement(statement).set("id", owners).update();
        }
        device = TestAgent.enrolled(domain, owner, folder).uid();
        sample.entry(device, guest.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(device, group, Permission.VPN, Effect.DENY);
        domain.transactions.inNew(() ->
                directory.change(owner, device, 0, new DeviceChange("pump", null, "Main pump", null, List.of("wet"))));
    }

    /** What was recorded about a resource, as {@code code|detail|changes}, in its order. */
    private List<String> recorded(String code, String resource) {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select concat(coalesce(resource_name, ''), '|', coalesce(detail, ''), '|', coalesce(changes, ''))"
                                + " from bascule_audit.audit_event"
                                + " where domain_id = :domain and code = :code and resource_id = :resource order by id")
                .set("code", code)
                .set("resource", resource)
                .list(row -> row.text(1));
    }

    private void assertEntriesOfTheDeviceAreRecorded() {
        assertThat(recorded("permission.remove", device))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .startsWith("pump|user guest: allow terminal (entry ")
                                .contains("\"permission\":{\"before\":\"terminal\",\"after\":null}"),
                        line -> assertThat(line)
                                .contains("|group ", ": deny vpn (entry ")
                                .contains("\"effect\":{\"before\":\"deny\",\"after\":null}"));
    }

    private void assertDeviceIsRecorded(String detail) {
        assertThat(recorded("device.remove", device))
                .containsExactly("pump|" + detail + "|{\"name\":{\"before\":\"pump\",\"after\":null},"
                        + "\"description\":{\"before\":\"Main pump\",\"after\":null},"
                        + "\"tags\":{\"before\":\"wet\",\"after\":null},\"folder\":{\"before\":\"/site\",\"after\":null},"
                        + "\"folderId\":{\"before\":\"" + folder + "\",\"after\":null}}");
    }

    /** What is behind a device, what enrols into a folder and what is demanded there, and what a user is qualified for. */
    @Test
    void ofWhatTheForeignKeysTakeAlong() throws RefusedException {
        SubDevice panel = domain.transactions.inNew(() -> domain.get(SubDevices.class)
                .create(
                        owner,
                        device,
                        new SubDevice.Facts(
                                "panel",
                                "00:1b:44:11:3a:b7",
                                "192.0.2.20",
                                "Line 1",
                                List.of(
                                        new SubDevice.Service(SubDevice.Service.Kind.SSH, 22),
                                        new SubDevice.Service(SubDevice.Service.Kind.HTTP, 80)))));
        TokenCreated token = domain.transactions.inNew(
                () -> domain.get(Enrolments.class).create(owner, folder, Duration.ofDays(2), 5));
        domain.transactions.run(() -> domain.get(Contracts.class)
                .put(
                        owner,
                        folder,
                        0,
                        new Contract("C-7", "Service", null, null, "no copies", true, List.of("Electrician"))));
        domain.transactions.run(() -> domain.get(Qualifications.class)
                .put(owner, guest.userId(), 0, List.of(new Qualification("Welder", null))));
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, guest.userId(), 1));
        assertThat(recorded("user.qualifications", guest.userId()))
                .last()
                .isEqualTo("guest||{\"qualifications\":{\"before\":\"Welder\",\"after\":\"\"}}");
        domain.transactions.run(() -> folders.delete(owner, folder, 1));
        assertThat(recorded("sub-device.delete", device))
                .containsExactly("panel|sub-device " + panel.id() + "|{\"name\":{\"before\":\"panel\",\"after\":\"\"},"
                        + "\"mac\":{\"before\":\"00:1b:44:11:3a:b7\",\"after\":null},"
                        + "\"ip\":{\"before\":\"192.0.2.20\",\"after\":null},"
                        + "\"description\":{\"before\":\"Line 1\",\"after\":null},"
                        + "\"services\":{\"before\":\"http:80 ssh:22\",\"after\":\"\"}}");
        assertThat(recorded("enrolment-token.delete", folder))
                .as("and the one that the device was enrolled with")
                .hasSize(2)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("site|token " + token.view().id()
                                + "|{\"uses\":{\"before\":\"5\",\"after\":null},"
                                + "\"used\":{\"before\":\"0\",\"after\":null},"));
        assertThat(recorded("contract.remove", folder))
                .containsExactly("site||{\"reference\":{\"before\":\"C-7\",\"after\":null},"
                        + "\"purpose\":{\"before\":\"Service\",\"after\":\"\"},"
                        + "\"terms\":{\"before\":\"no copies\",\"after\":\"\"},"
                        + "\"required\":{\"before\":\"true\",\"after\":\"false\"},"
                        + "\"qualifications\":{\"before\":\"Electrician\",\"after\":\"\"}}");
    }

    @Test
    void ofADevice() throws RefusedException {
        domain.transactions.run(() -> directory.remove(owner, device, 1));
        assertEntriesOfTheDeviceAreRecorded();
        assertDeviceIsRecorded("");
    }

    @Test
    void ofManyDevices() throws RefusedException {
        BulkChange change = BulkChange.checked(
                List.of(new BulkChange.Item(device, 1)), BulkChange.Action.REMOVE, null, List.of(), null);
        domain.transactions.inNew(() -> domain.get(BulkChanges.class).change(owner, change));
        assertEntriesOfTheDeviceAreRecorded();
        assertDeviceIsRecorded("");
    }

    @Test
    void ofAFolderWithWhatIsInIt() throws RefusedException {
        sample.entry(folder, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        domain.transactions.run(() -> folders.delete(owner, folder, 0));
        assertEntriesOfTheDeviceAreRecorded();
        assertDeviceIsRecorded("with the folder 'site'");
        assertThat(recorded("permission.remove", folder)).hasSize(1);
        assertThat(recorded("folder.delete", folder))
                .containsExactly("site|with the folder 'site'|{\"name\":{\"before\":\"site\",\"after\":null},"
                        + "\"parent\":{\"before\":\"/\",\"after\":null},"
                        + "\"parentId\":{\"before\":\"" + sample.root + "\",\"after\":null}}");
    }

    @Test
    void ofAUser() throws RefusedException {
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, guest.userId(), 0));
        assertThat(recorded("permission.remove", device)).singleElement().satisfies(line -> assertThat(line)
                .startsWith("pump|user guest: allow terminal (entry "));
        assertThat(recorded("group.remove-member", group))
                .containsExactly(group + "|user 'guest'|{\"member\":{\"before\":\"user " + guest.userId()
                        + " 'guest'\",\"after\":null}}");
        assertThat(recorded("user.delete", guest.userId()))
                .containsExactly(
                        "guest||{\"name\":{\"before\":\"guest\",\"after\":null},\"folder\":{\"before\":\"/\",\"after\":null},\"folderId\":{\"before\":\""
                                + sample.root + "\",\"after\":null}}");
    }

    @Test
    void ofAGroup() throws RefusedException {
        String outer = sample.group(group);
        domain.transactions.run(() -> domain.get(Groups.class).delete(owner, group, 0));
        assertThat(recorded("permission.remove", device)).hasSize(1);
        assertThat(recorded("group.remove-member", group)).hasSize(1);
        assertThat(recorded("group.remove-member", outer)).hasSize(1);
        assertThat(recorded("group.delete", group)).singleElement().satisfies(line -> assertThat(line)
                .contains("\"folderId\":{\"before\":\"" + sample.root + "\""));
    }
}
