package org.bascule.domain.device;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.live.LiveEvent;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.OwnerMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/** What is stored of a device's presence and reports. */
@Stateless
public class DeviceStore {

    /** Parts of an event's code that tell an attempt which was not allowed. */
    private static final List<String> REFUSALS =
            List.of("refused", "denied", "not-permitted", "rejected", "violation", "forked");

    private static final List<String> SWITCH_MODES = List.of("always", "key-switch", "as-left");

    private static final int MAX_INVENTORY = 32 * 1_024;

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** Looks a device up by its UID, before its domain is known. */
    public Optional<KnownDevice> find(String uid) {
        return sql.acrossDomains()
                .statement(
                        """
                        select d.id, d.domain_id, r.name, d.account, d.spki, d.quarantined, d.revoked is not null
                        from device d join resource r on r.id = d.id where d.id = :id""")
                .set("id", uid)
                .first(DeviceStore::known);
    }

    private static KnownDevice known(Row row) {
        try {
            return new KnownDevice(
                    row.text(1),
                    row.text(2),
                    row.text(3),
                    row.text(4),
                    DeviceIdentityPublicKey.parse(row.bytes(5)),
                    row.flag(6),
                    row.flag(7));
        } catch (WireException e) {
            throw new IllegalStateException("a stored identity key is not one", e);
        }
    }

    /**
     * Who shows a certificate, before the domain is known.
     *
     * @return null in it if the certificate is revoked, or its device is not registered any more; empty if it was never issued for this device
     */
    public Optional<Holder> holder(String uid, String serial) {
        return sql.acrossDomains()
                .statement(
                        """
                        select d.id, d.domain_id, r.name, d.account, d.spki, d.quarantined, d.revoked is not null
                        from device_certificate c
                          left join device d on d.id = c.device_id and c.revoked is null
                          left join resource r on r.id = d.id
                        where c.serial = :serial and c.device_id = :id""")
                .set("serial", serial)
                .set("id", uid)
                .first(row -> new Holder(row.textOrNull(1) == null ? null : known(row)));
    }

    /** @param device null where the certificate is not in force */
    public record Holder(@Nullable KnownDevice device) {}

    /** Stores that the device is online and what it told about itself; false if it was revoked or has another key since it proved itself. */
    public boolean online(KnownDevice device, ChannelMessage.Ready ready, String address) {
        Instant now = clock.instant();
        int admitted = sql.in(device.domainId())
                .statement(
                        """
                        update device set online = true, last_seen = :now, address = :address, os = :os, agent_version = :version
                        where domain_id = :domain and id = :id and revoked is null and spki = :spki""")
                .set("now", now)
                .set("spki", device.identity().spki())
                .set("address", address)
                .set("os", Names.cleaned(ready.os(), "unknown"))
                .set("version", Names.cleaned(ready.version(), "unknown"))
                .set("id", device.uid())
                .update();
        if (admitted == 0) {
            return false;
        }
        ready.inventory().ifPresent(inventory -> inventory(device, inventory));
        changed(device, now);
        return true;
    }

    /** Stores that the device is no longer online. */
    public void offline(KnownDevice device) {
        Instant now = clock.instant();
        sql.in(device.domainId())
                .statement("update device set online = false, last_seen = :now where domain_id = :domain and id = :id")
                .set("now", now)
                .set("id", device.uid())
                .update();
        changed(device, now);
    }

    /** As stored. */
    private record Switched(boolean off, @Nullable String mode, @Nullable Instant until, @Nullable String reason) {}

    /** Stores what the device says of its owner's switch; that it is as before is no news. */
    public void switched(KnownDevice device, OwnerMessage.Switch told) {
        Instant now = clock.instant();
        String reason = Names.cleaned(told.reason(), "");
        Switched next = new Switched(
                !told.on(),
                SWITCH_MODES.contains(told.mode()) ? told.mode() : null,
                told.until().filter(time -> !told.on() && time.isAfter(now)).orElse(null),
                told.on() || reason.isEmpty() ? null : reason);
        Optional<Switched> present = sql.in(device.domainId())
                .statement("select switched_off, switch_mode, switch_until, switch_reason from device"
                        + " where domain_id = :domain and id = :id")
                .set("id", device.uid())
                .first(row -> new Switched(row.flag(1), row.textOrNull(2), row.instantOrNull(3), row.textOrNull(4)));
        if (present.isEmpty() || present.get().equals(next)) {
            return;
        }
        sql.in(device.domainId())
                .statement(
                        """
                        update device set switched_off = :off, switch_mode = :mode, switch_until = :until, switch_reason = :reason
                        where domain_id = :domain and id = :id""")
                .set("off", next.off())
                .set("mode", next.mode())
                .set("until", next.until())
                .set("reason", next.reason())
                .set("id", device.uid())
                .update();
        changed(device, now);
    }

    private void changed(KnownDevice device, Instant now) {
        sql.in(device.domainId())
                .statement(
                        """
                        select d.state, r.name from device d join resource r on r.id = d.id
                        where d.domain_id = :domain and d.id = :id""")
                .set("id", device.uid())
                .first(row ->
                        new LiveEvent.DeviceChanged(device.domainId(), device.uid(), row.text(1), now, row.text(2)))
                .ifPresent(live::fire);
    }

    /** Brings the time at which online devices were last seen forward. */
    public void seen(Collection<String> uids) {
        if (!uids.isEmpty()) {
            sql.acrossDomains()
                    .statement("update device set last_seen = :now where id in (:ids)")
                    .set("now", clock.instant())
                    .set("ids", List.copyOf(uids))
                    .update();
        }
    }

    /** At the start of the server nobody is online yet. */
    public void allOffline() {
        sql.acrossDomains()
                .statement("update device set online = false where online = true")
                .update();
    }

    /** Two channels with the same identity answered: nobody gets in until a person has looked at it. */
    public void quarantine(KnownDevice device, String addresses) {
        int changed = sql.in(device.domainId())
                .statement("update device set quarantined = true, online = false"
                        + " where domain_id = :domain and id = :id and quarantined = false")
                .set("id", device.uid())
                .update();
        if (changed == 1) {
            audit.record(AuditEvent.of(device.domainId(), Actor.SERVER, Operation.DEVICE_CLONE, Outcome.DENIED)
                    .on(device.uid(), device.name())
                    .saying("two channels with the same identity answered, from " + addresses)
                    .changing(Changes.none().field("quarantined", false, true)));
            changed(device, clock.instant());
            live.fire(new LiveEvent.DeviceAlarm(device.domainId(), device.uid(), "clone"));
        }
    }

    /** Stores a newer endorsement; false if it is older than one that was seen. */
    public boolean endorse(KnownDevice device, Endorsement endorsement) {
        return isEndorsed(device, endorsement)
                || sql.in(device.domainId())
                                .statement(
                                        """
                                update device_report set endorsement = :json, endorsement_counter = :counter
                                where domain_id = :domain and device_id = :id and endorsement_counter <= :counter
                                  and exists (select 1 from device d where d.id = :id and d.spki = :spki)""")
                                .set("json", endorsement.toJson().toString())
                                .set("counter", endorsement.counter())
                                .set("id", device.uid())
                                .set("spki", device.identity().spki())
                                .update()
                        == 1
                // an update that changes nothing counts no row: somebody else was faster
                || isEndorsed(device, endorsement);
    }

    /** Whether this is the endorsement that is stored, with each of its bytes: the device's key, which it still has, was found to have signed it. */
    public boolean isEndorsed(KnownDevice device, Endorsement endorsement) {
        return sql.in(device.domainId())
                .statement("select coalesce(i.endorsement, '') from device_report i join device d on d.id = i.device_id"
                        + " where i.domain_id = :domain and i.device_id = :id and d.spki = :spki")
                .set("id", device.uid())
                .set("spki", device.identity().spki())
                .first(row -> row.text(1))
                .filter(endorsement.toJson().toString()::equals)
                .isPresent();
    }

    /** Stores an inventory; one that is too long is ignored. */
    public void inventory(KnownDevice device, JsonObject inventory) {
        String json = inventory.toString();
        if (json.length() <= MAX_INVENTORY) {
            sql.in(device.domainId())
                    .statement(
                            "update device_report set inventory = :json where domain_id = :domain and device_id = :id")
                    .set("json", json)
                    .set("id", device.uid())
                    .update();
        }
    }

    /**
     * Stores events in the audit log, each once: those below the number that is stored already are skipped. A batch that begins above it is
     * taken as it is, because an agent that lost its disk starts where it can.
     *
     * @return which were new, and the number below which everything is stored
     */
    public StoredEvents events(KnownDevice device, ReportMessage.Events batch, String address) {
        long next = sql.in(device.domainId())
                .statement(
                        "select events_next from device_report where domain_id = :domain and device_id = :id for update")
                .set("id", device.uid())
                .first(row -> row.number(1))
                .orElse(Long.MAX_VALUE);
        long skipped = Math.max(0, Math.min(next - batch.first(), batch.events().size()));
        List<DeviceEvent> fresh =
                batch.events().subList((int) skipped, batch.events().size());
        if (fresh.isEmpty()) {
            return new StoredEvents(List.of(), next);
        }
        fresh.forEach(event -> record(device, event, address));
        long stored = batch.first() + batch.events().size();
        sql.in(device.domainId())
                .statement("update device_report set events_next = :next where domain_id = :domain and device_id = :id")
                .set("next", stored)
                .set("id", device.uid())
                .update();
        return new StoredEvents(fresh, stored);
    }

    /** Events that were stored now, and the number of the next that is not stored yet. */
    public record StoredEvents(List<DeviceEvent> fresh, long next) {

        public StoredEvents {
            fresh = List.copyOf(fresh);
        }
    }

    private void record(KnownDevice device, DeviceEvent event, String address) {
        Optional<String> sid = event.sid().map(Object::toString);
        Optional<LoggedActions> logged = LoggedActions.of(event);
        AuditEvent row;
        if (logged.isPresent() && sid.isPresent()) {
            LoggedActions action = logged.get();
            row = AuditEvent.of(
                            device.domainId(), user(device, sid.get(), address), action.operation(), Outcome.SUCCESS)
                    .saying(action.detail())
                    .changing(action.fields());
        } else {
            String times = event.count() > 1 ? " (" + event.count() + " times)" : "";
            row = AuditEvent.of(
                            device.domainId(),
                            Actor.unknown(null, address),
                            Operation.DEVICE_REPORT,
                            isRefusal(event.code()) ? Outcome.DENIED : Outcome.SUCCESS)
                    .saying(event.code() + times + (event.detail().isEmpty() ? "" : ": " + event.detail()));
        }
        AuditEvent about = row.on(device.uid(), device.name());
        audit.record(sid.map(about::inSession).orElse(about), notInFuture(event.time()));
    }

    /** Whose session it is, so that what was done is found with whoever did it; nobody if it is none of this device. */
    private Actor user(KnownDevice device, String sid, String address) {
        return sql.in(device.domainId())
                .statement("select user_id, user_name, client_address from remote_session"
                        + " where domain_id = :domain and sid = :sid and device_id = :device")
                .set("sid", sid)
                .set("device", device.uid())
                .first(row -> new Actor(row.text(1), row.text(2), row.text(3)))
                .orElseGet(() -> Actor.unknown(null, address));
    }

    private static boolean isRefusal(String code) {
        return REFUSALS.stream().anyMatch(code::contains);
    }

    private Instant notInFuture(Instant time) {
        Instant now = clock.instant();
        return time.isAfter(now) ? now : time;
    }

    /** Records that a channel of a known device was refused. */
    public void refusedChannel(KnownDevice device, String address, String code, long times) {
        audit.record(
                AuditEvent.of(device.domainId(), Actor.unknown(null, address), Operation.DEVICE_CHANNEL, Outcome.DENIED)
                        .on(device.uid(), device.name())
                        .saying(times > 1 ? code + " (" + times + " times)" : code));
    }
}
