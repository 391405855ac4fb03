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
import org.jspecify.annotations.Nullable;

/** Of a file as it comes by: the checksum that the ends of a transfer compare, and SHA-256 where the log, or a virus scan, wants it. */
final class Digest {

    private final @Nullable MessageDigest whole;
    private final PieceDigest pieces = new PieceDigest();

    private Digest(boolean withWhole) {
        whole = withWhole ? wholeDigest() : null;
    }

    private static MessageDigest wholeDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Of nothing yet. */
    static Digest of(FileJob job) {
        return new Digest(job.wantsSha256());
    }

    void update(byte[] bytes, int offset, int length) {
        if (whole != null) {
            whole.update(bytes, offset, length);
        }
        pieces.update(bytes, offset, length);
    }

    /** {@link PieceDigest} of what was so far, in hexadecimal digits; it can go on. */
    String pieces() {
        return HexFormat.of().formatHex(pieces.soFar());
    }

    /**
     * SHA-256 of the file, in hexadecimal digits; empty where nobody wants it. Who has come to want it meanwhile has it read once more. Nothing goes on after it.
     *
     * @param length bytes that were taken in
     */
    String sha256(FileJob job, Fd file, long length, ByteBuffer buffer, String operation)
            throws IOException, DeviceProblem {
        if (whole != null) {
            return HexFormat.of().formatHex(whole.digest());
        }
        if (!job.wantsSha256()) {
            return "";
        }
        Digest again = ofBeginning(job, file, length, buffer, operation);
        if (!again.pieces().equals(pieces())) {
            throw Problems.changed();
        }
        return again.whole == null ? "" : HexFormat.of().formatHex(again.whole.digest());
    }

    /** Takes in the first bytes of a file. */
    static Digest ofBeginning(FileJob job, Fd file, long length, ByteBuffer buffer, String operation)
            throws IOException, DeviceProblem {
        Digest digest = of(job);
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
            if (digest.whole != null) {
                digest.whole.update(buffer.duplicate());
            }
            digest.pieces.update(buffer);
            at += part;
        }
        return digest;
    }
}
