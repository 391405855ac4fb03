package org.bascule.agent.file;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bascule.agent.posix.Fd;
import org.bascule.agent.posix.Posix;
import org.bascule.session.service.DeviceProblem;

/** SHA-256 of a file as it comes by. */
final class Digest {

    private final MessageDigest digest;

    Digest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    /** Of what was so far; it can go on. In hexadecimal digits. */
    String soFar() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be copied", e);
        }
    }

    /** Takes in the first bytes of a file. */
    static Digest ofBeginning(FileJob job, Fd file, long length, ByteBuffer buffer, String operation)
            throws DeviceProblem {
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
            digest.digest.update(buffer);
            at += part;
        }
        return digest;
    }
}
