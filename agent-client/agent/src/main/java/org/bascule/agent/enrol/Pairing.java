package org.bascule.agent.enrol;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.hardware.HardwareProbe;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.PairingOpened;
import org.bascule.wire.enrol.PairingProof;
import org.bascule.wire.enrol.PairingRequest;
import org.bascule.wire.enrol.PairingState;
import org.bascule.wire.enrol.ResetNotice;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * Pairs this device with a code that an administrator accepts. The installation's root comes from the server at first contact: what is pinned is what was shown to
 * the person here, who compares its words, or names it.
 */
public final class Pairing {

    private static final int MAX_ANSWER = 64 * 1_024;
    private static final int CREATED = 201;

    private final DeviceState state;
    private final InstantSource clock;
    private final Person person;

    /** Whoever sits at this device. */
    public interface Person {

        /** Shows the code and what is to be compared. */
        void shown(PairingOpened opened, DeviceIdentityPublicKey key);

        /**
         * The domain into which the device was accepted: is it the right one?
         *
         * @param by who accepted it; hostile text like the other names
         */
        boolean confirms(Registration registration, String by);

        /** Waits between two questions. */
        void pause(Duration time) throws InterruptedException;
    }

    /**
     * What the person at the device gave.
     *
     * @param server base URL, {@code https}
     * @param rootHash SHA-256 of the installation's root, if it is known from elsewhere
     * @param domain name of the domain that alone shall find this device
     */
    public record Wish(
            String server,
            String name,
            Optional<byte[]> rootHash,
            Optional<String> domain,
            Optional<byte[]> privateCa) {}

    public Pairing(DeviceState state, InstantSource clock, Person person) {
        this.state = state;
        this.clock = clock;
        this.person = person;
    }

    /**
     * Makes the identity, shows the code, waits, checks, stores. On return the folder is enrolled; on failure it is not. Whoever was interrupted asks the same
     * installation with the same key again: if it was accepted meanwhile, nobody has to accept it twice.
     */
    public Registration pair(Wish wish, String os, String version)
            throws EnrolException, StateException, InterruptedException {
        String server = Registration.checkServer(wish.server());
        ServerCalls calls =
                new ServerCalls(server, ServerTrust.of(wish.privateCa()).network(AgentProxy.of(state.folder())));
        byte[] rootHash = wish.rootHash().isPresent()
                ? wish.rootHash().get()
                : calls.installationRoot().hash();
        DeviceIdentityKey identity = state.askingKey(rootHash);
        PairingOpened opened = open(calls, wish, identity, rootHash, os, version);
        person.shown(opened, identity.publicKey());
        PairingState accepted = accepted(calls, opened, identity, rootHash);
        Registration registration = checked(server, accepted, rootHash, identity);
        requireConfirmed(calls, wish, registration, accepted, identity);

        if (wish.privateCa().isPresent()) {
            state.savePrivateCa(wish.privateCa().get());
        }
        state.saveKeySet(accepted.enrolment().get().keySet());
        state.enrolled(identity, registration);
        return registration;
    }

    private PairingOpened open(
            ServerCalls calls, Wish wish, DeviceIdentityKey identity, byte[] rootHash, String os, String version)
            throws EnrolException, StateException {
        PairingRequest request = new PairingRequest(
                CertificateRequest.of(identity), wish.name(), os, version, HardwareProbe.read(rootHash), wish.domain());
        ServerCalls.Answer answer = calls.post("/api/pair", request.toJson(), MAX_ANSWER);
        if (answer.status() != CREATED) {
            throw Enrolment.refusal(answer.status(), answer.body());
        }
        try {
            PairingOpened opened = PairingOpened.parse(answer.body());
            if (!MessageDigest.isEqual(opened.root().hash(), rootHash)) {
                state.dropNext();
                throw new EnrolException(
                        Reason.NOT_TRUSTED, "The server's installation is not the one whose root was named.");
            }
            return opened;
        } catch (WireException e) {
            throw ServerCalls.malformed(e);
        }
    }

    private PairingState accepted(ServerCalls calls, PairingOpened opened, DeviceIdentityKey identity, byte[] rootHash)
            throws EnrolException, StateException, InterruptedException {
        String proof = PairingProof.sign(identity, opened.id(), opened.nonce(), rootHash)
                .toJson();
        Instant end = opened.expires().plusSeconds(60);
        while (clock.instant().isBefore(end)) {
            person.pause(Duration.ofSeconds(opened.interval()));
            Optional<PairingState> told = ask(calls, "/api/pair/" + opened.id(), proof);
            if (told.isPresent() && !told.get().state().equals(PairingState.WAITING)) {
                return decided(told.get());
            }
        }
        throw expired();
    }

    /** Empty when the server could not be asked: it is asked again. */
    private static Optional<PairingState> ask(ServerCalls calls, String path, String proof) throws EnrolException {
        ServerCalls.Answer answer;
        try {
            answer = calls.post(path, proof, MAX_ANSWER);
        } catch (EnrolException e) {
            return Optional.empty();
        }
        if (answer.status() == 429 || answer.status() >= 500) {
            return Optional.empty();
        }
        if (answer.status() != 200) {
            throw Enrolment.refusal(answer.status(), answer.body());
        }
        try {
            return Optional.of(PairingState.parse(answer.body()));
        } catch (WireException e) {
            throw ServerCalls.malformed(e);
        }
    }

    /** The key of an answer that does not verify is given up, unless the clock alone may be wrong. */
    private Registration checked(String server, PairingState accepted, byte[] rootHash, DeviceIdentityKey identity)
            throws EnrolException, StateException {
        EnrolAnswer answer = accepted.enrolment()
                .orElseThrow(() -> new EnrolException(Reason.SERVER, "The server's answer is incomplete."));
        try {
            return EnrolmentCheck.check(server, answer, rootHash, identity.publicKey(), clock.instant());
        } catch (EnrolException e) {
            if (!(e.getCause() instanceof WireException wire && wire.reason() == WireException.Reason.EXPIRED)) {
                state.dropNext();
            }
            throw e;
        }
    }

    /** A key that was not accepted is given up: the next attempt has another one. */
    private PairingState decided(PairingState told) throws EnrolException, StateException {
        if (told.state().equals(PairingState.ACCEPTED)) {
            return told;
        }
        state.dropNext();
        throw switch (told.state()) {
            case PairingState.EXPIRED -> expired();
            case PairingState.BOUND ->
                new EnrolException(
                        Reason.BOUND,
                        "This machine is registered already; an administrator of where it is must release it first.");
            default -> new EnrolException(Reason.REJECTED, "An administrator has rejected this device.");
        };
    }

    private static EnrolException expired() {
        return new EnrolException(Reason.REJECTED, "Nobody accepted this device in time; pair it again.");
    }

    /** An identity in the wrong domain is given up at once. */
    private void requireConfirmed(
            ServerCalls calls, Wish wish, Registration registration, PairingState accepted, DeviceIdentityKey identity)
            throws EnrolException, StateException {
        boolean right = wish.domain().isPresent()
                ? wish.domain().get().equalsIgnoreCase(registration.domainName())
                : person.confirms(registration, accepted.by().orElse(""));
        if (!right) {
            calls.post(
                    "/api/enrol/reset",
                    ResetNotice.sign(identity, registration.uid(), registration.domain(), clock.instant())
                            .toJson(),
                    MAX_ANSWER);
            state.reset();
            throw new EnrolException(
                    Reason.REJECTED,
                    "This device was accepted into another domain than it should be; its identity was given up.");
        }
    }
}
