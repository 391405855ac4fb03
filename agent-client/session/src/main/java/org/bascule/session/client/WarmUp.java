package org.bascule.session.client;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.handshake.DeviceHandshake;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.relay.RelayRole;

/**
 * Runs tickets, handshakes and record protection with throw-away keys, so that the first session finds them compiled: AES-GCM is about a hundred times
 * slower before, a handshake some twenty times.
 */
public final class WarmUp {

    private static final int RECORD = 16 << 10;

    private WarmUp() {}

    /** Does it here and now, for about that long: three quarters of it handshakes, then records. */
    public static void run(Duration atMost) {
        long start = System.nanoTime();
        long end = start + atMost.toNanos();
        long records = start + atMost.toNanos() / 4 * 3;
        try {
            TicketSigningKey tickets = TicketSigningKey.generate();
            byte[] signature = tickets.sign(new byte[RECORD >> 4]);
            RecordCodec[] ends = handshake();
            while (System.nanoTime() - records < 0) {
                tickets.publicKey().verify(new byte[RECORD >> 4], signature);
                ends = handshake();
            }
            byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
            while (System.nanoTime() - end < 0) {
                byte[] record = ends[0].sealData(plaintext, 0, RECORD);
                ends[1].open(record, 0, record.length, plaintext);
            }
        } catch (HandshakeException | RecordException | WireException e) {
            throw new IllegalStateException("the two halves do not fit", e);
        }
    }

    /** The same on a background thread, at the start of a program. */
    public static void start(Duration atMost) {
        Thread thread = new Thread(() -> run(atMost), "bascule-session-warm-up");
        thread.setDaemon(true);
        thread.start();
    }

    private static RecordCodec[] handshake() throws HandshakeException {
        Operations operations = Operations.of(Operations.TERMINAL);
        TreeHead head = new TreeHead("d", 1, Merkle.emptyRoot(), Instant.EPOCH, "warm", new byte[64]);
        Prologue prologue = new Prologue(SessionId.random(), "https://warm.up", "d", "u", "x", new byte[32]);
        DeviceStaticKey device = DeviceStaticKey.generate();
        ClientHandshake client = ClientHandshake.start(prologue, device.publicKey(), operations, head);
        DeviceHandshake read = DeviceHandshake.read(prologue, List.of(device), client.message1());
        DeviceHandshake.Answer answer = read.answer("ticket", operations, HeadSeen.of(head));
        ClientHandshake.Completed completed = client.finish(answer.m2(), "ticket");
        RelayProofKey.generate().sign(Arrays.copyOf(answer.m2(), 64));
        return new RecordCodec[] {
            RecordCodec.AES_256_GCM.create(RelayRole.CLIENT, completed.keys()),
            RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, answer.keys())
        };
    }
}
