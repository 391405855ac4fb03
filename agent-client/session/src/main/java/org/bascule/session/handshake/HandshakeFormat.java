package org.bascule.session.handshake;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bascule.session.noise.Hkdf;
import org.bascule.session.noise.MlKem768;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.log.TreeHead;

/**
 * The payloads of the two messages, and the psk between them.
 *
 * <pre>
 * P1 = version u8 ‖ ek[1184] ‖ lp(operations) ‖ lp(tree head)
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

    /** What the client asks for, and the head of the domain's tree that it was shown. */
    record Payload1(byte[] ek, Operations operations, TreeHead head) {

        byte[] bytes() {
            return Bytes.writer()
                    .u8(VERSION)
                    .bytes(ek)
                    .lp(operations.bytes())
                    .lp(head.bytes())
                    .toByteArray();
        }

        /**
         * Reads it; the head is not verified.
         *
         * @param tree whose head it is
         */
        static Payload1 parse(byte[] bytes, String tree) throws HandshakeException {
            try {
                Bytes.Reader in = Bytes.reader(bytes);
                requireVersion(in.u8());
                Payload1 payload = new Payload1(
                        in.bytes(MlKem768.EK_LENGTH), Operations.parse(in.lp()), TreeHead.parse(tree, in.lp()));
                in.end();
                return payload;
            } catch (WireException e) {
                throw HandshakeException.of(e);
            }
        }
    }

    /** What the device grants, and what it has seen of the log. */
    record Payload2(byte[] ticketHash, HeadSeen seen, Operations granted) {

        byte[] bytes() {
            return Bytes.writer()
                    .u8(VERSION)
                    .bytes(ticketHash)
                    .u64(seen.size())
                    .bytes(seen.root())
                    .lp(granted.bytes())
                    .toByteArray();
        }

        static Payload2 parse(byte[] bytes) throws HandshakeException {
            try {
                Bytes.Reader in = Bytes.reader(bytes);
                requireVersion(in.u8());
                byte[] ticketHash = in.bytes(Sha256.LENGTH);
                HeadSeen seen = seen(in.u64(), in.bytes(Sha256.LENGTH));
                Payload2 payload = new Payload2(ticketHash, seen, Operations.parse(in.lp()));
                in.end();
                return payload;
            } catch (WireException e) {
                throw HandshakeException.of(e);
            }
        }

        /** Size 0 and a root of zeros go together. */
        private static HeadSeen seen(long size, byte[] root) throws HandshakeException {
            boolean none = Arrays.equals(root, HeadSeen.NONE.root());
            if (size < 0 || size > TreeHead.MAX_SIZE || (size == 0) != none) {
                throw new HandshakeException(HandshakeException.Reason.NO_HEAD);
            }
            return new HeadSeen(size, root);
        }
    }

    private static void requireVersion(int version) throws HandshakeException {
        if (version != VERSION) {
            throw new HandshakeException(HandshakeException.Reason.WRONG_VERSION);
        }
    }
}
