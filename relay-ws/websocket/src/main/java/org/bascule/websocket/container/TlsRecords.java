package org.bascule.websocket.container;

import org.glassfish.grizzly.Buffer;

/** Where records of TLS end in what comes (RFC 8446, section 5.1; the same in TLS 1.2). One thread at a time. */
final class TlsRecords {

    private static final int HEADER = 5;

    /** Bytes of the header that have come, as far as it is not complete. */
    private int header;

    private int length;
    /** Bytes of the record that are still to come. */
    private int left;

    private volatile boolean between = true;

    void came(Buffer bytes) {
        int at = bytes.position();
        int end = bytes.limit();
        while (at < end) {
            if (left > 0) {
                int some = Math.min(left, end - at);
                left -= some;
                at += some;
            } else {
                length = length << 8 | bytes.get(at++) & 0xff;
                if (++header == HEADER) {
                    left = length & 0xffff;
                    header = 0;
                    length = 0;
                }
            }
        }
        between = left == 0 && header == 0;
    }

    /** Whether nothing has come of a record that is not complete. */
    boolean isBetween() {
        return between;
    }
}
