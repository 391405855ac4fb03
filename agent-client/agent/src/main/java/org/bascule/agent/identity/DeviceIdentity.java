package org.bascule.agent.identity;

import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.enrol.CertificateRequest;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/** The key and certificate that this device shows, now and next. Thread-safe. */
public final class DeviceIdentity {

    /** A request that was not answered is repeated this much later. */
    static final Duration ASK_AGAIN = Duration.ofHours(1);

    /** Sessions that began with the old key may last this long. */
    static final Duration REMEMBERED = Duration.ofHours(13);

    /**
     * What a channel is opened with.
     *
     * @param chain base64url DER, device and domain CA
     */
    public record Credentials(DeviceIdentityKey key, List<String> chain) {

        public Credentials {
            chain = List.copyOf(chain);
        }
    }

    private record Previous(byte[] thumbprint, Instant until) {}

    private final DeviceState state;
    private final String uid;
    private final String domain;
    private final InstantSource clock;

    // guarded by this
    private Credentials present;
    private Optional<DeviceState.Next> next;
    /** The server refused the next key: the present one has its turn. */
    private boolean nextRefused;

    private @Nullable Previous previous;
    private Instant askAgain = Instant.MIN;

    public DeviceIdentity(DeviceState state, Registration registration, DeviceIdentityKey key, InstantSource clock)
            throws StateException {
        this.state = state;
        this.uid = registration.uid();
        this.domain = registration.domain();
        this.clock = clock;
        this.present = new Credentials(key, registration.chain());
        this.next = state.next();
    }

    /** Finishes what an earlier process began, and reads the folder. */
    public static DeviceIdentity open(DeviceState state, InstantSource clock) throws StateException {
        state.recover();
        return new DeviceIdentity(state, state.registration(), state.identity(), clock);
    }

    public synchronized DeviceIdentityKey key() {
        return present.key();
    }

    /** Whether a ticket's thumbprint means this device: by its key, or by the one before while sessions may have begun with it. */
    public synchronized boolean isOurs(byte[] thumbprint) {
        Previous old = previous;
        if (old != null && clock.instant().isAfter(old.until())) {
            previous = null;
            old = null;
        }
        return MessageDigest.isEqual(present.key().publicKey().thumbprint(), thumbprint)
                || old != null && MessageDigest.isEqual(old.thumbprint(), thumbprint);
    }

    /** What the next connection proves: the next key where it has its certificate. */
    public synchronized Credentials forConnection() {
        if (next.isPresent() && !next.get().chain().isEmpty() && !nextRefused) {
            return new Credentials(next.get().key(), next.get().chain());
        }
        return present;
    }

    /**
     * The server has proved itself and welcomed these credentials.
     *
     * @param newer another certificate for the same key, or empty
     */
    public synchronized void welcomed(Credentials used, List<String> newer, KeySet keys)
            throws StateException, WireException {
        if (!used.key().publicKey().equals(present.key().publicKey())) {
            byte[] old = present.key().publicKey().thumbprint();
            state.adoptNext();
            previous = new Previous(old, clock.instant().plus(REMEMBERED));
            present = used;
            next = Optional.empty();
        } else if (nextRefused) {
            // the server lives on with the old key: the next one was lost there
            state.dropNext();
            next = Optional.empty();
        }
        nextRefused = false;
        if (!newer.isEmpty()) {
            verify(newer, keys, present.key().publicKey());
            state.save(state.registration().withChain(newer));
            present = new Credentials(present.key(), newer);
        }
    }

    /** The server has refused these credentials: the other ones have their turn, where there are any. */
    public synchronized void refused(Credentials used) {
        nextRefused =
                next.isPresent() && !used.key().publicKey().equals(present.key().publicKey());
    }

    /** The request for a next certificate, when two thirds of the present one's time are over. The next key is on the disk before it is named. */
    public synchronized Optional<ChannelMessage.Renew> renewal() throws StateException {
        Instant now = clock.instant();
        if (now.isBefore(askAgain) || !isDue(now)) {
            return Optional.empty();
        }
        askAgain = now.plus(ASK_AGAIN);
        if (next.isEmpty()) {
            DeviceIdentityKey key = DeviceIdentityKey.generate();
            state.saveNext(key);
            next = Optional.of(new DeviceState.Next(key, List.of()));
        }
        DeviceIdentityKey key = next.get().key();
        return Optional.of(new ChannelMessage.Renew(
                CertificateRequest.of(key),
                Continuity.sign(present.key(), uid, domain, key.publicKey()).signature()));
    }

    private boolean isDue(Instant now) throws StateException {
        try {
            X509Certificate certificate =
                    DeviceCertificates.parseChain(present.chain()).get(0);
            Instant begin = certificate.getNotBefore().toInstant();
            Duration validity =
                    Duration.between(begin, certificate.getNotAfter().toInstant());
            return now.isAfter(begin.plus(validity.multipliedBy(2).dividedBy(3)));
        } catch (WireException e) {
            throw new StateException("This device's certificate is damaged: " + e.getMessage() + ".", e);
        }
    }

    /**
     * The server issued the certificate for the next key.
     *
     * @return whether it was asked for; then the next connection uses it
     */
    public synchronized boolean issued(List<String> chain, KeySet keys) throws StateException, WireException {
        if (next.isEmpty()) {
            return false;
        }
        verify(chain, keys, next.get().key().publicKey());
        state.saveNextChain(chain);
        next = Optional.of(new DeviceState.Next(next.get().key(), chain));
        nextRefused = false;
        return true;
    }

    private void verify(List<String> chain, KeySet keys, DeviceIdentityPublicKey expected) throws WireException {
        DeviceIdentityPublicKey certified =
                DeviceCertificates.verify(DeviceCertificates.parseChain(chain), keys, domain, uid, clock.instant());
        if (!certified.equals(expected)) {
            throw new WireException(WireException.Reason.FOREIGN, "the certificate is for another key");
        }
    }
}
