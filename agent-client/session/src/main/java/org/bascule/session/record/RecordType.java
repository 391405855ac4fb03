package org.bascule.session.record;

import org.bascule.wire.WireException;

/** First byte of a data plaintext; {@code ack u64} follows, then the body. An unknown type is a violation. */
public enum RecordType {
    /** u32 stream ‖ lp(service) ‖ lp(arguments, a JSON object). */
    OPEN(0x01),
    /** u32 stream ‖ u16 length ‖ bytes[length] ‖ padding (zero bytes, any number). */
    DATA(0x02),
    /** u32 stream ‖ u32 bytes more that may be sent. */
    CREDIT(0x03),
    /** u32 stream ‖ u64 bytes sent on it: the end of this direction. */
    CLOSE(0x04),
    /** u32 stream ‖ u16 reason ‖ lp(text): the end of both directions. */
    RESET(0x05),
    /** Empty. */
    ACK(0x06),
    /** u8 0 = request, 1 = reply ‖ u64 value, echoed. */
    PING(0x07),
    /** SHA-256(m1 ‖ m2)[32]: sequence 0 of the client, nothing else before it. */
    CONFIRM(0x08),
    /** u64 own data records sent before this one ‖ u16 reason ‖ lp(text). */
    END(0x09),
    /** u32 stream ‖ lp(a JSON object): beside the bytes of the stream, in order with them. */
    EVENT(0x0A);

    private static final RecordType[] BY_CODE = values();

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    public static RecordType of(int code) throws WireException {
        if (code < 1 || code > BY_CODE.length) {
            throw WireException.malformed("unknown record type " + code);
        }
        return BY_CODE[code - 1];
    }
}
