package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.SubDevice.Service;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A sub-device goes from one device to another and stays what it is. */
class SubDeviceMovesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final SubDevices subDevices = domain.get(SubDevices.class);
    private final String from = sample.device(sample.root, "from");
    private final String to = sample.device(sample.root, "to");

    @SuppressWarnings("NullAway.Init")
    private SubDevice plc;

    @BeforeEach
    void make() throws RefusedException {
        plc = made(from, "plc");
        domain.live.clear();
    }

    private SubDevice made(String device, String name) throws RefusedException {
        SubDevice.Facts facts = new SubDevice.Facts(
                name, "00:1b:44:11:3a:b7", "192.0.2.9", "Line 1", List.of(new Service(Service.Kind.HTTPS, 443)));
        return domain.transactions.inNew(() -> subDevices.create(owner, device, facts));
    }

    private SubDevice move(Caller caller, String target) throws RefusedException {
        return move(caller, target, plc.revision());
    }

    private SubDevice move(Caller caller, String target, long revision) throws RefusedException {
        return domain.transactions.inNew(
                () -> subDevices.change(caller, plc.id(), revision, SubDevices.factsOf(plc), target));
    }

    private List<SubDevice> behind(String device) throws RefusedException {
        return subDevices.list(owner, device, Cursor.first(9)).items();
    }

    private List<String> recorded(String code, String device) {
        return domain.sql
                .in(sample.id)
                .statement(
                        "select concat(resource_name, '|', detail, '|', changes) from bascule_audit.audit_event"
                                + " where domain_id = :domain and code = :code and outcome = 'success' and resource_id = :device")
                .set("code", code)
                .set("device", device)
                .list(row -> row.text(1));
    }

    @Test
    void itKeepsItsIdentityAndTheLogsOfBothDevicesSayIt() throws RefusedException {
        SubDevice moved = move(owner, to);
        assertThat(moved)
                .isEqualTo(new SubDevice(
                        plc.id(),
                        to,
                        plc.name(),
                        plc.mac(),
                        plc.ip(),
                        plc.description(),
                        plc.services(),
                        plc.revision() + 1));
        assertThat(behind(from)).isEmpty();
        assertThat(behind(to)).containsExactly(moved);
        for (String device : List.of(from, to)) {
            assertThat(recorded("sub-device.move", device))
                    .containsExactly(
                            "plc|sub-device " + plc.id() + "|{\"device\":{\"before\":\"/from\",\"after\":\"/to\"},"
                                    + "\"deviceId\":{\"before\":\"" + from + "\",\"after\":\"" + to + "\"}}");
            assertThat(domain.live).contains(new LiveEvent.SubDevicesChanged(sample.id, device));
        }
        assertThat(sample.audited("sub-device.update")).isEmpty();
    }

    @Test
    void whereItIsAlreadyItIsNotMoved() throws RefusedException {
        assertThat(move(owner, from).device()).isEqualTo(from);
        assertThat(recorded("sub-device.move", from)).isEmpty();
    }

    @Test
    void detailsMayChangeWithTheMove() throws RefusedException {
        SubDevice.Facts elsewhere = new SubDevice.Facts("plc", null, "198.51.100.9", null, List.of());
        SubDevice moved =
                domain.transactions.inNew(() -> subDevices.change(owner, plc.id(), plc.revision(), elsewhere, to));
        assertThat(SubDevices.factsOf(moved)).isEqualTo(elsewhere);
        assertThat(moved.device()).isEqualTo(to);
        assertThat(sample.audited("sub-device.update")).hasSize(1);
        assertThat(recorded("sub-device.move", to)).hasSize(1);
    }

    @Test
    void whatIsNoDeviceIsNotFound() {
        for (String nowhere : List.of("", "nonsense", "\u00e9\u202e", sample.root, domain.ids.next())) {
            refused(Problem.NOT_FOUND, () -> move(owner, nowhere));
        }
    }

    @Test
    void movesThatCrossWaitForEachOtherAndBothHappen() throws Exception {
        SubDevice one = plc;
        SubDevice two = made(to, "drive");
        for (int round = 0; round < 10; round++) {
            SubDevice first = one;
            SubDevice second = two;
            String here = first.device();
            String there = second.device();
            CompletableFuture<SubDevice> crossing = CompletableFuture.supplyAsync(() -> moved(second, here));
            one = moved(first, there);
            two = crossing.get(30, TimeUnit.SECONDS);
            assertThat(List.of(one.device(), two.device())).containsExactly(there, here);
        }
    }

    private SubDevice moved(SubDevice what, String target) {
        try {
            return domain.transactions.inNew(
                    () -> subDevices.change(owner, what.id(), what.revision(), SubDevices.factsOf(what), target));
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names are for people, and two may be alike behind one device. */
    @Test
    void anotherOfTheSameNameStaysApart() throws RefusedException {
        SubDevice there = made(to, "plc");
        SubDevice moved = move(owner, to);
        assertThat(behind(to)).containsExactlyInAnyOrder(there, moved);
    }

    @Test
    void bothEndsMustBeTheCallersToConfigure() throws RefusedException {
        Caller half = sample.user("half");
        sample.entry(sample.root, half.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(from, half.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> move(half, to));
        sample.entry(to, half.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        refused(Problem.NOT_FOUND, () -> move(half, to));
        Caller other = sample.user("other");
        sample.entry(sample.root, other.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(to, other.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> move(other, to));
        assertThat(behind(from)).containsExactly(plc);
        sample.entry(from, other.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        assertThat(move(other, to).device()).isEqualTo(to);
    }

    @Test
    void whatIsNoDeviceOfTheDomainIsNotThere() throws RefusedException {
        Sample foreign = new Sample(domain);
        Caller stranger = foreign.owner();
        String theirs = foreign.device(foreign.root, "theirs");
        for (String target : List.of(theirs, sample.root, owner.userId(), domain.ids.next(), "no-id")) {
            refused(Problem.NOT_FOUND, () -> move(owner, target));
        }
        refused(Problem.NOT_FOUND, () -> move(stranger, theirs));
        assertThat(behind(from)).containsExactly(plc);
    }

    @Test
    void aStaleVersionMovesNothing() throws RefusedException {
        domain.transactions.inNew(() -> subDevices.change(
                owner, plc.id(), plc.revision(), new SubDevice.Facts("plc-b", null, null, null, List.of()), null));
        refused(Problem.PRECONDITION_FAILED, () -> move(owner, to));
        assertThat(behind(from)).extracting(SubDevice::name).containsExactly("plc-b");
        assertThat(recorded("sub-device.move", from)).isEmpty();
        assertThat(move(owner, to, plc.revision() + 1).device()).isEqualTo(to);
    }

    @Test
    void aFullDeviceTakesNoMore() {
        domain.sql
                .in(sample.id)
                .statement("insert into sub_device (id, domain_id, device_id, name, created)"
                        + " select uuid(), :domain, :device, seq, :now from seq_1_to_1000")
                .set("device", to)
                .set("now", domain.clock.instant())
                .update();
        refused(Problem.CONFLICT, () -> move(owner, to));
    }

    private static void refused(Problem problem, ThrowingCallable work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work)
                .matches(e -> e.problem() == problem, "is " + problem);
    }
}
