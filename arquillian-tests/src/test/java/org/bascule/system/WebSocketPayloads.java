package org.bascule.system;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What a server reads from a recorded HTTP connection: the bytes as they are, and WebSocket payloads without their mask (RFC 6455 section 5.3). */
final class WebSocketPayloads {

    private WebSocketPayloads() {}

    /**
     * The recording up to the end of an upgrade request, followed by the unmasked payloads; a connection that was not upgraded is returned as it is.
     *
     * @param upgraded whether recording began at the start of the connection and the request asks for an upgrade; otherwise frames are looked for at once
     */
    static byte[] unmasked(byte[] toServer, boolean fromTheStart) {
        int start = 0;
        if (fromTheStart) {
            String head = new String(toServer, StandardCharsets.ISO_8859_1);
            int end = head.indexOf("\r\n\r\n");
            if (end < 0
                    || !head.substring(0, end)
                            .toLowerCase(java.util.Locale.ROOT)
                            .contains("upgrade: websocket")) {
                return toServer;
            }
            start = end + 4;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(toServer, 0, start);
        int at = start;
        while (at + 2 <= toServer.length) {
            boolean masked = (toServer[at + 1] & 0x80) != 0;
            long length = toServer[at + 1] & 0x7f;
            at += 2;
            int extended = length == 126 ? 2 : length == 127 ? 8 : 0;
            if (extended > 0) {
                if (at + extended > toServer.length) {
                    break;
                }
                length = 0;
                for (int i = 0; i < extended; i++) {
                    length = length << 8 | toServer[at + i] & 0xff;
                }
                at += extended;
            }
            if (length < 0) {
                break; // no frame: what was looked at is not a WebSocket
            }
            byte[] mask = masked && at + 4 <= toServer.length ? Arrays.copyOfRange(toServer, at, at + 4) : new byte[4];
            at += masked ? 4 : 0;
            int n = (int) Math.min(length, Math.max(0, toServer.length - at));
            for (int i = 0; i < n; i++) {
                out.write(toServer[at + i] ^ mask[i & 3]);
            }
            at += n;
        }
        return out.toByteArray();
    }
}
