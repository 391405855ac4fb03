package org.bascule.agent.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.PieceDigest;

/** Of a file as it comes by: SHA-256 for the log, and the checksum that the ends of a transfer compare. */
final class Digest {

    private final MessageDigest digest;
    private final PieceDigest pieces = new PieceDigest();

    Digest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        pieces.update(bytes, offset, length);
    }

    /** {@link PieceDigest} of what was so far, in hexadecimal digits; it can go on. */
    String pieces() {
        return HexFormat.of().formatHex(pieces.soFar());
    }

    /** The whole, in hexadecimal digits. Nothing goes on after it. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Takes in the first bytes of a file. */
    static Digest ofBeginning(FileJob job, Fd file, long length, ByteBuffer buffer, String operation)
            throws IOException, DeviceProblem {
        Digest digest = new Digest();
        long at = 0;
        while (at < length) {
            job.require(operation);
            long from = at;
            int count = job.files(() -> Posix.read(file, buffer, from));
            int part = (int) Math.min(count, length - at);
            if (part == 0) {
                throw Problems.changed();
            }
            buffer.limit(part);
            digest.pieces.update(buffer.duplicate());
            digest.digest.update(buffer);
            at += part;
        }
        return digest;
    }
}
