package org.bascule.wire;

import java.util.Base64;

/** Base64url without padding (RFC 4648 section 5), strict: no padding, no white space, no unused bits. */
public final class B64 {

    private B64() {}

    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Decodes canonical text only, so that one value has one text. */
    public static byte[] decode(String text) throws WireException {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (!encode(bytes).equals(text)) {
                throw WireException.malformed("base64url is not canonical");
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not base64url", e);
        }
    }

    /** Decodes a value whose length in bytes is fixed. */
    public static byte[] decode(String text, int length) throws WireException {
        byte[] bytes = decode(text);
        if (bytes.length != length) {
            throw WireException.malformed("%d bytes instead of %d".formatted(bytes.length, length));
        }
        return bytes;
    }
}
