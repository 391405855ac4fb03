package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told before a device is removed is what goes with it, and no more than the caller could list. */
class DeviceDeletionsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller tidy = sample.user("tidy");
    private final DeviceDeletions deletions = domain.get(DeviceDeletions.class);
    private String device = "";
    private String other = "";

    @BeforeEach
    void prepare() throws RefusedException {
        device = TestAgent.enrolled(domain, owner, sample.root).uid();
        other = sample.device(sample.root, "other");
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.REMOVE_DEVICES)) {
            sample.entry(sample.root, tidy.userId(), permission, Effect.ALLOW);
        }
    }

    private void fill() throws RefusedException {
        for (String name : List.of("plc", "hmi")) {
            domain.transactions.inNew(() -> domain.get(SubDevices.class)
                    .create(owner, device, new SubDevice.Facts(name, null, null, null, List.of())));
        }
        sample.entry(device, tidy.userId(), Permission.VPN, Effect.ALLOW);
        accessRequest(owner, "open");
        accessRequest(owner, "rejected");
        assistance("open");
        assistance("closed");
        execute(
                "insert into session_policy (resource_id, domain_id, consent, reason_required, full_log, timeout_seconds)"
                        + " values ('" + device + "', :domain, 'never', false, true, 60)");
        execute("insert into fixed_relay (resource_id, domain_id, relay) values ('" + device + "', :domain, 'r')");
        session(owner, "running");
        session(owner, "ended");
    }

    private void execute(String statement) {
        domain.sql.in(sample.id).statement(statement).update();
    }

    private void accessRequest(Caller by, String state) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into access_request (id, domain_id, resource_id, user_id, permissions, reason, valid_until, state, created)
                        values (:id, :domain, :device, :user, 'terminal', 'r', :until, :state, :now)""")
                .set("id", domain.ids.next())
                .set("device", device)
                .set("user", by.userId())
                .set("until", domain.clock.instant().plus(Duration.ofHours(1)))
                .set("state", state)
                .set("now", domain.clock.instant())
                .update();
    }

    private void assistance(String state) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into assistance_request (id, domain_id, device_id, text, state, raised, received, expires)
                        values (:id, :domain, :device, 'help', :state, :now, :now, :now)""")
                .set("id", UUID.randomUUID().toString())
                .set("device", device)
                .set("state", state)
                .set("now", domain.clock.instant())
                .update();
    }

    private void session(Caller by, String state) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, client_address, ended, end_reason)
                        values (:sid, :domain, :device, 'd', :user, 'u', 'terminal', '', :state, :now, '192.0.2.1',
                          if(:state = 'ended', :now, null), if(:state = 'ended', 'closed', null))""")
                .set("sid", SessionId.random().hex())
                .set("device", device)
                .set("user", by.userId())
                .set("state", state)
                .set("now", domain.clock.instant())
                .update();
    }

    @Test
    void allOfItIsToldToWhoMayListIt() throws RefusedException {
        assertThat(deletions.of(owner, device)).isEqualTo(new DeviceDeletion(1, 0, 0, 0, 0, 0, 0));
        fill();
        assertThat(deletions.of(owner, device)).isEqualTo(new DeviceDeletion(1, 2, 1, 1, 1, 2, 1));
        assertThat(deletions.of(owner, List.of(device, other))).isEqualTo(new DeviceDeletion(2, 2, 1, 1, 1, 2, 1));
    }

    @Test
    void nobodyIsToldWhatHeCouldNotList() throws RefusedException {
        fill();
        assertThat(deletions.of(tidy, device)).isEqualTo(new DeviceDeletion(1, 2, 0, 0, 0, 2, 0));
        accessRequest(tidy, "open");
        session(tidy, "ready");
        assertThat(deletions.of(tidy, device)).as("his own").isEqualTo(new DeviceDeletion(1, 2, 0, 1, 0, 2, 1));
        sample.entry(device, tidy.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        sample.entry(device, tidy.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        assertThat(deletions.of(tidy, List.of(other, device)))
                .as("his own are not counted twice")
                .isEqualTo(new DeviceDeletion(2, 2, 0, 2, 0, 2, 2));
    }

    @Test
    void onlyWhoMayRemoveIsTold() {
        Caller stranger = sample.user("stranger");
        Caller viewer = sample.user("viewer");
        sample.entry(sample.root, viewer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        Caller foreign = new Sample(domain).owner();
        refused(Problem.FORBIDDEN, () -> deletions.of(viewer, device));
        for (Caller caller : List.of(stranger, foreign)) {
            refused(Problem.NOT_FOUND, () -> deletions.of(caller, device));
            refused(Problem.NOT_FOUND, () -> deletions.of(caller, List.of(device, other)));
        }
        sample.entry(other, tidy.userId(), Permission.REMOVE_DEVICES, Effect.DENY);
        refused(Problem.FORBIDDEN, () -> deletions.of(tidy, List.of(device, other)));
        for (String none : List.of(domain.ids.next(), "no-id", sample.root)) {
            refused(Problem.NOT_FOUND, () -> deletions.of(owner, none));
        }
        refused(Problem.INVALID, () -> deletions.of(owner, List.of()));
        refused(Problem.INVALID, () -> deletions.of(owner, List.of(device, device)));
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= BulkChange.MAX; i++) {
            many.add(domain.ids.next());
        }
        refused(Problem.INVALID, () -> deletions.of(owner, many));
    }

    private static void refused(Problem problem, ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == problem, "is " + problem);
    }

    /** Whatever has a foreign key to a device or to any resource goes with it: it is counted, or a part of the device itself. */
    @Test
    void nothingElseGoes() {
        List<String> counted = List.of(
                "sub_device", "acl_entry", "access_request", "assistance_request", "session_policy", "fixed_relay");
        List<String> parts = List.of(
                "device_report",
                "device_tag",
                "device_hardware",
                "device_continuity",
                "device_search",
                "sub_device_service");
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select distinct table_name from information_schema.key_column_usage"
                                + " where table_schema = database() and referenced_table_name in ('resource', 'device', 'sub_device')"
                                + " and column_name not in ('domain_id', 'id', 'parent_id', 'user_id', 'group_id', 'member_id', 'principal_id')"
                                + " and :domain is not null")
                        .list(row -> row.text(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(counted.stream(), parts.stream()).toList());
    }
}
