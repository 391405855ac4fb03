package org.bascule.domain.lifecycle;

import static org.bascule.wire.enrol.HardwareId.Kind.BOARD;
import static org.bascule.wire.enrol.HardwareId.Kind.NIC;
import static org.bascule.wire.enrol.HardwareId.Kind.SYSTEM;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.live.LiveEvent;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.HardwareId;

/**
 * Which machine is which device. The look-up across domains is here and nowhere else; what it finds is used to refuse and to warn the owner, and is never told to
 * whom it was refused.
 */
@Stateless
public class HardwareBindings {

    /** A machine that is tried again and again alarms its owner this often. */
    static final Duration ALARM_INTERVAL = Duration.ofMinutes(1);

    private static final Map<HardwareId.Kind, String> FIELDS =
            Map.of(SYSTEM, "hardwareSystem", BOARD, "hardwareBoard", NIC, "hardwareNics");

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /**
     * The device that a machine is.
     *
     * @param revoked its identity is worth nothing any more
     * @param proven the machine showed the nearest number that the device is bound by, not only a weaker one
     */
    public record Holder(String domainId, String uid, String name, String folderId, boolean revoked, boolean proven) {}

    /**
     * Who holds this hardware, if anybody in the whole installation does: a device that it proves to be before one that it only resembles. Registrations wait for
     * each other from here to their commit, so that two of one machine cannot both find it free.
     */
    public Optional<Holder> holder(HardwareId hardware) {
        return holder(hardware, "");
    }

    private Optional<Holder> holder(HardwareId hardware, String exceptUid) {
        List<byte[]> hashes = hashes(hardware);
        if (hashes.isEmpty()) {
            return Optional.empty();
        }
        sql.acrossDomains()
                .statement("select id from installation where id = 1 for update")
                .number();
        Set<String> candidates = new LinkedHashSet<>(sql.acrossDomains()
                .statement("select device_id from device_hardware"
                        + " where hash in (:hashes) and offered = false and device_id <> :self lock in share mode")
                .set("hashes", hashes)
                .set("self", exceptUid)
                .list(row -> row.text(1)));
        Optional<Holder> alike = Optional.empty();
        for (String uid : candidates) {
            HardwareId bound = stored(uid);
            if (hardware.proves(bound)) {
                return find(uid, true);
            }
            if (alike.isEmpty() && hardware.isSameAs(bound).orElse(false)) {
                alike = find(uid, false);
            }
        }
        return alike;
    }

    private static List<byte[]> hashes(HardwareId hardware) {
        List<byte[]> hashes = new ArrayList<>();
        for (HardwareId.Kind kind : HardwareId.Kind.values()) {
            hardware.of(kind).forEach(hash -> hashes.add(bytes(hash)));
        }
        return hashes;
    }

    private static byte[] bytes(String hash) {
        try {
            return B64.decode(hash);
        } catch (WireException e) {
            throw new IllegalArgumentException("a hardware hash is base64url", e);
        }
    }

    private HardwareId stored(String uid) {
        record Number(String kind, String hash) {}
        List<Number> numbers = sql.acrossDomains()
                .statement("select kind, hash from device_hardware"
                        + " where device_id = :id and offered = false lock in share mode")
                .set("id", uid)
                .list(row -> new Number(row.text(1), B64.encode(row.bytes(2))));
        return new HardwareId(
                numbers.stream()
                        .filter(n -> n.kind().equals(HardwareId.Kind.SYSTEM.text()))
                        .map(Number::hash)
                        .findFirst(),
                numbers.stream()
                        .filter(n -> n.kind().equals(HardwareId.Kind.BOARD.text()))
                        .map(Number::hash)
                        .findFirst(),
                numbers.stream()
                        .filter(n -> n.kind().equals(HardwareId.Kind.NIC.text()))
                        .map(Number::hash)
                        .toList());
    }

    /** In a transaction of its own: the present one may see the state from before it waited for its turn. */
    private Optional<Holder> find(String uid, boolean proven) {
        return transactions.inNew(() -> sql.acrossDomains()
                .statement(
                        """
                        select r.domain_id, r.id, r.name, r.parent_id, d.revoked is not null
                        from device d join resource r on r.id = d.id where d.id = :id""")
                .set("id", uid)
                .first(row -> holder(row, proven)));
    }

    private static Holder holder(Row row, boolean proven) {
        return new Holder(row.text(1), row.text(2), row.text(3), row.text(4), row.flag(5), proven);
    }

    /** Somebody tried to register this machine again: its owner is told, whatever becomes of the attempt. */
    public void alarm(Holder holder, String address) {
        transactions.inNew(() -> {
            Instant now = clock.instant();
            Optional<Instant> last = sql.in(holder.domainId())
                    .statement("select claimed from device where domain_id = :domain and id = :id for update")
                    .set("id", holder.uid())
                    .first(row -> Optional.ofNullable(row.instantOrNull(1)))
                    .flatMap(time -> time);
            if (last.filter(time -> !time.isBefore(now.minus(ALARM_INTERVAL))).isEmpty()
                    && sql.in(holder.domainId())
                                    .statement(
                                            "update device set claimed = :now where domain_id = :domain and id = :id")
                                    .set("now", now)
                                    .set("id", holder.uid())
                                    .update()
                            == 1) {
                audit.record(AuditEvent.of(
                                holder.domainId(),
                                Actor.unknown(null, address),
                                Operation.DEVICE_CLAIMED,
                                Outcome.DENIED)
                        .on(holder.uid(), holder.name())
                        .saying("somebody tried to register this machine again")
                        .changing(Changes.none().field("claimed", last.orElse(null), now)));
                live.fire(new LiveEvent.DeviceAlarm(holder.domainId(), holder.uid(), "claimed"));
            }
            return true;
        });
    }

    /** Binds a device to the machine it is registered from, in place of what it was bound to. */
    public void bind(String domainId, String uid, HardwareId hardware) {
        forget(domainId, uid);
        insert(domainId, uid, hardware, false);
    }

    private void insert(String domainId, String uid, HardwareId hardware, boolean offered) {
        for (HardwareId.Kind kind : HardwareId.Kind.values()) {
            for (String hash : hardware.of(kind)) {
                sql.in(domainId)
                        .statement("insert into device_hardware (device_id, domain_id, kind, hash, offered)"
                                + " values (:id, :domain, :kind, :hash, :offered)")
                        .set("id", uid)
                        .set("kind", kind.text())
                        .set("hash", bytes(hash))
                        .set("offered", offered)
                        .update();
            }
        }
    }

    /** Lets the machine go: it may be registered anywhere. */
    public void forget(String domainId, String uid) {
        sql.in(domainId)
                .statement("delete from device_hardware where domain_id = :domain and device_id = :id")
                .set("id", uid)
                .update();
    }

    /** Whether a device is bound to a machine. */
    public boolean isBound(String domainId, String uid) {
        return sql.in(domainId)
                        .statement("select count(*) from device_hardware"
                                + " where domain_id = :domain and device_id = :id and offered = false")
                        .set("id", uid)
                        .number()
                > 0;
    }

    /**
     * A device has proved its key; may it come from this machine? A device that was not bound yet is bound now. From another machine, or from one that does not
     * show the nearest number that is bound, it is refused, marked and its owner is told.
     */
    public boolean arrives(String domainId, String uid, String name, HardwareId hardware, String address) {
        HardwareId bound = stored(uid);
        if (bound.isEmpty()) {
            bindLate(domainId, uid, name, hardware, address);
            return true;
        }
        if (!hardware.proves(bound)) {
            changed(domainId, uid, name, hardware, address);
            return false;
        }
        if (!hardware.equals(bound)) {
            learn(domainId, uid, name, bound, hardware, address);
        }
        if (mark(domainId, uid, "hardware_changed = null", "hardware_changed is not null")) {
            audit.record(
                    AuditEvent.of(domainId, Actor.unknown(null, address), Operation.DEVICE_HARDWARE, Outcome.SUCCESS)
                            .on(uid, name)
                            .saying("the machine that it is bound to is back")
                            .changing(hardware(DeviceLifecycle.CHANGED, DeviceLifecycle.BOUND)));
        }
        return true;
    }

    /** Other numbers of the same machine, unless another device has them: nobody comes to hold a machine by naming its numbers beside his own. */
    private void learn(
            String domainId, String uid, String name, HardwareId bound, HardwareId hardware, String address) {
        Optional<Holder> other = holder(hardware, uid);
        if (other.isPresent()) {
            alarm(other.get(), address);
        } else {
            bind(domainId, uid, hardware);
            audit.record(
                    AuditEvent.of(domainId, Actor.unknown(null, address), Operation.DEVICE_HARDWARE, Outcome.SUCCESS)
                            .on(uid, name)
                            .saying("the machine that it is bound to shows other numbers")
                            .changing(numbers(bound, hardware)));
        }
    }

    /** How many there were, are, came and went. Of a hash nothing is said: a number has so few values that the beginning of its hash gives it away. */
    private static Changes numbers(HardwareId bound, HardwareId shown) {
        Changes changes = Changes.none();
        FIELDS.forEach((kind, field) -> {
            Set<String> before = Set.copyOf(bound.of(kind));
            Set<String> after = Set.copyOf(shown.of(kind));
            long came = after.stream().filter(hash -> !before.contains(hash)).count();
            long went = before.stream().filter(hash -> !after.contains(hash)).count();
            if (came + went > 0) {
                changes.field(field, before.size(), "%d (+%d −%d)".formatted(after.size(), came, went));
            }
        });
        return changes;
    }

    private void bindLate(String domainId, String uid, String name, HardwareId hardware, String address) {
        Optional<Holder> holder = holder(hardware, uid);
        if (holder.isPresent()) {
            alarm(holder.get(), address);
        } else if (!hardware.isEmpty()) {
            bind(domainId, uid, hardware);
            audit.record(
                    AuditEvent.of(domainId, Actor.unknown(null, address), Operation.DEVICE_HARDWARE, Outcome.SUCCESS)
                            .on(uid, name)
                            .saying("bound to the machine that it came from")
                            .changing(hardware(DeviceLifecycle.UNKNOWN, DeviceLifecycle.BOUND)));
        }
    }

    private void changed(String domainId, String uid, String name, HardwareId hardware, String address) {
        sql.in(domainId)
                .statement(
                        "delete from device_hardware where domain_id = :domain and device_id = :id and offered = true")
                .set("id", uid)
                .update();
        insert(domainId, uid, hardware, true);
        if (mark(domainId, uid, "hardware_changed = :now", "hardware_changed is null")) {
            audit.record(
                    AuditEvent.of(domainId, Actor.unknown(null, address), Operation.DEVICE_HARDWARE, Outcome.DENIED)
                            .on(uid, name)
                            .saying("its key came from another machine")
                            .changing(hardware(DeviceLifecycle.BOUND, DeviceLifecycle.CHANGED)));
            live.fire(new LiveEvent.DeviceAlarm(domainId, uid, "hardware-changed"));
        }
    }

    private static Changes hardware(String before, String after) {
        return Changes.none().field("hardware", before, after);
    }

    private boolean mark(String domainId, String uid, String change, String condition) {
        var statement = sql.in(domainId)
                .statement("update device set " + change + " where domain_id = :domain and id = :id and " + condition)
                .set("id", uid);
        if (change.contains(":now")) {
            statement.set("now", clock.instant());
        }
        return statement.update() == 1;
    }

    /** The machine from which the device was refused becomes its own; false if there is none. */
    public boolean rebind(String domainId, String uid) {
        if (!mark(domainId, uid, "hardware_changed = null", "hardware_changed is not null")) {
            return false;
        }
        sql.in(domainId)
                .statement(
                        "delete from device_hardware where domain_id = :domain and device_id = :id and offered = false")
                .set("id", uid)
                .update();
        sql.in(domainId)
                .statement("update device_hardware set offered = false where domain_id = :domain and device_id = :id")
                .set("id", uid)
                .update();
        return true;
    }
}
