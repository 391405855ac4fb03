package org.bascule.session.handshake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bascule.session.noise.Hkdf;
import org.bascule.session.noise.MlKem768;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;

/**
 * The payloads of the two messages, and the psk between them.
 *
 * <pre>
 * P1 = version u8 ‖ ek[1184] ‖ lp(operations)
 * P2 = version u8 ‖ SHA-256(ticket)[32] ‖ log size u64 ‖ log root[32] ‖ lp(granted)
 * </pre>
 *
 * Version 1 is the only one. Bytes beyond a payload are refused.
 */
final class HandshakeFormat {

    /** Bytes of a handshake message. */
    static final int MAX_MESSAGE = 4_096;

    private static final int VERSION = 1;
    private static final String PSK_LABEL = "bascule/1 psk";
    private static final byte[] NO_SALT = new byte[Hkdf.LENGTH];
    private static final byte[] NO_ROOT = new byte[Sha256.LENGTH];

    private HandshakeFormat() {}

    static void requireSize(byte[] message) throws HandshakeException {
        if (message.length > MAX_MESSAGE) {
            throw new HandshakeException(HandshakeException.Reason.TOO_LARGE);
        }
    }

    static byte[] psk(byte[] sharedSecret, byte[] prologue, byte[] m1, byte[] ek, byte[] ct) {
        byte[] info = Bytes.writer()
                .bytes(PSK_LABEL.getBytes(StandardCharsets.US_ASCII))
                .bytes(Sha256.of(prologue))
                .bytes(Sha256.of(m1))
                .bytes(Sha256.of(ek))
                .bytes(Sha256.of(ct))
                .toByteArray();
        return Hkdf.derive(NO_SALT, sharedSecret, info, Hkdf.LENGTH);
    }

    /** What the client asks for. */
    record Payload1(byte[] ek, Operations operations) {

        byte[] bytes() {
            return Bytes.writer().u8(VERSION).bytes(ek).lp(operations.bytes()).toByteArray();
        }

        static Payload1 parse(byte[] bytes) throws HandshakeException {
            try {
                Bytes.Reader in = Bytes.reader(bytes);
                requireVersion(in.u8());
                Payload1 payload = new Payload1(in.bytes(MlKem768.EK_LENGTH), Operations.parse(in.lp()));
                in.end();
                return payload;
            } catch (WireException e) {
                throw HandshakeException.of(e);
            }
        }
    }

    /** What the device grants; no transparency log is in force yet. */
    record Payload2(byte[] ticketHash, Operations granted) {

        byte[] bytes() {
            return Bytes.writer()
                    .u8(VERSION)
                    .bytes(ticketHash)
                    .u64(0)
                    .bytes(NO_ROOT)
                    .lp(granted.bytes())
                    .toByteArray();
        }

        static Payload2 parse(byte[] bytes) throws HandshakeException {
            try {
                Bytes.Reader in = Bytes.reader(bytes);
                requireVersion(in.u8());
                byte[] ticketHash = in.bytes(Sha256.LENGTH);
                requireNoLog(in.u64(), in.bytes(Sha256.LENGTH));
                Payload2 payload = new Payload2(ticketHash, Operations.parse(in.lp()));
                in.end();
                return payload;
            } catch (WireException e) {
                throw HandshakeException.of(e);
            }
        }

        private static void requireNoLog(long size, byte[] root) throws HandshakeException {
            if (size != 0 || !Arrays.equals(root, NO_ROOT)) {
                throw new HandshakeException(HandshakeException.Reason.UNEXPECTED_LOG);
            }
        }
    }

    private static void requireVersion(int version) throws HandshakeException {
        if (version != VERSION) {
            throw new HandshakeException(HandshakeException.Reason.WRONG_VERSION);
        }
    }
}
