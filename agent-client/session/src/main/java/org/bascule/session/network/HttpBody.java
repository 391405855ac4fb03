package org.bascule.session.network;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The body of an answer: of known length, chunked (RFC 9112, section 7.1) or up to the connection's end. */
final class HttpBody extends InputStream {

    static final long CHUNKED = -1;
    static final long TO_THE_END = -2;

    private static final int MAX_CHUNK_LINE = 1_024;
    private static final int MAX_TRAILER = 32 * 1_024;
    private static final int MAX_CHUNK_DIGITS = 15;

    private final Connection connection;
    private final BufferedHead in;
    private final boolean chunked;
    private final boolean toTheEnd;
    private final Runnable atEnd;
    private long left;
    private boolean firstChunk = true;
    private boolean done;

    /**
     * @param length bytes, {@link #CHUNKED} or {@link #TO_THE_END}
     * @param atEnd called once, when everything was read
     */
    HttpBody(Connection connection, long length, Runnable atEnd) {
        this.connection = connection;
        this.in = connection.in();
        this.chunked = length == CHUNKED;
        this.toTheEnd = length == TO_THE_END;
        this.atEnd = toTheEnd ? connection::close : atEnd;
        this.left = Math.max(0, length);
        if (length == 0) {
            finish();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!done && chunked && left == 0) {
            nextChunk();
        }
        if (done) {
            return -1;
        }
        int count = in.read(bytes, offset, toTheEnd ? length : (int) Math.min(length, left));
        if (count < 0) {
            if (toTheEnd) {
                finish();
                return -1;
            }
            connection.cut();
            throw new EOFException("the connection ended within an answer");
        }
        left -= count;
        if (left == 0 && !chunked && !toTheEnd) {
            finish();
        }
        return count;
    }

    private void nextChunk() throws IOException {
        if (!firstChunk && !HttpHead.line(in, new int[] {2}).isEmpty()) {
            throw new MalformedAnswerException("a chunk without its end");
        }
        firstChunk = false;
        String line = HttpHead.line(in, new int[] {MAX_CHUNK_LINE});
        int end = 0;
        while (end < line.length() && Character.digit(line.charAt(end), 16) >= 0) {
            end++;
        }
        String rest = line.substring(end).strip();
        if (end == 0 || end > MAX_CHUNK_DIGITS || !rest.isEmpty() && !rest.startsWith(";")) {
            throw new MalformedAnswerException("a chunk without a length");
        }
        left = Long.parseLong(line.substring(0, end), 16);
        if (left == 0) {
            int[] trailer = {MAX_TRAILER};
            while (!HttpHead.line(in, trailer).isEmpty()) {
                // a trailer field, which nobody needs
            }
            finish();
        }
    }

    private void finish() {
        done = true;
        atEnd.run();
    }

    /** What was not read is given up, and the connection with it. */
    @Override
    public void close() {
        if (!done) {
            done = true;
            connection.cut();
        }
    }
}
