package org.bascule.agent.vnc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VncAuthenticationTest {

    /** What vncpasswd writes for "password": its key is known to everybody. */
    @Test
    void encryptsAsEveryVncDoes() {
        byte[] key = {0x17, 0x52, 0x6b, 0x06, 0x23, 0x4e, 0x58, 0x07};
        byte[] text = "password".getBytes(StandardCharsets.US_ASCII);
        assertThat(HexFormat.of()
                        .formatHex(VncAuthentication.response(text, new String(key, StandardCharsets.US_ASCII))))
                .isEqualTo("dbd83cfd727a1458");
    }

    @Test
    void eightBytesCountAndShorterOnesAreFilledUp() {
        byte[] challenge = new byte[16];
        assertThat(VncAuthentication.response(challenge, "12345678 and more"))
                .isEqualTo(VncAuthentication.response(challenge, "12345678"))
                .isNotEqualTo(VncAuthentication.response(challenge, "1234567"))
                .hasSize(16);
    }
}
