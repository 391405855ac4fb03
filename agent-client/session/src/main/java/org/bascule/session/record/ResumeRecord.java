package org.bascule.session.record;

import java.nio.charset.StandardCharsets;
import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;

/**
 * Control record of a reconnection: {@code 0x01 ‖ sid[16] ‖ lp(relay id) ‖ u32 attempt ‖ u64 next}.
 *
 * @param relay the relay of this transport
 * @param attempt above every earlier one
 * @param next the data record expected next
 */
public record ResumeRecord(SessionId sid, String relay, long attempt, long next) {

    private static final int TYPE = 0x01;

    public byte[] bytes() {
        return Bytes.writer()
                .u8(TYPE)
                .bytes(sid.bytes())
                .lp(relay)
                .u32(attempt)
                .u64(next)
                .toByteArray();
    }

    /** Reads a control plaintext; another type or extra bytes are a violation. */
    public static ResumeRecord parse(byte[] plaintext) throws WireException {
        Bytes.Reader in = Bytes.reader(plaintext);
        if (in.u8() != TYPE) {
            throw WireException.malformed("unknown control record");
        }
        ResumeRecord resume = new ResumeRecord(
                SessionId.of(in.bytes(SessionId.LENGTH)),
                new String(in.lp(), StandardCharsets.UTF_8),
                in.u32(),
                in.u64());
        in.end();
        return resume;
    }
}
