package org.bascule.control.signin;

import java.security.SecureRandom;
import org.bascule.wire.B64;

/** Texts that nobody guesses. */
final class Secrets {

    private Secrets() {}

    /** 256 random bits, base64url. */
    static String random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return B64.encode(bytes);
    }
}
