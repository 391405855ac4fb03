package org.bascule.domain.enrolment;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.FolderPaths;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.lifecycle.DeviceLifecycle;
import org.bascule.domain.lifecycle.HardwareBindings;
import org.bascule.domain.lifecycle.Renewals;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.pki.DomainAuthorities;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.SignedKeySet;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.jspecify.annotations.Nullable;

/** Makes a device of a machine, by whichever way it came. Whether the machine may come to the folder has been decided before. */
@Stateless
public class Registrations {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    Installation installation;

    @Inject
    DomainAuthorities authorities;

    @Inject
    HardwareBindings bindings;

    @Inject
    Renewals renewals;

    @Inject
    FolderPaths paths;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /**
     * Where a machine comes to.
     *
     * @param installer the user in whose name it is registered, or null where nobody is known: decides whether a device of a folder below may be taken over
     */
    public record Place(String domainId, String domainName, String folderId, @Nullable String installer) {}

    /**
     * A machine that has proved its key.
     *
     * @param token id of the enrolment token that it comes by, or null
     * @param name cleaned
     */
    public record Newcomer(
            DeviceIdentityPublicKey key,
            @Nullable String token,
            String name,
            String os,
            String version,
            HardwareId hardware,
            String address) {}

    /**
     * A device that a machine has become.
     *
     * @param token id of the enrolment token that it came by, or null
     * @param answer what the machine was told
     */
    public record Registered(@Nullable String token, EnrolAnswer answer) {}

    /**
     * Adds the device and issues its certificate, all or nothing. A machine whose device is in this folder and was revoked becomes that device again, with its
     * place, rights and history, if it shows the nearest number that the device is bound by; one whose device is in a folder below only in the name of a user who
     * may install devices there. Any other machine that is registered already is refused with {@code HARDWARE_BOUND}, and its owner is told.
     *
     * @param how for the audit log
     */
    public EnrolAnswer register(Place place, Newcomer newcomer, Actor actor, Operation operation, String how)
            throws RefusedException {
        Optional<HardwareBindings.Holder> holder = bindings.holder(newcomer.hardware());
        boolean again = holder.isPresent() && mayComeBack(place, holder.get());
        if (holder.isPresent() && !again) {
            throw refused(holder.get(), newcomer.address());
        }
        String uid = again ? holder.get().uid() : ids.next();
        String name = again ? holder.get().name() : newcomer.name();
        Changes changes;
        try {
            changes = again ? replaceKey(place, uid, newcomer) : add(place, uid, newcomer);
        } catch (DuplicateException e) {
            throw new RefusedException(Problem.CONFLICT, "A device with this identity key is enrolled already.");
        }
        bindings.bind(place.domainId(), uid, newcomer.hardware());
        DomainAuthorities.IssuedCertificate issued = authorities.issue(place.domainId(), uid, newcomer.key());
        audit.record(AuditEvent.of(place.domainId(), actor, operation, Outcome.SUCCESS)
                .on(uid, name)
                .saying("%s, fingerprint %s, certificate %s%s%s"
                        .formatted(
                                how,
                                newcomer.key().fingerprint(),
                                issued.serial(),
                                again ? ", again after its revocation" : "",
                                newcomer.hardware().isEmpty() ? ", machine unknown" : ""))
                .changing(changes));
        live.fire(
                again
                        ? new LiveEvent.DeviceChanged(place.domainId(), uid, "offline", clock.instant(), name)
                        : new LiveEvent.DeviceAdded(place.domainId(), uid, place.folderId()));
        List<String> chain = List.of(B64.encode(issued.device()), B64.encode(issued.authority()));
        return answer(place.domainId(), place.domainName(), uid, name, chain);
    }

    /** The device of this domain whose present key this is and which is not revoked, for a machine that has proved the key and may have missed the answer. */
    public Optional<Registered> registered(String domainId, DeviceIdentityPublicKey key) throws RefusedException {
        record Stored(
                @Nullable String token,
                String uid,
                String name,
                String domainName,
                byte[] certificate,
                byte[] authority) {}
        Optional<Stored> stored = sql.in(domainId)
                .statement(
                        """
                        select d.token_id, d.id, r.name, n.name, c.certificate, a.certificate
                        from device d join resource r on r.id = d.id join domain n on n.id = d.domain_id
                          join device_certificate c on c.device_id = d.id and c.revoked is null and c.pending = false
                          join domain_ca a on a.domain_id = d.domain_id
                        where d.domain_id = :domain and d.thumbprint = :thumbprint and d.revoked is null
                        order by c.not_after desc limit 1""")
                .set("thumbprint", key.thumbprint())
                .first(row -> new Stored(
                        row.textOrNull(1), row.text(2), row.text(3), row.text(4), row.bytes(5), row.bytes(6)));
        if (stored.isEmpty()) {
            return Optional.empty();
        }
        Stored device = stored.get();
        List<String> chain = List.of(B64.encode(device.certificate()), B64.encode(device.authority()));
        return Optional.of(new Registered(
                device.token(), answer(domainId, device.domainName(), device.uid(), device.name(), chain)));
    }

    /** The device that {@link #register} would refuse a machine for; other registrations wait from here to the end of the transaction. */
    public Optional<HardwareBindings.Holder> holderElsewhere(Place place, HardwareId hardware) {
        return bindings.holder(hardware).filter(holder -> !mayComeBack(place, holder));
    }

    /** The refusal because of that device, whose owner is told at once. */
    public RefusedException refused(HardwareBindings.Holder holder, String address) {
        bindings.alarm(holder, address);
        return new RefusedException(
                Problem.HARDWARE_BOUND,
                "This machine is registered already. An administrator of where it is must release it first.");
    }

    private boolean mayComeBack(Place place, HardwareBindings.Holder holder) {
        return holder.revoked()
                && holder.proven()
                && holder.domainId().equals(place.domainId())
                && (holder.folderId().equals(place.folderId()) || mayInstallBelow(place, holder.folderId()));
    }

    private boolean mayInstallBelow(Place place, String folderId) {
        @Nullable String installer = place.installer();
        return installer != null
                && authorization.allows(
                        place.domainId(), installer, Credential.NONE, Permission.INSTALL_DEVICES, folderId)
                && sql.in(place.domainId())
                        .statement("select 1 from folder_closure where domain_id = :domain"
                                + " and ancestor_id = :folder and descendant_id = :holder")
                        .set("folder", place.folderId())
                        .set("holder", folderId)
                        .first(row -> row.number(1))
                        .isPresent();
    }

    private Changes add(Place place, String uid, Newcomer newcomer) throws DuplicateException {
        sql.in(place.domainId())
                .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " values (:id, :domain, :folder, 'device', :name, :now)")
                .set("id", uid)
                .set("folder", place.folderId())
                .set("name", newcomer.name())
                .set("now", clock.instant())
                .update();
        sql.in(place.domainId())
                .statement("insert into device (id, domain_id, token_id, spki, thumbprint, os, agent_version)"
                        + " values (:id, :domain, :token, :spki, :thumbprint, :os, :version)")
                .set("token", newcomer.token())
                .set("id", uid)
                .set("spki", newcomer.key().spki())
                .set("thumbprint", newcomer.key().thumbprint())
                .set("os", Names.cleaned(newcomer.os(), "unknown"))
                .set("version", Names.cleaned(newcomer.version(), "unknown"))
                .insertUnique();
        sql.in(place.domainId())
                .statement("insert into device_report (device_id, domain_id) values (:id, :domain)")
                .set("id", uid)
                .update();
        return Changes.none()
                .field("name", null, newcomer.name())
                .place("folder", null, paths.of(place.domainId(), place.folderId()))
                .field("fingerprint", null, newcomer.key().fingerprint())
                .field(
                        "hardware",
                        null,
                        newcomer.hardware().isEmpty() ? DeviceLifecycle.UNKNOWN : DeviceLifecycle.BOUND);
    }

    /** The agent begins anew: with its key go its endorsements, its numbers of events, the links from older keys and every alarm, of which the log keeps what it was. */
    private Changes replaceKey(Place place, String uid, Newcomer newcomer) throws DuplicateException {
        Changes changes = replaced(place.domainId(), uid, newcomer.key());
        sql.in(place.domainId())
                .statement(
                        """
                        update device set token_id = :token, spki = :spki, thumbprint = :thumbprint, os = :os, agent_version = :version, revoked = null,
                          pending_spki = null, hardware_changed = null, claimed = null, quarantined = false
                        where domain_id = :domain and id = :id""")
                .set("token", newcomer.token())
                .set("spki", newcomer.key().spki())
                .set("thumbprint", newcomer.key().thumbprint())
                .set("os", Names.cleaned(newcomer.os(), "unknown"))
                .set("version", Names.cleaned(newcomer.version(), "unknown"))
                .set("id", uid)
                .insertUnique();
        sql.in(place.domainId())
                .statement("update device_report set endorsement = null, endorsement_counter = 0, events_next = 0"
                        + " where domain_id = :domain and device_id = :id")
                .set("id", uid)
                .update();
        renewals.beginAnew(place.domainId(), uid);
        return changes;
    }

    private Changes replaced(String domainId, String uid, DeviceIdentityPublicKey key) {
        return sql.in(domainId)
                .statement("select thumbprint, revoked is not null, quarantined, hardware_changed is not null, claimed"
                        + " from device where domain_id = :domain and id = :id for update")
                .set("id", uid)
                .first(row -> Changes.none()
                        .field("fingerprint", DeviceIdentityPublicKey.fingerprint(row.bytes(1)), key.fingerprint())
                        .field("revoked", row.flag(2), false)
                        .field("quarantined", row.flag(3), false)
                        .field(
                                "hardware",
                                row.flag(4) ? DeviceLifecycle.CHANGED : DeviceLifecycle.BOUND,
                                DeviceLifecycle.BOUND)
                        .field("claimed", row.instantOrNull(5), null))
                .orElseThrow(() -> new IllegalStateException("a device that was found is there"));
    }

    /** What the agent checks and keeps. */
    private EnrolAnswer answer(String domainId, String domainName, String uid, String name, List<String> chain)
            throws RefusedException {
        SignedKeySet keySet = installation.requireKeySet();
        return new EnrolAnswer(
                uid,
                name,
                domainId,
                domainName,
                chain,
                installation.issuer(),
                keySet.keys().root(),
                keySet.text());
    }
}
