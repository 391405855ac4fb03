package org.bascule.domain.enrolment;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.Names;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.AttemptKind;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.guard.Network;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.HardwareBindings;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.pki.CertificateRequest;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.enrol.PairingCode;
import org.bascule.wire.enrol.PairingOpened;
import org.bascule.wire.enrol.PairingProof;
import org.bascule.wire.enrol.PairingRequest;
import org.bascule.wire.enrol.PairingState;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.words.FingerprintWords;
import org.jspecify.annotations.Nullable;

/**
 * Pairing ({@code docs/protocol/control.md}, "Pairing"): an unregistered machine shows a code, an administrator finds it by that code, compares the fingerprint
 * and accepts it into a folder. Until then it belongs to no domain, which is why its row is looked for across domains, here alone. A code that is wrong, expired,
 * decided or meant for another domain is one answer, and a guess ({@link Guard}).
 */
@Stateless
public class Pairings {

    static final Duration VALIDITY = Duration.ofMinutes(15);
    /** An agent may ask what became of it for this long after the end. */
    static final Duration REMEMBERED = Duration.ofMinutes(15);

    static final int MAX_WAITING = 2_000;
    static final int MAX_WAITING_PER_NETWORK = 20;
    /** Of the 65,536 IPv6 networks that one site usually has. */
    static final int MAX_WAITING_PER_SITE = 100;

    static final int POLL_SECONDS = 3;

    private static final int MAX_HARDWARE = 4_096;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String COLUMNS =
            """
            select id, code, spki, nonce, name, os, agent_version, hardware, address, state, expires, domain_id, device_id, decided_by
            from pairing
            """;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    Installation installation;

    @Inject
    Registrations registrations;

    @Inject
    Transactions transactions;

    @Inject
    Guard guard;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    private record Waiting(
            String id,
            PairingCode code,
            DeviceIdentityPublicKey key,
            byte[] nonce,
            String name,
            String os,
            String version,
            HardwareId hardware,
            String address,
            String state,
            Instant expires,
            @Nullable String domainId,
            @Nullable String deviceUid,
            @Nullable String decidedBy) {}

    private static Waiting waiting(Row row) {
        try {
            @Nullable String hardware = row.textOrNull(8);
            return new Waiting(
                    row.text(1),
                    new PairingCode(row.text(2)),
                    DeviceIdentityPublicKey.parse(row.bytes(3)),
                    row.bytes(4),
                    row.text(5),
                    row.text(6),
                    row.text(7),
                    hardware == null ? HardwareId.NONE : HardwareId.parse(StrictJson.parse(hardware, MAX_HARDWARE)),
                    row.text(9),
                    row.text(10),
                    row.instant(11),
                    row.textOrNull(12),
                    row.textOrNull(13),
                    row.textOrNull(14));
        } catch (WireException e) {
            throw new IllegalStateException("a stored pairing is not one", e);
        }
    }

    /**
     * A machine asks for a code. Another request with the same key takes the place of the first; if that was accepted and the machine has missed it, it gets the same
     * pairing again, so that nobody has to accept it twice: for as long as it is remembered, which asking does not prolong, and not if it names another domain.
     */
    public PairingOpened open(PairingRequest request, String address) throws RefusedException {
        DeviceIdentityPublicKey key = CertificateRequest.parse(request.csr()).key();
        RootPublicKey root = installation.requireKeySet().keys().root();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        sql.acrossDomains()
                .statement("delete from pairing where expires < :before or (spki = :spki and state = 'waiting')")
                .set("before", now.minus(REMEMBERED))
                .set("spki", key.spki())
                .update();
        Optional<PairingOpened> missed = missed(key, request.domain(), root, now.plus(VALIDITY));
        if (missed.isPresent()) {
            return missed.get();
        }
        requireRoom(address, now);
        byte[] nonce = new byte[PairingProof.NONCE];
        RANDOM.nextBytes(nonce);
        PairingOpened opened =
                new PairingOpened(ids.next(), PairingCode.random(), nonce, now.plus(VALIDITY), POLL_SECONDS, root);
        try {
            sql.acrossDomains()
                    .statement(
                            """
                            insert into pairing (id, code, wanted_domain, spki, nonce, name, os, agent_version, hardware, address, state, created, expires)
                            values (:id, :code, :wanted, :spki, :nonce, :name, :os, :version, :hardware, :address, 'waiting', :now, :expires)""")
                    .set("id", opened.id())
                    .set("code", opened.code().text())
                    .set("wanted", request.domain().orElse(null))
                    .set("spki", key.spki())
                    .set("nonce", nonce)
                    .set("name", Names.cleaned(request.name(), "Device"))
                    .set("os", Names.cleaned(request.os(), "unknown"))
                    .set("version", Names.cleaned(request.version(), "unknown"))
                    .set(
                            "hardware",
                            request.hardware().isEmpty()
                                    ? null
                                    : request.hardware().toJson().toString())
                    .set("address", address)
                    .set("now", now)
                    .set("expires", opened.expires())
                    .insertUnique();
        } catch (DuplicateException e) {
            throw new RefusedException(Problem.UNAVAILABLE, "No code is free now. Try again.");
        }
        return opened;
    }

    private Optional<PairingOpened> missed(
            DeviceIdentityPublicKey key, Optional<String> wanted, RootPublicKey root, Instant expires)
            throws RefusedException {
        Optional<Waiting> accepted = sql.acrossDomains()
                .statement(COLUMNS
                        + "where spki = :spki and state = 'accepted'"
                        + " and (:wanted is null or domain_id = (select id from domain where name = :wanted))"
                        + " order by created desc limit 1")
                .set("spki", key.spki())
                .set("wanted", wanted.orElse(null))
                .first(Pairings::waiting);
        if (accepted.isEmpty() || registered(accepted.get()).isEmpty()) {
            return Optional.empty();
        }
        Waiting pairing = accepted.get();
        return Optional.of(
                new PairingOpened(pairing.id(), pairing.code(), pairing.nonce(), expires, POLL_SECONDS, root));
    }

    private void requireRoom(String address, Instant now) throws RefusedException {
        Network network = Network.of(address);
        List<Network> waiting = sql.acrossDomains()
                .statement("select address from pairing where state = 'waiting' and expires > :now")
                .set("now", now)
                .list(row -> Network.of(row.text(1)));
        long here = waiting.stream().filter(network::equals).count();
        String site = network.wide();
        long around = site == null
                ? 0
                : waiting.stream().filter(other -> site.equals(other.wide())).count();
        if (here >= MAX_WAITING_PER_NETWORK || around >= MAX_WAITING_PER_SITE || waiting.size() >= MAX_WAITING) {
            throw new RefusedException(
                    Problem.TOO_MANY_REQUESTS, "Too many machines wait to be paired. Try again later.");
        }
    }

    /** What became of a pairing, for whoever holds the key that it was opened with; for anybody else there is none. */
    public PairingState state(String id, PairingProof proof) throws RefusedException {
        Waiting waiting = Uuid7.isUuid(id)
                ? sql.acrossDomains()
                        .statement(COLUMNS + "where id = :id")
                        .set("id", id)
                        .first(Pairings::waiting)
                        .orElseThrow(RefusedException::notFound)
                : missing();
        try {
            proof.verify(waiting.key(), id, waiting.nonce());
        } catch (WireException e) {
            throw RefusedException.notFound();
        }
        if (!MessageDigest.isEqual(
                proof.rootHash(), installation.requireKeySet().keys().root().hash())) {
            throw new RefusedException(
                    Problem.CONFLICT, "The machine was shown another installation's root: somebody is in between.");
        }
        return switch (waiting.state()) {
            case "waiting" ->
                PairingState.of(
                        clock.instant().isBefore(waiting.expires()) ? PairingState.WAITING : PairingState.EXPIRED);
            case "accepted" -> accepted(waiting);
            default -> PairingState.of(waiting.state());
        };
    }

    private static Waiting missing() throws RefusedException {
        throw RefusedException.notFound();
    }

    private PairingState accepted(Waiting waiting) throws RefusedException {
        Optional<EnrolAnswer> answer = registered(waiting);
        if (answer.isEmpty()) {
            // it was accepted, and removed again before it fetched its certificate
            return PairingState.of(PairingState.REJECTED);
        }
        return new PairingState(PairingState.ACCEPTED, Optional.ofNullable(waiting.decidedBy()), answer);
    }

    /** What became of a machine that was accepted, as long as it has the key of then. */
    private Optional<EnrolAnswer> registered(Waiting accepted) throws RefusedException {
        return registrations
                .registered(String.valueOf(accepted.domainId()), accepted.key())
                .map(Registrations.Registered::answer)
                .filter(answer -> answer.uid().equals(accepted.deviceUid()));
    }

    /** The machine behind a code, for somebody who installs devices anywhere in the domain. */
    public PairingView find(Caller caller, String code) throws RefusedException {
        requireInstaller(caller);
        Waiting waiting = byCode(caller, code);
        return new PairingView(
                waiting.code().shown(),
                waiting.name(),
                waiting.os(),
                waiting.version(),
                waiting.key().fingerprint(),
                FingerprintWords.of(waiting.key().thumbprint()),
                FingerprintWords.of(installation.requireKeySet().keys().root().hash()),
                waiting.address(),
                waiting.expires());
    }

    private void requireInstaller(Caller caller) throws RefusedException {
        boolean installs =
                !authorization.scope(caller, Permission.INSTALL_DEVICES).isEmpty();
        if (!installs) {
            audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                    .saying("pairing without the permission " + Permission.INSTALL_DEVICES.code()));
            throw RefusedException.forbidden();
        }
    }

    private Waiting byCode(Caller caller, String typed) throws RefusedException {
        Attempt attempt = new Attempt(AttemptKind.PAIRING_CODE, caller.address(), caller.domainId(), caller.userName());
        Optional<Waiting> found =
                guard.check(attempt, () -> PairingCode.typed(typed).flatMap(code -> sql.acrossDomains()
                        .statement(COLUMNS
                                + "where code = :code and state = 'waiting' and expires > :now"
                                + " and (wanted_domain is null or wanted_domain = :domainName)")
                        .set("code", code.text())
                        .set("now", clock.instant())
                        .set("domainName", caller.domainName())
                        .first(Pairings::waiting)));
        if (found.isEmpty()) {
            audit.recordRefused(
                    caller.did(Operation.DEVICE_PAIRED, Outcome.DENIED).saying("no machine has this code"));
            throw RefusedException.notFound();
        }
        return found.get();
    }

    /**
     * Accepts a machine into a folder; of two administrators one does. One that is registered already is refused with {@code HARDWARE_BOUND}, at the machine too.
     * Whoever does not see the folder could not be answered with the device, and is refused with {@code FORBIDDEN} before anything is decided.
     *
     * @param fingerprint what the caller compared; it must be the machine's
     * @return the device's uid
     */
    public String accept(Caller caller, String code, String folderId, String fingerprint) throws RefusedException {
        authorization.require(caller, Permission.INSTALL_DEVICES, folderId);
        requireFolder(caller, folderId);
        if (!authorization.shows(caller, Permission.SEE_RESOURCES, folderId)) {
            throw new RefusedException(
                    Problem.FORBIDDEN, "To accept a machine into this folder you need the permission to see it.");
        }
        Waiting waiting = byCode(caller, code);
        if (!Lifecycle.isFingerprint(fingerprint, waiting.key().thumbprint())) {
            refused(caller, waiting, "another fingerprint was compared");
            throw RefusedException.invalid("fingerprint", "This is not the fingerprint of the machine.");
        }
        Registrations.Place place =
                new Registrations.Place(caller.domainId(), caller.domainName(), folderId, caller.userId());
        requireUnbound(caller, waiting, place);
        decide(caller, waiting, "accepted");
        try {
            EnrolAnswer answer = registrations.register(
                    place,
                    new Registrations.Newcomer(
                            waiting.key(),
                            null,
                            waiting.name(),
                            waiting.os(),
                            waiting.version(),
                            waiting.hardware(),
                            waiting.address()),
                    caller.actor(),
                    Operation.DEVICE_PAIRED,
                    "by code, machine at " + waiting.address());
            sql.acrossDomains()
                    .statement("update pairing set device_id = :device where id = :id")
                    .set("device", answer.uid())
                    .set("id", waiting.id())
                    .update();
            return answer.uid();
        } catch (RefusedException e) {
            refused(caller, waiting, e.problem().code());
            throw e;
        }
    }

    /** Whoever refuses a machine tells it in a transaction of its own, since the present one is rolled back: so before this one holds the row. */
    private void requireUnbound(Caller caller, Waiting waiting, Registrations.Place place) throws RefusedException {
        Optional<HardwareBindings.Holder> holder = registrations.holderElsewhere(place, waiting.hardware());
        if (holder.isEmpty()) {
            return;
        }
        if (!transactions.inNew(() -> decided(caller, waiting, "bound"))) {
            throw decidedMeanwhile();
        }
        refused(caller, waiting, Problem.HARDWARE_BOUND.code());
        throw registrations.refused(holder.get(), waiting.address());
    }

    private void requireFolder(Caller caller, String folderId) throws RefusedException {
        boolean folder = sql.in(caller.domainId())
                .statement("select 1 from folder where domain_id = :domain and id = :id")
                .set("id", folderId)
                .first(row -> row.number(1))
                .isPresent();
        if (!folder) {
            throw RefusedException.invalid("folder", "This is not a folder.");
        }
    }

    private void refused(Caller caller, Waiting waiting, String why) {
        audit.recordRefused(caller.did(Operation.DEVICE_PAIRED, Outcome.DENIED)
                .saying("%s, fingerprint %s, machine at %s: %s"
                        .formatted(waiting.name(), waiting.key().fingerprint(), waiting.address(), why)));
    }

    private void decide(Caller caller, Waiting waiting, String state) throws RefusedException {
        if (!decided(caller, waiting, state)) {
            throw decidedMeanwhile();
        }
    }

    private static RefusedException decidedMeanwhile() {
        return new RefusedException(Problem.CONFLICT, "Somebody else has decided about this machine meanwhile.");
    }

    /** One statement decides among those who race. */
    private boolean decided(Caller caller, Waiting waiting, String state) {
        return sql.acrossDomains()
                        .statement("update pairing set state = :state, domain_id = :domainId, decided_by = :by"
                                + " where id = :id and state = 'waiting' and expires > :now")
                        .set("state", state)
                        .set("domainId", caller.domainId())
                        .set("by", Names.cleaned(caller.userName(), "somebody"))
                        .set("id", waiting.id())
                        .set("now", clock.instant())
                        .update()
                == 1;
    }

    /** Turns a machine away. */
    public void reject(Caller caller, String code) throws RefusedException {
        requireInstaller(caller);
        Waiting waiting = byCode(caller, code);
        decide(caller, waiting, "rejected");
        audit.record(caller.did(Operation.DEVICE_PAIRED, Outcome.SUCCESS)
                .saying("%s, fingerprint %s, machine at %s: rejected"
                        .formatted(waiting.name(), waiting.key().fingerprint(), waiting.address()))
                .changing(Changes.none().field("state", waiting.state(), "rejected")));
    }
}
