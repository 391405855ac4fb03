package org.bascule.websocket.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTextTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,                127.0.0.1",
        "::1,                      ::1",
        "::,                       ::",
        "2001:db8:0:0:1:0:0:1,     2001:db8::1:0:0:1",
        "2001:0db8::0001,          2001:db8::1",
        "2001:db8:0:1:1:1:1:1,     2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1,       2001:0:0:1::1",
        "FE80:0:0:0:0:0:0:0,       fe80::",
        "::ffff:192.0.2.1,         192.0.2.1",
    })
    void isTheShortForm(String given, String text) throws Exception {
        assertThat(AddressText.of(InetAddress.getByName(given))).isEqualTo(text);
    }
}
