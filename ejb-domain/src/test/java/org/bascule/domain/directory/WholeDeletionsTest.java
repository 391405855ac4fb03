package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/** What is told before folders, users and groups are deleted is what goes with them, row by row, and no more than the caller could list; the log says it afterwards. */
class WholeDeletionsTest {

    /**
     * What is counted, and recorded when it goes.
     *
     * @param rows that are counted
     * @param code of the record
     * @param each whether each row has a record of its own; otherwise what goes of one thing has one
     */
    private record Kept(String rows, String code, boolean each) {

        private static Kept each(String rows, String code) {
            return new Kept(rows, code, true);
        }

        private static Kept together(String rows, String code) {
            return new Kept(rows, code, false);
        }

        private String table() {
            return rows.split(" ", 2)[0];
        }
    }

    private static final Map<String, Kept> ROWS = rows();

    /** What goes without a record of its own, and why. */
    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("resource", "each of its kinds has a record"),
            Map.entry("folder_closure", "says where folders are, as their records do"),
            Map.entry("device_report", "what the device said of itself"),
            Map.entry("device_tag", "in the record of the device"),
            Map.entry("device_hardware", "by what its machine is known, recorded when it was bound"),
            Map.entry("device_continuity", "which keys it had before, recorded when they changed"),
            Map.entry("device_search", "text of other columns"),
            Map.entry("sub_device_service", "in the record of the sub-device"),
            Map.entry("contract_qualification", "in the record of the contract"),
            Map.entry("corporate_user", "with whom the user came, which the records of its sign-ins tell"),
            Map.entry("corporate_member", "whence a membership is, which has a record itself"));

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

    private static Map<String, Kept> rows() {
        Map<String, Kept> rows = new LinkedHashMap<>();
        rows.put("folders", Kept.each("folder", "folder.delete"));
        rows.put("devices", Kept.each("device", "device.remove"));
        rows.put("subDevices", Kept.each("sub_device", "sub-device.delete"));
        rows.put("users", Kept.each("user_ref", "user.delete"));
        rows.put("groups", Kept.each("user_group", "group.delete"));
        rows.put("entries", Kept.each("acl_entry", "permission.remove"));
        rows.put("tokens", Kept.each("enrolment_token", "enrolment-token.delete"));
        rows.put("accessRequests", Kept.each("access_request where state = 'open'", "access-request.withdraw"));
        rows.put("assistance", Kept.each("assistance_request where state in ('open', 'taken')", "assistance.close"));
        rows.put("policies", Kept.each("session_policy", "session-policy.set"));
        rows.put("relays", Kept.each("fixed_relay", "relay.fix"));
        rows.put("contracts", Kept.each("contract", "contract.remove"));
        rows.put("apiTokens", Kept.each("api_token", "api-token.revoke"));
        rows.put("tokenFolders", Kept.together("api_token_folder", "api-token.update"));
        rows.put("partnerFolders", Kept.together("identity_provider_folder", "identity-provider.update"));
        rows.put("memberships", Kept.each("group_member", "group.remove-member"));
        rows.put("qualifications", Kept.together("user_qualification", "user.qualifications"));
        rows.put("signIns", Kept.each("sign_in where ended is null", "sign-in.end"));
        rows.put("chosen", Kept.together("sign_in_principal", "domain.sign-in"));
        rows.put("mappings", Kept.together("identity_provider_group", "identity-provider.update"));
        return rows;
    }

    private Map<String, Long> stored() {
        Map<String, Long> counted = new LinkedHashMap<>();
        ROWS.forEach((name, kept) -> counted.put(
                name,
                domain.sql
                        .in(sample.id)
                        .statement("select count(*) from " + kept.rows()
                                + (kept.rows().contains(" where ") ? " and" : " where") + " domain_id = :domain")
                        .number()));
        return counted;
    }

    /** Number of successes by their code, of which each but the end of a sign-in has what there was before. */
    private Map<String, Long> recorded() {
        Map<String, Long> recorded = new HashMap<>();
        domain.sql
                .in(sample.id)
                .statement("select code, count(*) from bascule_audit.audit_event where domain_id = :domain"
                        + " and outcome = 'success' and (code = 'sign-in.end' or changes like '%\"before\":\"%')"
                        + " group by code")
                .list(row -> recorded.put(row.text(1), row.number(2)));
        return recorded;
    }

    /** All that is gone; of what others keep of it, such as a token that counts elsewhere too, at least something. */
    private void isRecorded(Map<String, Long> gone, Map<String, Long> before, String... withoutRecord) {
        Map<String, Long> after = recorded();
        List<String> wrong = new ArrayList<>();
        ROWS.forEach((name, kept) -> {
            long records = after.getOrDefault(kept.code(), 0L) - before.getOrDefault(kept.code(), 0L);
            long rows = List.of(withoutRecord).contains(name) ? 0 : gone.getOrDefault(name, 0L);
            if (kept.each() ? records != rows : rows > 0 && records == 0) {
                wrong.add("%s: %d gone, %d records".formatted(name, rows, records));
            }
        });
        assertThat(wrong).isEmpty();
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
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into identity_provider (id, domain_id, kind, name, enabled, settings, facts, partner, ends, created)
                        values (:id, :domain, 'oidc', 'p', true, :settings, '{}', true, '2099-01-01', '2026-01-01')""")
                .set("id", provider)
                .set("settings", "{\"issuer\":\"https://p.example\",\"clientId\":\"c\",\"groupsClaim\":\"groups\"}")
                .update();
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
        Map<String, Long> recorded = recorded();
        domain.transactions.run(() -> domain.get(Folders.class).delete(owner, hall, 0));
        Map<String, Long> gone = gone(before);
        isRecorded(gone, recorded);

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
        Map<String, Long> recorded = recorded();
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, ann.userId(), 0));
        Map<String, Long> gone = gone(before);
        isGone(told, gone, 1);
        // its folders are in the record of the token itself
        isRecorded(gone, recorded, "tokenFolders");
    }

    @Test
    void withAGroupGoesAllThatWasTold() throws RefusedException {
        people();
        owners();
        PrincipalDeletion told = principalDeletions.ofGroup(owner, crew);
        assertThat(told).isEqualTo(new PrincipalDeletion(1, 3, 0, 0, 0, 0, 0, 2, 0));
        Map<String, Long> before = stored();
        Map<String, Long> recorded = recorded();
        domain.transactions.run(() -> domain.get(Groups.class).delete(owner, crew, 0));
        Map<String, Long> gone = gone(before);
        isGone(told, gone, 0);
        isRecorded(gone, recorded);
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

    private record Reference(String table, String to) {}

    /**
     * Whatever a foreign key deletes with a resource, or with what goes with it, is counted and recorded, or a part of something that is. A table that comes later is here, too:
     * with what its record is, or with a reason for none.
     */
    @Test
    void nothingElseGoes() {
        List<Reference> references = domain.sql
                .in(sample.id)
                .statement("select table_name, referenced_table_name from information_schema.referential_constraints"
                        + " where constraint_schema = database() and delete_rule in ('CASCADE', 'SET NULL')"
                        + " and :domain is not null")
                .list(row -> new Reference(row.text(1), row.text(2)));
        Set<String> going = new HashSet<>(Set.of("resource"));
        boolean more = true;
        while (more) {
            more = references.stream()
                            .filter(reference -> going.contains(reference.to()))
                            .map(Reference::table)
                            .filter(going::add)
                            .count()
                    > 0;
        }
        List<String> known = new ArrayList<>(PARTS.keySet());
        ROWS.values().forEach(kept -> known.add(kept.table()));
        assertThat(going).containsExactlyInAnyOrderElementsOf(known);
    }
}
