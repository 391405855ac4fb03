package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The instruments of the system tests measure right. */
class SystemHelpersTest {

    /** RFC 6238 appendix B, SHA-1. */
    @ParameterizedTest
    @CsvSource({
        "59,94287082",
        "1111111109,07081804",
        "1111111111,14050471",
        "1234567890,89005924",
        "2000000000,69279037",
        "20000000000,65353130"
    })
    void totpIsThatOfTheRfc(long time, String code) {
        assertThat(Totp.code("12345678901234567890".getBytes(StandardCharsets.US_ASCII), time / 30, 8))
                .isEqualTo(code);
    }

    /** RFC 6455 section 5.7: a masked text message "Hello". */
    @Test
    void masksAreTakenOff() {
        byte[] frame = HexFormat.of().parseHex("818537fa213d7f9f4d5158");
        assertThat(new String(WebSocketPayloads.unmasked(frame, false), StandardCharsets.US_ASCII))
                .isEqualTo("Hello");
        byte[] request = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] both = java.util.Arrays.copyOf(request, request.length + frame.length);
        System.arraycopy(frame, 0, both, request.length, frame.length);
        assertThat(new String(WebSocketPayloads.unmasked(both, true), StandardCharsets.US_ASCII))
                .endsWith("\r\n\r\nHello");
    }
}
