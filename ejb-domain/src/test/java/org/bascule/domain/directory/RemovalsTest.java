package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.access.AccessRequests;
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
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.token.ApiTokens;
import org.bascule.wire.ticket.Consent;
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

    /** What was set for a device, and what somebody waits for there. */
    @Test
    void ofSettingsAndOpenRequestsOfADevice() throws RefusedException {
        Instant until = domain.clock.instant().plus(Duration.ofHours(2)).truncatedTo(ChronoUnit.MILLIS);
        sample.entry(device, guest.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        domain.transactions.run(() -> domain.get(SessionPolicies.class)
                .put(owner, device, 1, new SessionPolicy(Optional.of(Consent.DEVICE), true, false, 45)));
        domain.transactions.run(() -> domain.get(FixedRelays.class).put(owner, device, 2, "r1"));
        domain.transactions.run(() -> domain.get(AccessRequests.class)
                .create(guest, device, Set.of(Permission.VPN, Permission.TERMINAL), "it leaks", until));
        assistance("taken");
        assistance("closed");
        domain.transactions.run(() -> directory.remove(owner, device, 3));
        assertThat(recorded("session-policy.set", device))
                .last()
                .isEqualTo("pump||{\"consent\":{\"before\":\"device\",\"after\":null},"
                        + "\"reasonRequired\":{\"before\":\"true\",\"after\":null},"
                        + "\"fullLog\":{\"before\":\"false\",\"after\":null},"
                        + "\"timeoutSeconds\":{\"before\":\"45\",\"after\":null}}");
        assertThat(recorded("relay.fix", device))
                .last()
                .isEqualTo("pump||{\"relay\":{\"before\":\"r1\",\"after\":null}}");
        assertThat(recorded("access-request.withdraw", device)).singleElement().satisfies(line -> assertThat(line)
                .startsWith("pump|request ")
                .endsWith(" of guest until " + until + ": terminal, vpn; it leaks|"
                        + "{\"state\":{\"before\":\"open\",\"after\":null},"
                        + "\"permissions\":{\"before\":\"terminal, vpn\",\"after\":null},"
                        + "\"reason\":{\"before\":\"it leaks\",\"after\":null},"
                        + "\"until\":{\"before\":\"" + until + "\",\"after\":null}}"));
        assertThat(recorded("assistance.close", device))
                .as("one was over")
                .containsExactly("pump|with the device|{\"state\":{\"before\":\"taken\",\"after\":null}}");
    }

    private void assistance(String state) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into assistance_request (id, domain_id, device_id, text, state, raised, received, expires)
                        values (uuid(), :domain, :device, 'help', :state, :now, :now, :now)""")
                .set("device", device)
                .set("state", state)
                .set("now", domain.clock.instant())
                .update();
    }

    /** One that counts elsewhere too stays, and so does one that counts nowhere any more. */
    @Test
    void ofFoldersOfApiTokens() throws RefusedException {
        String both = token(folder, sample.root);
        String one = token(folder);
        String other = token(sample.root);
        domain.transactions.run(() -> folders.delete(owner, folder, 0));
        assertThat(recorded("api-token.update", owner.userId()))
                .containsExactlyInAnyOrder(
                        "owner|token " + both + "|{\"folders\":{\"before\":\"/, /site\",\"after\":\"/\"},"
                                + "\"folderIds\":{\"before\":\"" + sample.root + "," + folder + "\",\"after\":\""
                                + sample.root + "\"}}",
                        "owner|token " + one + "|{\"folders\":{\"before\":\"/site\",\"after\":null},"
                                + "\"folderIds\":{\"before\":\"" + folder + "\",\"after\":null}}");
        domain.transactions.run(() -> domain.get(ApiTokens.class).revoke(owner, owner.userId(), other));
        assertThat(recorded("api-token.revoke", owner.userId())).singleElement().satisfies(line -> assertThat(line)
                .startsWith("owner|token " + other + "|{\"folders\":{\"before\":\"/\",\"after\":null},"
                        + "\"folderIds\":{\"before\":\"" + sample.root + "\",\"after\":null},"
                        + "\"name\":{\"before\":\"t\",\"after\":null},"));
    }

    private String token(String... places) throws RefusedException {
        return domain.transactions
                .inNew(() -> domain.get(ApiTokens.class)
                        .create(owner, "t", List.of("terminal"), List.of(places), Duration.ofDays(1)))
                .view()
                .id();
    }

    /** Who must have a second factor, and where somebody was signed in. */
    @Test
    void ofTheSignIn() throws RefusedException {
        for (String principal : List.of(guest.userId(), group)) {
            domain.sql
                    .in(sample.id)
                    .statement("insert into sign_in_principal (domain_id, principal_id) values (:domain, :principal)")
                    .set("principal", principal)
                    .update();
        }
        signIn("browser", 3_600);
        signIn("program", 0);
        String both = Stream.of(guest.userId(), group).sorted().collect(Collectors.joining(","));
        domain.transactions.run(() -> domain.get(Groups.class).delete(owner, group, 0));
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, guest.userId(), 0));
        assertThat(recorded("domain.sign-in", sample.id))
                .containsExactly(
                        sample.name + "||{\"secondFactor.principals\":{\"before\":\"" + both + "\",\"after\":\""
                                + guest.userId() + "\"}}",
                        sample.name + "||{\"secondFactor.principals\":{\"before\":\"" + guest.userId()
                                + "\",\"after\":\"\"}}");
        assertThat(recorded("sign-in.end", guest.userId()))
                .as("the other one was idle for too long")
                .containsExactly("guest|browser at 192.0.2.1|");
    }

    private void signIn(String client, int idleSeconds) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into sign_in (id, domain_id, user_id, client, address, since, last_used, idle_seconds, until)
                        values (uuid(), :domain, :user, :client, '192.0.2.1', :now, :now, :idle, '2099-01-01')""")
                .set("user", guest.userId())
                .set("client", client)
                .set("idle", idleSeconds)
                .set("now", domain.clock.instant())
                .update();
    }

    /** A folder may hold ten thousand devices. */
    @Test
    void ofManyThingsWithAsManyStatementsAsOfFew() {
        List<String> few = furnished(2);
        List<String> many = furnished(40);
        assertThat(statements(many)).isEqualTo(statements(few));
        assertThat(sample.audited("relay.fix")).hasSize(42);
    }

    private long statements(List<String> ids) {
        long before = domain.transactions.statements();
        domain.transactions.run(() -> domain.get(Removals.class).record(owner, ids, null));
        return domain.transactions.statements() - before;
    }

    /** Devices with something of everything that can be set there. */
    private List<String> furnished(int count) {
        List<String> devices = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String each = sample.device(folder, "device " + i);
            devices.add(each);
            sample.entry(each, guest.userId(), Permission.TERMINAL, Effect.ALLOW);
            for (String statement : List.of(
                    "insert into fixed_relay (resource_id, domain_id, relay) values (:device, :domain, 'r')",
                    "insert into session_policy (resource_id, domain_id, consent, reason_required, full_log, timeout_seconds) values (:device, :domain, 'never', false, true, 60)",
                    "insert into assistance_request (id, domain_id, device_id, text, state, raised, received, expires) values (uuid(), :domain, :device, 'help', 'open', utc_timestamp(3), utc_timestamp(3), utc_timestamp(3))",
                    "insert into access_request (id, domain_id, resource_id, user_id, permissions, reason, valid_until, created) select uuid(), :domain, :device, id, 'terminal', 'r', utc_timestamp(3), utc_timestamp(3) from user_ref where domain_id = :domain")) {
                domain.sql
                        .in(sample.id)
                        .statement(statement)
                        .set("device", each)
                        .update();
            }
        }
        return devices;
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
