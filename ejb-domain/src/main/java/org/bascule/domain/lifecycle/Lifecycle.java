package org.bascule.domain.lifecycle;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.DeviceNews;
import org.bascule.domain.directory.Revisions;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.ResetNotice;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.words.FingerprintWords;
import org.jspecify.annotations.Nullable;

/** Revokes, releases and binds devices anew. */
@Stateless
public class Lifecycle {

    /** How far a device's clock may be off when it gives up its identity. */
    static final Duration RESET_SKEW = Duration.ofMinutes(10);

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    HardwareBindings bindings;

    @Inject
    Revisions revisions;

    @Inject
    DeviceNews news;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private record Found(String domainId, String uid, String name, byte[] thumbprint, byte[] spki, boolean revoked) {

        private String fingerprint() {
            return DeviceIdentityPublicKey.fingerprint(thumbprint);
        }
    }

    private static final String FIND =
            """
            select d.domain_id, d.id, r.name, d.thumbprint, d.spki, d.revoked is not null
            from device d join resource r on r.id = d.id where d.id = :id""";

    private static Found found(Row row) {
        return new Found(row.text(1), row.text(2), row.text(3), row.bytes(4), row.bytes(5), row.flag(6));
    }

    private Found find(Caller caller, String uid) throws RefusedException {
        return sql.in(caller.domainId())
                .statement(FIND + " and d.domain_id = :domain")
                .set("id", uid)
                .first(Lifecycle::found)
                .orElseThrow(RefusedException::notFound);
    }

    /** Of devices that the caller sees, by their uids. */
    public Map<String, DeviceMark> marks(Caller caller, Collection<String> uids) {
        Map<String, DeviceMark> marks = new HashMap<>();
        if (!uids.isEmpty()) {
            sql.in(caller.domainId())
                    .statement(
                            """
                            select d.id, d.revoked is not null, case when d.hardware_changed is not null then 'changed'
                              when exists (select 1 from device_hardware h where h.device_id = d.id and h.offered = false) then 'bound'
                              else 'unknown' end, d.claimed
                            from device d where d.domain_id = :domain and d.id in (:uids)""")
                    .set("uids", uids)
                    .list(row ->
                            marks.put(row.text(1), new DeviceMark(row.flag(2), row.text(3), row.instantOrNull(4))));
        }
        return marks;
    }

    /** Of a device that the caller sees. */
    public DeviceLifecycle of(Caller caller, String uid) throws RefusedException {
        if (!authorization.shows(caller, Permission.SEE_RESOURCES, uid)) {
            throw RefusedException.notFound();
        }
        boolean bound = bindings.isBound(caller.domainId(), uid);
        return sql.in(caller.domainId())
                .statement("select thumbprint, revoked is not null, hardware_changed is not null, claimed"
                        + " from device where domain_id = :domain and id = :id")
                .set("id", uid)
                .first(row -> new DeviceLifecycle(
                        B64.encode(row.bytes(1)),
                        FingerprintWords.of(row.bytes(1)),
                        row.flag(2),
                        row.flag(3) ? DeviceLifecycle.CHANGED : bound ? DeviceLifecycle.BOUND : DeviceLifecycle.UNKNOWN,
                        row.instantOrNull(4)))
                .orElseThrow(RefusedException::notFound);
    }

    /**
     * Revokes the certificates of a device; its channel and sessions end with the commit. It must be paired or enrolled anew, and keeps its place and history.
     * Nothing happens if it is revoked already.
     *
     * @param revision of the device as the caller has seen it; null if that does not matter
     */
    public void revoke(Caller caller, String uid, @Nullable Long revision) throws RefusedException {
        authorization.require(caller, Permission.REMOVE_DEVICES, uid);
        Found device = find(caller, uid);
        revisions.require(caller.domainId(), uid, revision);
        if (revoke(device)) {
            revisions.raise(caller.domainId(), uid);
            audit.record(caller.did(Operation.DEVICE_REVOKED, Outcome.SUCCESS)
                    .on(uid, device.name())
                    .changing(Changes.none().field("revoked", false, true)));
        }
    }

    private boolean revoke(Found device) {
        int revoked = sql.in(device.domainId())
                .statement("update device set revoked = :now, pending_spki = null"
                        + " where domain_id = :domain and id = :id and revoked is null")
                .set("now", clock.instant())
                .set("id", device.uid())
                .update();
        if (revoked == 0) {
            return false;
        }
        sql.in(device.domainId())
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id = :id and revoked is null")
                .set("now", clock.instant())
                .set("id", device.uid())
                .update();
        live.fire(new LiveEvent.DeviceRevoked(device.domainId(), device.uid()));
        return true;
    }

    /** Revokes a device and lets its machine go: it may be registered anywhere, in any domain. {@code revision} as in {@link #revoke}. */
    public void release(Caller caller, String uid, @Nullable Long revision) throws RefusedException {
        authorization.require(caller, Permission.REMOVE_DEVICES, uid);
        Found device = find(caller, uid);
        revisions.require(caller.domainId(), uid, revision);
        boolean bound = bindings.isBound(caller.domainId(), uid);
        boolean revoked = revoke(device);
        bindings.forget(caller.domainId(), uid);
        if (bound || revoked) {
            revisions.raise(caller.domainId(), uid);
            audit.record(caller.did(Operation.DEVICE_RELEASED, Outcome.SUCCESS)
                    .on(uid, device.name())
                    .changing(Changes.none()
                            .field("hardware", bound ? DeviceLifecycle.BOUND : DeviceLifecycle.UNKNOWN, "released")
                            .field("revoked", !revoked, true)));
        }
    }

    /**
     * Accepts the machine from which the device was refused, after a hardware replacement.
     *
     * @param fingerprint what the caller compared at the device; it must be the device's
     * @param revision as in {@link #revoke}
     */
    public void rebind(Caller caller, String uid, String fingerprint, @Nullable Long revision) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        Found device = find(caller, uid);
        revisions.require(caller.domainId(), uid, revision);
        if (!isFingerprint(fingerprint, device.thumbprint())) {
            audit.recordRefused(caller.did(Operation.DEVICE_REBOUND, Outcome.DENIED)
                    .on(uid, device.name())
                    .saying("another fingerprint was compared"));
            throw RefusedException.invalid("fingerprint", "This is not the fingerprint of the device.");
        }
        if (!bindings.rebind(caller.domainId(), uid)) {
            throw new RefusedException(Problem.CONFLICT, "The hardware of this device has not changed.");
        }
        revisions.raise(caller.domainId(), uid);
        audit.record(caller.did(Operation.DEVICE_REBOUND, Outcome.SUCCESS)
                .on(uid, device.name())
                .saying("fingerprint " + device.fingerprint())
                .changing(Changes.none().field("hardware", DeviceLifecycle.CHANGED, DeviceLifecycle.BOUND)));
        news.changed(caller.domainId(), List.of(uid));
    }

    /**
     * Takes away the mark that somebody tried to register the machine of this device again; needs {@code manage-alarms}. The next attempt sets it anew; nothing happens if it is not set.
     *
     * @param revision as in {@link #revoke}
     */
    public void acknowledgeClaim(Caller caller, String uid, @Nullable Long revision) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_ALARMS, uid);
        Found device = find(caller, uid);
        revisions.require(caller.domainId(), uid, revision);
        Instant claimed = sql.in(caller.domainId())
                .statement("select claimed from device where domain_id = :domain and id = :id and claimed is not null")
                .set("id", uid)
                .first(row -> row.instant(1))
                .orElse(null);
        if (claimed == null) {
            return;
        }
        sql.in(caller.domainId())
                .statement("update device set claimed = null where domain_id = :domain and id = :id")
                .set("id", uid)
                .update();
        revisions.raise(caller.domainId(), uid);
        audit.record(caller.did(Operation.DEVICE_CLAIM_ACKNOWLEDGED, Outcome.SUCCESS)
                .on(uid, device.name())
                .changing(Changes.none().field("claimed", claimed, null)));
        news.changed(caller.domainId(), List.of(uid));
    }

    /** Whether a person named this key: by the 16 digits that are shown, or by all 64; case, spaces and dashes do not matter. */
    public static boolean isFingerprint(String typed, byte[] thumbprint) {
        String digits = typed.replaceAll("[\\s:-]", "").toLowerCase(Locale.ROOT);
        String whole = HexFormat.of().formatHex(thumbprint);
        return digits.length() == 16 ? whole.startsWith(digits) : whole.equals(digits);
    }

    /**
     * A device gives up its identity: like a revocation by itself. The machine stays bound to it. A notice that does not verify is answered like one of an unknown
     * device.
     */
    public void reset(ResetNotice notice, String address) throws RefusedException {
        Optional<Found> known = Uuid7.isUuid(notice.uid())
                ? sql.acrossDomains().statement(FIND).set("id", notice.uid()).first(Lifecycle::found)
                : Optional.empty();
        Found device = known.orElseThrow(RefusedException::notFound);
        Duration off = Duration.between(notice.time(), clock.instant()).abs();
        try {
            notice.verify(DeviceIdentityPublicKey.parse(device.spki()), device.domainId());
        } catch (WireException e) {
            throw RefusedException.notFound();
        }
        if (off.compareTo(RESET_SKEW) > 0) {
            throw RefusedException.invalid("time", "The clock of the device is wrong by more than ten minutes.");
        }
        if (revoke(device)) {
            audit.record(AuditEvent.of(
                            device.domainId(), Actor.unknown(null, address), Operation.DEVICE_RESET, Outcome.SUCCESS)
                    .on(device.uid(), device.name())
                    .changing(Changes.none().field("revoked", false, true)));
        }
    }
}
