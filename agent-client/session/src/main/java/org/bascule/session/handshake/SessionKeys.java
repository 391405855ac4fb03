package org.bascule.session.handshake;

import java.security.MessageDigest;
import org.bascule.session.noise.NoiseKeys;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;

/** What a handshake leaves to a session: its id, one key for each direction, and the value that the client confirms with. Never prints a secret. */
public final class SessionKeys {

    private static final int LENGTH = 32;

    private final SessionId sid;
    private final byte[] clientToAgent;
    private final byte[] agentToClient;
    private final byte[] confirmation;

    /**
     * Takes the results of Split().
     *
     * @param confirmation SHA-256(m1 ‖ m2)
     */
    public SessionKeys(SessionId sid, byte[] clientToAgent, byte[] agentToClient, byte[] confirmation) {
        if (clientToAgent.length != LENGTH || agentToClient.length != LENGTH || confirmation.length != LENGTH) {
            throw new IllegalArgumentException("keys and confirmation have 32 bytes");
        }
        this.sid = sid;
        this.clientToAgent = clientToAgent.clone();
        this.agentToClient = agentToClient.clone();
        this.confirmation = confirmation.clone();
    }

    static SessionKeys of(SessionId sid, NoiseKeys keys, byte[] m1, byte[] m2) {
        return new SessionKeys(sid, keys.initiatorToResponder(), keys.responderToInitiator(), Sha256.of(m1, m2));
    }

    public SessionId sid() {
        return sid;
    }

    /** The secret {@code k_c}, 32 bytes. */
    public byte[] revealClientToAgent() {
        return clientToAgent.clone();
    }

    /** The secret {@code k_a}, 32 bytes. */
    public byte[] revealAgentToClient() {
        return agentToClient.clone();
    }

    /** SHA-256(m1 ‖ m2), not secret. */
    public byte[] confirmation() {
        return confirmation.clone();
    }

    public boolean isConfirmedBy(byte[] value) {
        return MessageDigest.isEqual(confirmation, value);
    }

    @Override
    public String toString() {
        return "SessionKeys[" + sid + ", REDACTED]";
    }
}
