package org.bascule.session.stream;

import org.bascule.wire.Bytes;

/** Bodies of records, right or wrong. */
final class Frames {

    private Frames() {}

    static byte[] open(long stream, String service, String arguments) {
        return Bytes.writer().u32(stream).lp(service).lp(arguments).toByteArray();
    }

    static byte[] dataHeader(long stream, int length) {
        return Bytes.writer().u32(stream).u16(length).toByteArray();
    }

    static byte[] data(long stream, int announced, byte[] bytes) {
        return Bytes.writer().u32(stream).u16(announced).bytes(bytes).toByteArray();
    }

    static byte[] credit(long stream, long more) {
        return Bytes.writer().u32(stream).u32(more).toByteArray();
    }

    static byte[] close(long stream, long count) {
        return Bytes.writer().u32(stream).u64(count).toByteArray();
    }

    static byte[] reset(long stream, int reason, String text) {
        return Bytes.writer().u32(stream).u16(reason).lp(text).toByteArray();
    }

    static byte[] event(long stream, String json) {
        return Bytes.writer().u32(stream).lp(json).toByteArray();
    }

    static byte[] ping(int kind) {
        return Bytes.writer().u8(kind).u64(1).toByteArray();
    }

    static byte[] end(long count, int reason, String text) {
        return Bytes.writer().u64(count).u16(reason).lp(text).toByteArray();
    }
}
