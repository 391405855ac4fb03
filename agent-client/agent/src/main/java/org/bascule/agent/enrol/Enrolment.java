package org.bascule.agent.enrol;

import java.time.InstantSource;
import java.util.Optional;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.hardware.HardwareProbe;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.tls.AgentProxy;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.session.network.Network;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.EnrolmentToken;
import org.bascule.wire.keys.DeviceIdentityKey;

/** Enrols this device with a token. */
public final class Enrolment {

    private static final int MAX_ANSWER = 64 * 1_024;

    private final DeviceState state;
    private final InstantSource clock;

    public Enrolment(DeviceState state, InstantSource clock) {
        this.state = state;
        this.clock = clock;
    }

    /**
     * What the person at the device gave.
     *
     * @param server base URL, {@code https}
     * @param name suggested name of the device
     * @param privateCa PEM
     */
    public record Wish(String server, String token, String name, Optional<byte[]> privateCa) {
        @Override
        public String toString() {
            return "Wish[server=" + server + ", token=[REDACTED]]";
        }
    }

    /**
     * Makes the identity, asks, checks, stores. On return the folder is enrolled; on failure it is not, and the next attempt with the same token asks with the same key:
     * if the server has registered it and the answer was lost, it answers again.
     */
    public Registration enrol(Wish wish, String os, String version) throws EnrolException, StateException {
        if (state.isEnrolled()) {
            throw new StateException(
                    "This device is already enrolled in " + state.registration().domainName() + " as "
                            + state.registration().name() + "; its folder is "
                            + state.folder().path() + ".");
        }
        EnrolmentToken token = token(wish.token());
        String server = Registration.checkServer(wish.server());
        Network network = ServerTrust.of(wish.privateCa()).network(AgentProxy.of(state.folder()));
        ServerCalls calls = new ServerCalls(server, network);
        DeviceIdentityKey identity = state.askingKey(token.rootHash());
        ServerCalls.Answer told = ask(calls, wish, token, identity, os, version);
        if (Problem.of(told.body()).code().equals("conflict")) {
            // the key is registered already, not by this token
            state.dropNext();
            identity = state.askingKey(token.rootHash());
            told = ask(calls, wish, token, identity, os, version);
        }
        EnrolAnswer answer = understood(told);
        Registration registration =
                EnrolmentCheck.check(server, answer, token.rootHash(), identity.publicKey(), clock.instant());

        if (wish.privateCa().isPresent()) {
            state.savePrivateCa(wish.privateCa().get());
        }
        state.saveKeySet(answer.keySet());
        state.enrolled(identity, registration);
        return registration;
    }

    private static EnrolmentToken token(String text) throws EnrolException {
        try {
            return EnrolmentToken.parse(text.strip());
        } catch (WireException e) {
            throw new EnrolException(Reason.TOKEN, "This is not an enrolment token; copy it in full.", e);
        }
    }

    private static ServerCalls.Answer ask(
            ServerCalls calls, Wish wish, EnrolmentToken token, DeviceIdentityKey identity, String os, String version)
            throws EnrolException {
        EnrolRequest request = new EnrolRequest(
                token.reveal(),
                CertificateRequest.of(identity),
                wish.name(),
                os,
                version,
                HardwareProbe.read(token.rootHash()));
        return calls.post("/api/enrol", request.toJson(), MAX_ANSWER);
    }

    private static EnrolAnswer understood(ServerCalls.Answer answer) throws EnrolException {
        if (answer.status() != 201) {
            throw refusal(answer.status(), answer.body());
        }
        try {
            return EnrolAnswer.parse(answer.body());
        } catch (WireException e) {
            throw ServerCalls.malformed(e);
        }
    }

    /** Empty texts where the answer is none. */
    private record Problem(String code, String detail) {

        static Problem of(String body) {
            try {
                StrictJson problem = StrictJson.parse(body, MAX_ANSWER);
                return new Problem(
                        problem.optionalString("type", 200).orElse("").replace("urn:bascule:problem:", ""),
                        problem.optionalString("detail", 500).orElse(""));
            } catch (WireException e) {
                return new Problem("", "");
            }
        }
    }

    static EnrolException refusal(int status, String body) {
        Problem problem = Problem.of(body);
        String detail = problem.detail();
        return switch (problem.code()) {
            case "enrolment-token-unknown" ->
                new EnrolException(Reason.TOKEN, "The server does not know this enrolment token.");
            case "enrolment-token-expired" -> new EnrolException(Reason.TOKEN, "The enrolment token has expired.");
            case "enrolment-token-used-up" ->
                new EnrolException(Reason.TOKEN, "The enrolment token has been used as often as it may be.");
            case "hardware-bound" ->
                new EnrolException(
                        Reason.BOUND,
                        "This machine is registered already; an administrator of where it is must release it first.");
            default ->
                new EnrolException(
                        Reason.SERVER,
                        "The server refused with " + status + (detail.isEmpty() ? "." : ": " + printable(detail)));
        };
    }

    /** Text of the server's for a terminal. */
    private static String printable(String text) {
        return text.replaceAll("\\p{C}", "?");
    }
}
