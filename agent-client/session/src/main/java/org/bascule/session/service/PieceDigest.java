package org.bascule.session.service;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The checksum by which both ends of a transfer compare a file: SHA-256 over the SHA-256 of each {@value #PIECE} bytes, the last of which may be fewer ({@code docs/protocol/files.md}). A browser has a fast SHA-256 for
 * whole pieces alone, not for a file as it comes by. Not thread-safe.
 */
public final class PieceDigest {

    /** Bytes. */
    public static final int PIECE = 1 << 20;

    private final MessageDigest piece = sha256();
    private MessageDigest pieces = sha256();
    private int filled;

    public void update(byte[] bytes, int offset, int length) {
        update(ByteBuffer.wrap(bytes, offset, length));
    }

    /** Takes in what remains of the buffer. */
    public void update(ByteBuffer bytes) {
        int end = bytes.limit();
        while (bytes.hasRemaining()) {
            int part = Math.min(bytes.remaining(), PIECE - filled);
            bytes.limit(bytes.position() + part);
            piece.update(bytes);
            bytes.limit(end);
            filled += part;
            if (filled == PIECE) {
                pieces.update(piece.digest());
                filled = 0;
            }
        }
    }

    /** Of what was so far, 32 bytes; it can go on. */
    public byte[] soFar() {
        MessageDigest all = copy(pieces);
        if (filled > 0) {
            all.update(copy(piece).digest());
        }
        return all.digest();
    }

    /** Forgets everything. */
    public void reset() {
        piece.reset();
        pieces = sha256();
        filled = 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be copied", e);
        }
    }
}
