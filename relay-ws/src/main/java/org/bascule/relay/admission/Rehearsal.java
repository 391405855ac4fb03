package org.bascule.relay.admission;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;

/**
 * Checks tokens and proofs of its own making until the JVM has compiled what an admission needs. Interpreted, the first ones take some tens of
 * milliseconds each, while somebody waits for a session. It is a self-test as well: if a good token is refused, the relay cannot work.
 */
public final class Rehearsal {

    private static final int ROUNDS = 100;

    private Rehearsal() {}

    /** Takes about half a second of one core. */
    public static void run() throws WireException {
        RelayTokenSigningKey signer = RelayTokenSigningKey.generate();
        RelayProofKey proof = RelayProofKey.generate();
        SessionId sid = SessionId.random();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String text = new RelayToken(
                        "rehearsal",
                        sid,
                        RelayRole.CLIENT,
                        0,
                        now,
                        now.plus(RelayToken.VALIDITY),
                        UUID.randomUUID().toString(),
                        proof.publicKey(),
                        "rehearsal")
                .sign(signer);
        byte[] signed = RelayProof.signedBytes("rehearsal", new byte[RelayLimits.NONCE], sid, RelayRole.CLIENT);
        byte[] signature = proof.sign(signed);
        for (int round = 0; round < ROUNDS; round++) {
            RelayToken.verify(text, signer.publicKey(), now).cnf().verify(signed, signature);
        }
    }
}
