package org.bascule.agent.vnc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Security type 2 (RFC 6143 section 7.2.2): the challenge, encrypted with DES under the password's first 8 bytes. */
final class VncAuthentication {

    static final int CHALLENGE = 16;
    private static final int KEY = 8;

    private VncAuthentication() {}

    /** @param challenge 16 bytes; @return 16 bytes */
    @SuppressWarnings(
            "InsecureCipherMode") // what the protocol demands; it protects nothing that the session does not protect
    // better
    static byte[] response(byte[] challenge, String password) {
        byte[] key = Arrays.copyOf(password.getBytes(StandardCharsets.UTF_8), KEY);
        for (int i = 0; i < KEY; i++) {
            key[i] = (byte) (Integer.reverse(key[i]) >>> 24); // each byte's bits in reverse (erratum 4951)
        }
        try {
            Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
            des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return des.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no DES", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
