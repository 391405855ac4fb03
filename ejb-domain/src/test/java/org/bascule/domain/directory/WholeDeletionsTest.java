package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.PrincipalDeletions;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** What is told before folders, users and groups are deleted is what goes with them, row by row, and no more than the caller could list. */
class WholeDeletionsTest {

    /** What is counted, and the rows that it counts. */
    private static final Map<String, String> ROWS = rows();

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final FolderDeletions folderDeletions = domain.get(FolderDeletions.class);
    private final PrincipalDeletions principalDeletions = domain.get(PrincipalDeletions.class);
    private final String hall = sample.folder(sample.root, "hall");
    private final Caller ann = sample.user("ann");
    private final Caller bob = sample.user("bob");
    private final String crew = sample.group(ann.userId(), bob.userId());
    private final String outside = sample.device(sample.root, "outside");

    private static Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("folders", "folder");
        rows.put("devices", "device");
        rows.put("subDevices", "sub_device");
        rows.put("users", "user_ref");
        rows.put("groups", "user_group");
        rows.put("entries", "acl_entry");
        rows.put("tokens", "enrolment_token");
        rows.put("accessRequests", "access_request where state = 'open'");
        rows.put("assistance", "assistance_request where state in ('open', 'taken')");
        rows.put("policies", "session_policy");
        rows.put("relays", "fixed_relay");
        rows.put("contracts", "contract");
        rows.put("apiTokens", "api_token");
        rows.put("tokenFolders", "api_token_folder");
        rows.put("partnerFolders", "identity_provider_folder");
        rows.put("memberships", "group_member");
        rows.put("qualifications", "user_qualification");
        rows.put("signIns", "sign_in where ended is null");
        rows.put("chosen", "sign_in_principal");
        rows.put("mappings", "identity_provider_group");
        return rows;
    }

    private Map<String, Long> stored() {
        Map<String, Long> counted = new LinkedHashMap<>();
        ROWS.forEach((name, rows) -> counted.put(
                name,
                domain.sql
                        .in(sample.id)
                        .statement("select count(*) from " + rows + (rows.contains(" where ") ? " and" : " where")
                                + " domain_id = :domain")
                        .number()));
        return counted;
    }

    private Map<String, Long> gone(Map<String, Long> before) {
        Map<String, Long> after = stored();
        Map<String, Long> gone = new LinkedHashMap<>();
        before.forEach((name, number) -> gone.put(name, number - after.getOrDefault(name, 0L)));
        return gone;
    }

    private void execute(String statement) {
        domain.sql.in(sample.id).statement(statement).update();
    }

    private void accessRequest(String resource, String user) {
        execute(
                "insert into access_request (id, domain_id, resource_id, user_id, permissions, reason, valid_until, created) values (uuid(), :domain, '"
                        + resource + "', '" + user + "', 'terminal', 'r', utc_timestamp(3), utc_timestamp(3))");
    }

    private void relay(String resource) {
        execute("insert into fixed_relay (resource_id, domain_id, relay) values ('" + resource + "', :domain, 'r')");
    }

    private void session(String device, String user) {
        execute(
                "insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state, created, client_address) values (replace(uuid(), '-', ''), :domain, '"
                        + device + "', 'd', '" + user
                        + "', 'u', 'terminal', '', 'running', utc_timestamp(3), '192.0.2.1')");
    }

    private void apiToken(String user, String folder) {
        String token = domain.ids.next();
        execute(
                "insert into api_token (id, domain_id, user_id, name, secret_hash, permissions, created, expires) values ('"
                        + token + "', :domain, '" + user + "', 't', unhex(sha2('" + token
                        + "', 256)), 'terminal', '2026-01-01', '2099-01-01')");
        execute("insert into api_token_folder (token_id, folder_id, domain_id) values ('" + token + "', '" + folder
                + "', :domain)");
    }

    /** Something of everything that people have, in the folder or not. */
    private void people() {
        String provider = domain.ids.next();
        sample.member(sample.group(), crew);
        sample.entry(outside, ann.userId(), Permission.VPN, Effect.ALLOW);
        sample.entry(outside, crew, Permission.TERMINAL, Effect.ALLOW);
        sample.entry(ann.userId(), owner.userId(), Permission.SEE_USERS, Effect.ALLOW);
        execute("insert into user_qualification (user_id, domain_id, name) values ('" + ann.userId()
                + "', :domain, 'High voltage')");
        apiToken(ann.userId(), sample.root);
        accessRequest(outside, ann.userId());
        relay(ann.userId());
        session(outside, ann.userId());
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into sign_in (id, domain_id, user_id, client, address, since, last_used, idle_seconds, until)
                        values (uuid(), :domain, :user, 'browser', '192.0.2.1', :now, :now, 3600, '2099-01-01')""")
                .set("user", ann.userId())
                .set("now", domain.clock.instant())
                .update();
        for (String principal : List.of(ann.userId(), crew)) {
            execute("insert into sign_in_principal (domain_id, principal_id) values (:domain, '" + principal + "')");
        }
        execute(
                "insert into identity_provider (id, domain_id, kind, name, enabled, settings, facts, partner, created) values ('"
                        + provider + "', :domain, 'oidc', 'p', true, '{}', '{}', false, '2026-01-01')");
        execute("insert into identity_provider_group (domain_id, provider_id, theirs, group_id) values (:domain, '"
                + provider + "', 'x', '" + crew + "')");
        execute("insert into identity_provider_folder (domain_id, provider_id, folder_id) values (:domain, '" + provider
                + "', '" + hall + "')");
    }

    @Test
    void withAFolderGoesAllThatWasTold() throws RefusedException {
        people();
        sample.put(ann.userId(), hall);
        sample.put(crew, hall);
        String below = sample.folder(hall, "below");
        String device = TestAgent.enrolled(domain, owner, below).uid();
        domain.transactions.inNew(() -> domain.get(SubDevices.class)
                .create(owner, device, new SubDevice.Facts("plc", null, null, null, List.of())));
        sample.entry(below, bob.userId(), Permission.VPN, Effect.ALLOW);
        accessRequest(device, bob.userId());
        execute(
                "insert into assistance_request (id, domain_id, device_id, text, state, raised, received, expires) values (uuid(), :domain, '"
                        + device + "', 'help', 'open', utc_timestamp(3), utc_timestamp(3), utc_timestamp(3))");
        for (String resource : List.of(hall, device)) {
            relay(resource);
            execute(
                    "insert into session_policy (resource_id, domain_id, consent, reason_required, full_log, timeout_seconds) values ('"
                            + resource + "', :domain, 'never', false, true, 60)");
        }
        execute("insert into contract (folder_id, domain_id, reference) values ('" + below + "', :domain, 'C-1')");
        apiToken(bob.userId(), below);
        session(device, bob.userId());

        owners();
        FolderDeletion told = folderDeletions.of(owner, hall);
        PrincipalDeletion people = told.people();
        Map<String, Long> before = stored();
        domain.transactions.run(() -> domain.get(Folders.class).delete(owner, hall, 0));
        Map<String, Long> gone = gone(before);

        assertThat(gone)
                .allSatisfy((name, number) -> assertThat(number).as(name).isPositive());
        assertThat(told.folders()).isEqualTo(gone.get("folders"));
        assertThat(told.devices()).isEqualTo(gone.get("devices"));
        assertThat(told.subDevices()).isEqualTo(gone.get("subDevices"));
        assertThat(told.users()).isEqualTo(gone.get("users"));
        assertThat(told.groups()).isEqualTo(gone.get("groups"));
        assertThat(told.tokens()).isEqualTo(gone.get("tokens"));
        assertThat(told.assistance()).isEqualTo(gone.get("assistance"));
        assertThat(told.settings()).isEqualTo(5).isEqualTo(sum(gone, "policies", "relays"));
        assertThat(told.contracts()).isEqualTo(gone.get("contracts"));
        assertThat(told.limitedTokens()).isEqualTo(1);
        assertThat(told.limitedTokens() + people.apiTokens()).isEqualTo(gone.get("tokenFolders"));
        assertThat(told.partnerFolders()).isEqualTo(gone.get("partnerFolders"));
        isGone(people, gone, 1);
        assertThat(people.sessions()).as("on its devices, and of its users").isEqualTo(2);
        assertThat(people.accessRequests()).isEqualTo(2);
    }

    private static long sum(Map<String, Long> gone, String... names) {
        return List.of(names).stream()
                .mapToLong(name -> gone.getOrDefault(name, 0L))
                .sum();
    }

    /** But for sessions, whose rows stay. */
    private static void isGone(PrincipalDeletion told, Map<String, Long> gone, long settings) {
        assertThat(told)
                .isEqualTo(new PrincipalDeletion(
                        sum(gone, "entries"),
                        sum(gone, "memberships"),
                        sum(gone, "qualifications"),
                        sum(gone, "apiTokens"),
                        sum(gone, "accessRequests"),
                        settings,
                        sum(gone, "signIns"),
                        sum(gone, "chosen", "mappings"),
                        told.sessions()));
    }

    /** So that somebody is left who can administer the domain. */
    private void owners() {
        String owners = sample.group(owner.userId());
        execute("update user_group set built_in = true where domain_id = :domain and id = '" + owners + "'");
        execute("update resource set name = 'Owners' where domain_id = :domain and id = '" + owners + "'");
    }

    @Test
    void withAUserGoesAllThatWasTold() throws RefusedException {
        people();
        owners();
        PrincipalDeletion told = principalDeletions.ofUser(owner, ann.userId());
        assertThat(told).isEqualTo(new PrincipalDeletion(2, 1, 1, 1, 1, 1, 1, 1, 1));
        Map<String, Long> before = stored();
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, ann.userId(), 0));
        isGone(told, gone(before), 1);
    }

    @Test
    void withAGroupGoesAllThatWasTold() throws RefusedException {
        people();
        owners();
        PrincipalDeletion told = principalDeletions.ofGroup(owner, crew);
        assertThat(told).isEqualTo(new PrincipalDeletion(1, 3, 0, 0, 0, 0, 0, 2, 0));
        Map<String, Long> before = stored();
        domain.transactions.run(() -> domain.get(Groups.class).delete(owner, crew, 0));
        isGone(told, gone(before), 0);
    }

    @Test
    void nobodyIsToldWhatHeCouldNotList() throws RefusedException {
        people();
        Caller clerk = sample.user("clerk");
        sample.entry(ann.userId(), clerk.userId(), Permission.SEE_USERS, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .as("without the permission to delete")
                .isThrownBy(() -> principalDeletions.ofUser(clerk, ann.userId()));
        sample.entry(ann.userId(), clerk.userId(), Permission.MANAGE_USERS, Effect.ALLOW);
        assertThat(principalDeletions.ofUser(clerk, ann.userId()))
                .as("not the group, the entries, the request, the rules and the session elsewhere")
                .isEqualTo(new PrincipalDeletion(0, 0, 1, 1, 0, 1, 1, 0, 0));
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> principalDeletions.ofGroup(clerk, crew));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> principalDeletions.ofGroup(owner, ann.userId()));
        sample.put(ann.userId(), hall);
        sample.put(crew, hall);
        Caller tidy = sample.user("tidy");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_FOLDERS)) {
            sample.entry(hall, tidy.userId(), permission, Effect.ALLOW);
        }
        assertThat(folderDeletions.of(tidy, hall))
                .isEqualTo(new FolderDeletion(
                        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, new PrincipalDeletion(0, 0, 0, 0, 0, 0, 0, 0, 0), List.of()));
    }

    /** Whatever has a foreign key to a folder, a user, a group or any resource goes with it: it is counted, or a part of the thing itself or of what is counted. */
    @Test
    void nothingElseGoes() {
        List<String> parts = List.of(
                "resource",
                "folder_closure",
                "device_report",
                "device_tag",
                "device_hardware",
                "device_continuity",
                "device_search",
                "corporate_user",
                "corporate_member");
        List<String> known = new ArrayList<>(parts);
        ROWS.values().forEach(rows -> known.add(rows.split(" ", 2)[0]));
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select distinct table_name from information_schema.key_column_usage"
                                + " where table_schema = database() and referenced_table_name in"
                                + " ('resource', 'folder', 'user_group', 'user_ref') and :domain is not null")
                        .list(row -> row.text(1)))
                .isSubsetOf(known);
    }
}
