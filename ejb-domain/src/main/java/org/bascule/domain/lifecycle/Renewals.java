package org.bascule.domain.lifecycle;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
import org.bascule.domain.pki.CertificateRequest;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.Continuity;

/** New certificates for devices that are registered: with their next key, or with the same one after a long absence. */
@Stateless
public class Renewals {

    /** An expired certificate is renewed with the same key this long after its end, unless it was revoked. */
    public static final Duration ABSENCE = Duration.ofDays(548);

    /** Certificates of one device in a day. */
    static final int MAX_PER_DAY = 10;

    private static final String CHAIN =
            """
            select c.certificate, a.certificate from device_certificate c join domain_ca a on a.domain_id = c.domain_id
            where c.domain_id = :domain and c.device_id = :id and c.revoked is null and c.pending = true
            order by c.not_after desc limit 1""";

    private static final String IN_FORCE =
            """
            select c.certificate, a.certificate from device_certificate c join domain_ca a on a.domain_id = c.domain_id
            where c.domain_id = :domain and c.device_id = :id and c.revoked is null and c.pending = false and c.not_after > :now
            order by c.not_after desc limit 1""";

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    DomainAuthorities authorities;

    @Inject
    Clock clock;

    /** A device that proved its present key. */
    public record Renewing(String domainId, String uid, String name, DeviceIdentityPublicKey key, String address) {}

    /**
     * Issues a certificate for the next key of a device; asked again for the same key, the same one. Nothing changes until the device proves itself with it.
     *
     * @return base64url DER: device and domain CA
     */
    public List<String> renew(Renewing device, ChannelMessage.Renew request) throws RefusedException {
        DeviceIdentityPublicKey next = CertificateRequest.parse(request.csr()).key();
        Continuity continuity = new Continuity(device.key(), next, request.continuity());
        try {
            continuity.verify(device.uid(), device.domainId());
        } catch (WireException e) {
            throw new RefusedException(Problem.CSR_INVALID, "The present key has not signed the next one.");
        }
        requirePresent(device);
        requireUnused(next);
        if (isPending(device, next)) {
            Optional<List<String>> issued = pendingChain(device);
            if (issued.isPresent()) {
                return issued.get();
            }
        }
        requireFew(device);
        drop(device);
        sql.in(device.domainId())
                .statement("update device set pending_spki = :spki where domain_id = :domain and id = :id")
                .set("spki", next.spki())
                .set("id", device.uid())
                .update();
        sql.in(device.domainId())
                .statement(
                        """
                        insert into device_continuity (device_id, number, domain_id, old_spki, new_spki, signature, created)
                        select :id, coalesce(max(number), 0) + 1, :domain, :old, :new, :signature, :now
                        from device_continuity where device_id = :id""")
                .set("id", device.uid())
                .set("old", device.key().spki())
                .set("new", next.spki())
                .set("signature", request.continuity())
                .set("now", clock.instant())
                .update();
        DomainAuthorities.IssuedCertificate issued = authorities.issueForNextKey(device.domainId(), device.uid(), next);
        return List.of(B64.encode(issued.device()), B64.encode(issued.authority()));
    }

    /** Waits for whoever changes the device, and holds it until the end of the transaction: nothing is issued beside a revocation or a quarantine. */
    private void requirePresent(Renewing device) throws RefusedException {
        boolean present = sql.in(device.domainId())
                .statement("select 1 from device where domain_id = :domain and id = :id and spki = :spki"
                        + " and revoked is null and quarantined = false for update")
                .set("id", device.uid())
                .set("spki", device.key().spki())
                .first(row -> row.number(1))
                .isPresent();
        if (!present) {
            throw new RefusedException(Problem.CONFLICT, "This key is not in force.");
        }
    }

    private void requireUnused(DeviceIdentityPublicKey next) throws RefusedException {
        boolean used = sql.acrossDomains()
                .statement("select 1 from device where thumbprint = :thumbprint")
                .set("thumbprint", next.thumbprint())
                .first(row -> row.number(1))
                .isPresent();
        if (used) {
            throw new RefusedException(Problem.CONFLICT, "The next key must be a new one.");
        }
    }

    private boolean isPending(Renewing device, DeviceIdentityPublicKey next) {
        return sql.in(device.domainId())
                .statement("select 1 from device where domain_id = :domain and id = :id and pending_spki = :spki")
                .set("id", device.uid())
                .set("spki", next.spki())
                .first(row -> row.number(1))
                .isPresent();
    }

    private Optional<List<String>> pendingChain(Renewing device) {
        return sql.in(device.domainId())
                .statement(CHAIN)
                .set("id", device.uid())
                .first(Renewals::encoded);
    }

    private static List<String> encoded(Row row) {
        return List.of(B64.encode(row.bytes(1)), B64.encode(row.bytes(2)));
    }

    private void requireFew(Renewing device) throws RefusedException {
        long issued = sql.in(device.domainId())
                .statement("select count(*) from device_certificate"
                        + " where domain_id = :domain and device_id = :id and not_before > :since")
                .set("id", device.uid())
                .set("since", clock.instant().minus(Duration.ofDays(1)))
                .number();
        if (issued >= MAX_PER_DAY) {
            throw new RefusedException(Problem.TOO_MANY_REQUESTS, "This device asks for too many certificates.");
        }
    }

    /** Forgets a next key that the device never used. */
    private void drop(Renewing device) {
        sql.in(device.domainId())
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id = :id and pending = true and revoked is null")
                .set("now", clock.instant())
                .set("id", device.uid())
                .update();
        sql.in(device.domainId())
                .statement("delete c from device_continuity c join device d on d.id = c.device_id"
                        + " where d.domain_id = :domain and d.id = :id and c.new_spki = d.pending_spki")
                .set("id", device.uid())
                .update();
    }

    /** The device proved itself with this key: if it is the next one, it is in force from now, and the old certificates are superseded. */
    public boolean promote(String domainId, String uid, String name, DeviceIdentityPublicKey key, String address) {
        record Before(byte[] thumbprint) {}
        Optional<Before> before = sql.in(domainId)
                .statement("select thumbprint from device where domain_id = :domain and id = :id"
                        + " and pending_spki = :spki and revoked is null for update")
                .set("id", uid)
                .set("spki", key.spki())
                .first(row -> new Before(row.bytes(1)));
        if (before.isEmpty()) {
            return false;
        }
        sql.in(domainId)
                .statement("update device set spki = :spki, thumbprint = :thumbprint, pending_spki = null"
                        + " where domain_id = :domain and id = :id")
                .set("spki", key.spki())
                .set("thumbprint", key.thumbprint())
                .set("id", uid)
                .update();
        // what the old key signed
        sql.in(domainId)
                .statement("update device_report set endorsement = null where domain_id = :domain and device_id = :id")
                .set("id", uid)
                .update();
        supersede(domainId, uid);
        sql.in(domainId)
                .statement("update device_certificate set pending = false"
                        + " where domain_id = :domain and device_id = :id and pending = true and revoked is null")
                .set("id", uid)
                .update();
        audit.record(AuditEvent.of(domainId, Actor.unknown(null, address), Operation.DEVICE_RENEWED, Outcome.SUCCESS)
                .on(uid, name)
                .saying("with a new key, signed by the old one")
                .changing(Changes.none()
                        .field(
                                "fingerprint",
                                DeviceIdentityPublicKey.fingerprint(before.get().thumbprint()),
                                key.fingerprint())));
        return true;
    }

    private void supersede(String domainId, String uid) {
        sql.in(domainId)
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id = :id and pending = false and revoked is null")
                .set("now", clock.instant())
                .set("id", uid)
                .update();
    }

    /**
     * The device came back with a certificate that has expired: the same key gets a new one; coming back with the expired one again, the same one. The expired one
     * counts until the new one {@linkplain #used was used}: an answer that is lost, or one that a copy got, shuts nobody out.
     *
     * @param expired when the old one ended, no longer than {@link #ABSENCE} ago
     * @return base64url DER: device and domain CA
     */
    public List<String> comeBack(Renewing device, Instant expired) throws RefusedException {
        requirePresent(device);
        Optional<List<String>> waiting = sql.in(device.domainId())
                .statement(IN_FORCE)
                .set("id", device.uid())
                .set("now", clock.instant())
                .first(Renewals::encoded);
        if (waiting.isPresent()) {
            return waiting.get();
        }
        DomainAuthorities.IssuedCertificate issued = authorities.issue(device.domainId(), device.uid(), device.key());
        audit.record(AuditEvent.of(
                        device.domainId(),
                        Actor.unknown(null, device.address()),
                        Operation.DEVICE_RENEWED,
                        Outcome.SUCCESS)
                .on(device.uid(), device.name())
                .saying("with the same key, after a long absence: the certificate had ended at " + expired)
                .changing(Changes.none().field("expires", expired, issued.expires())));
        return List.of(B64.encode(issued.device()), B64.encode(issued.authority()));
    }

    /** A channel with this certificate came from the device's own machine and is online: older certificates of the same key are superseded. */
    public void used(String domainId, String uid, String serial) {
        sql.in(domainId)
                .statement(
                        """
                        update device_certificate older
                          join device_certificate used on used.serial = :serial and used.device_id = older.device_id
                        set older.revoked = :now
                        where older.domain_id = :domain and older.device_id = :id and older.revoked is null and older.pending = false
                          and older.not_after < used.not_after and used.revoked is null and used.pending = false""")
                .set("serial", serial)
                .set("now", clock.instant())
                .set("id", uid)
                .update();
    }

    /** Links from keys that the device had to the one it has, oldest first. */
    public List<Continuity> continuity(String domainId, String uid) {
        return sql.in(domainId)
                .statement(
                        """
                        select * from (
                          select c.old_spki, c.new_spki, c.signature, c.number
                          from device_continuity c join device d on d.id = c.device_id
                          where d.domain_id = :domain and d.id = :id and (d.pending_spki is null or c.new_spki <> d.pending_spki)
                          order by c.number desc limit 32) latest
                        order by number""")
                .set("id", uid)
                .list(Renewals::link);
    }

    private static Continuity link(Row row) {
        try {
            return new Continuity(
                    DeviceIdentityPublicKey.parse(row.bytes(1)),
                    DeviceIdentityPublicKey.parse(row.bytes(2)),
                    row.bytes(3));
        } catch (WireException e) {
            throw new IllegalStateException("a stored identity key is not one", e);
        }
    }

    /** What came of an enrolment that begins anew: no link leads to its key. */
    public void beginAnew(String domainId, String uid) {
        sql.in(domainId)
                .statement("delete from device_continuity where domain_id = :domain and device_id = :id")
                .set("id", uid)
                .update();
    }
}
