package org.bascule.session.trust;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.wire.Operations;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.words.FingerprintWords;

/**
 * The checks before m1, in their order; the first that fails names itself. Root, key set, domain and tree head that passed all of them are remembered at once, the
 * device only when the handshake proved that it holds its key.
 */
public final class DeviceCheck {

    /** Other processes may remember a newer head each time. */
    private static final int ATTEMPTS = 5;

    private final TrustStore store;
    private final InstantSource clock;

    public DeviceCheck(TrustStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * The request for a session, naming the tree heads that are remembered, the newest first if there are many.
     *
     * @param server what the user calls the installation
     */
    public SessionRequest request(String server, String uid, Operations operations, Optional<String> reason)
            throws IOException {
        Map<String, Long> heads =
                store.remembered(server).map(InstallationTrust::logs).orElse(Map.of()).values().stream()
                        .sorted(Comparator.comparing(TreeHead::time).reversed())
                        .limit(SessionRequest.MAX_HEADS)
                        .collect(Collectors.toMap(TreeHead::tree, TreeHead::size));
        return new SessionRequest(uid, operations, reason, heads);
    }

    /**
     * Checks what the access server answered about a device.
     *
     * @param server what the user calls the installation; what is remembered is kept under it
     * @param domain what the user calls the domain that he is signed in to; its id is remembered under it
     * @param asked what was asked for
     * @param proofs asked where the answer does not prove that the tree goes on from the head that is remembered by now
     * @throws TrustException the check that failed
     * @throws IOException what the store or {@code proofs} throws
     */
    public VerifiedDevice check(
            String server, String domain, SessionRequest asked, SessionOpened answer, ProofSource proofs)
            throws TrustException, IOException, InterruptedException {
        if (!answer.device().equals(asked.device())) {
            throw new TrustException(TrustException.Check.OTHER_ANSWER, "the answer is about another device");
        }
        LogCheck log = new LogCheck(answer, asked.heads().getOrDefault(answer.domain(), 0L));
        for (int attempt = 1; ; attempt++) {
            try {
                return store.update(server, remembered -> decide(remembered, domain, answer, log));
            } catch (UnprovenException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                // not while the store is locked
                log.add(fetch(e, proofs));
            }
        }
    }

    /**
     * Compares what the device says about the log with the head that was checked.
     *
     * @throws TrustException {@code LOG_FORKED}
     */
    public void compare(TreeHead head, HeadSeen seen, ProofSource proofs)
            throws TrustException, IOException, InterruptedException {
        if (seen.size() == 0) {
            return;
        }
        HeadSeen own = HeadSeen.of(head);
        boolean behind = seen.size() < own.size();
        HeadSeen older = behind ? seen : own;
        HeadSeen newer = behind ? own : seen;
        try {
            LogCheck.requireGrowth(older, newer, List.of());
        } catch (UnprovenException e) {
            LogCheck.requireGrowth(older, newer, List.of(fetch(e, proofs)));
        }
    }

    /**
     * Remembers a device; to be called when the handshake proved that it holds its key, and {@link #compare} found nothing.
     *
     * @throws TrustException {@code IDENTITY_CHANGED} if somebody else remembered another identity since the check
     */
    public void remember(String server, VerifiedDevice device) throws TrustException, IOException {
        DeviceTrust met = new DeviceTrust(device.identity().thumbprint(), device.counter(), device.compared());
        store.update(server, remembered -> {
            InstallationTrust trust = remembered.orElseThrow(() -> new TrustException(
                    TrustException.Check.ROOT_CHANGED, "what was remembered of the installation is gone"));
            DeviceTrust newest = newest(trust.device(device.uid()), device.seen(), met);
            return new TrustStore.Decision<>(newest, trust.with(device.uid(), newest));
        });
    }

    private static DeviceTrust newest(Optional<DeviceTrust> present, Optional<DeviceTrust> checked, DeviceTrust met)
            throws TrustException {
        if (present.isEmpty()) {
            return met;
        }
        boolean leads = checked.filter(seen -> sameKey(seen, present.get())).isPresent();
        if (!leads && !sameKey(present.get(), met)) {
            throw metAnew();
        }
        return new DeviceTrust(
                met.identity(),
                Math.max(present.get().counter(), met.counter()),
                present.get().compared() || met.compared());
    }

    private static boolean sameKey(DeviceTrust one, DeviceTrust other) {
        return Arrays.equals(one.identity(), other.identity());
    }

    /** The key that is remembered of a device. */
    public Optional<DeviceTrust> known(String server, String uid) throws IOException {
        return store.remembered(server).flatMap(trust -> trust.device(uid));
    }

    /**
     * Remembers the key whose words a person has compared with those at the device, in place of the one that is known; the endorsements of another key are counted
     * from the beginning. Nothing but such a comparison may lead here: what the access server says is no reason to take another key.
     *
     * @param known what is remembered of the device
     * @param identity SHA-256 of the identity's SubjectPublicKeyInfo, 32 bytes
     * @throws TrustException {@code IDENTITY_CHANGED} if another key than {@code known} is remembered by now
     */
    public void compared(String server, String uid, DeviceTrust known, byte[] identity)
            throws TrustException, IOException {
        store.update(server, remembered -> {
            InstallationTrust trust = remembered.orElseThrow(DeviceCheck::metAnew);
            DeviceTrust present = trust.device(uid)
                    .filter(seen -> Arrays.equals(seen.identity(), known.identity()))
                    .orElseThrow(DeviceCheck::metAnew);
            long counter = Arrays.equals(present.identity(), identity) ? present.counter() : 0;
            DeviceTrust compared = new DeviceTrust(identity, counter, true);
            return new TrustStore.Decision<>(compared, trust.with(uid, compared));
        });
    }

    private static TrustException metAnew() {
        return new TrustException(
                TrustException.Check.IDENTITY_CHANGED, "the device was met with another identity meanwhile");
    }

    private static LogProofs.Growth fetch(UnprovenException missing, ProofSource proofs)
            throws TrustException, IOException, InterruptedException {
        Optional<List<byte[]>> path = proofs.consistency(missing.first(), missing.second());
        if (path.isEmpty()) {
            throw missing;
        }
        return new LogProofs.Growth(missing.first(), missing.second(), path.get());
    }

    private TrustStore.Decision<VerifiedDevice> decide(
            Optional<InstallationTrust> remembered, String domain, SessionOpened answer, LogCheck log)
            throws TrustException {
        Instant now = clock.instant();
        requireSameRoot(remembered, answer);
        KeySet keys = keySet(remembered, answer);
        requireSameDomain(remembered.flatMap(trust -> trust.domain(domain)), answer);
        DeviceIdentityPublicKey identity = identity(keys, answer, now);
        verifyEndorsement(identity, answer, now);
        TreeHead head = log.head(keys);
        log.requireIncluded(head);
        TreeHead newest = log.newest(remembered.flatMap(trust -> trust.log(answer.domain())), head);
        Optional<DeviceTrust> seen = remembered.flatMap(trust -> trust.device(answer.device()));
        if (seen.isPresent()) {
            requireSameDevice(seen.get(), identity, answer);
        }
        InstallationTrust base =
                remembered.orElseGet(() -> new InstallationTrust(answer.root(), keys.issuer(), keys.seq(), Map.of()));
        return new TrustStore.Decision<>(
                new VerifiedDevice(
                        answer.device(),
                        identity,
                        answer.endorsement().key(),
                        answer.endorsement().counter(),
                        seen,
                        head),
                base.with(keys.seq(), domain, newest));
    }

    private static void requireSameRoot(Optional<InstallationTrust> remembered, SessionOpened answer)
            throws TrustException {
        if (remembered.isPresent() && !remembered.get().root().equals(answer.root())) {
            throw new TrustException(
                    TrustException.Check.ROOT_CHANGED, "the installation shows another root key than at first use");
        }
    }

    /** Otherwise the access server could answer with a domain of its own, whose log nobody else sees. */
    private static void requireSameDomain(Optional<String> seen, SessionOpened answer) throws TrustException {
        if (seen.isPresent() && !seen.get().equals(answer.domain())) {
            throw new TrustException(
                    TrustException.Check.DOMAIN_CHANGED,
                    "the access server answers about another domain than the one of this sign-in");
        }
    }

    private static KeySet keySet(Optional<InstallationTrust> remembered, SessionOpened answer) throws TrustException {
        KeySet keys;
        try {
            keys = KeySet.verify(answer.keySet(), answer.root());
        } catch (WireException e) {
            throw new TrustException(TrustException.Check.KEY_SET, "the key set is not the installation's", e);
        }
        boolean otherIssuer =
                remembered.isPresent() && !remembered.get().issuer().equals(keys.issuer());
        if (!keys.issuer().equals(answer.issuer()) || otherIssuer) {
            throw new TrustException(TrustException.Check.KEY_SET, "the key set is for another issuer");
        }
        if (remembered.isPresent() && keys.seq() < remembered.get().keySetSeq()) {
            throw new TrustException(
                    TrustException.Check.KEY_SET_ROLLED_BACK, "the key set is older than the newest seen");
        }
        return keys;
    }

    private static DeviceIdentityPublicKey identity(KeySet keys, SessionOpened answer, Instant now)
            throws TrustException {
        try {
            return DeviceCertificates.verify(
                    DeviceCertificates.parseChain(answer.chain()), keys, answer.domain(), answer.device(), now);
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.CERTIFICATE, "the device's certificate is refused: " + e.getMessage(), e);
        }
    }

    private static void verifyEndorsement(DeviceIdentityPublicKey identity, SessionOpened answer, Instant now)
            throws TrustException {
        try {
            answer.endorsement().verify(identity, answer.device(), answer.domain(), now);
        } catch (WireException e) {
            throw new TrustException(
                    TrustException.Check.ENDORSEMENT, "the device's static key is refused: " + e.getMessage(), e);
        }
    }

    /** The key that was seen last time, or one to which keys that it signed lead. Words of another key are not told: they are to be read at the machine. */
    private static void requireSameDevice(DeviceTrust seen, DeviceIdentityPublicKey identity, SessionOpened answer)
            throws TrustException {
        if (!Continuity.leads(answer.continuity(), answer.device(), answer.domain(), seen.identity(), identity)) {
            throw new TrustException(
                    TrustException.Check.IDENTITY_CHANGED,
                    "the device " + answer.device()
                            + " has another identity than the last time; words of the key that is known here: "
                            + FingerprintWords.text(seen.identity()));
        }
        if (answer.endorsement().counter() < seen.counter()) {
            throw new TrustException(
                    TrustException.Check.ENDORSEMENT_ROLLED_BACK, "the endorsement is older than the newest seen");
        }
    }
}
