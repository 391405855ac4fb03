package org.bascule.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpTargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp:device",
                "tcp:device:22",
                "tcp:192.168.1.7",
                "tcp:192.168.1.7:65535",
                "tcp:[fe80:0:0:0:0:0:0:7]",
                "tcp:[fe80:0:0:0:0:0:0:7]:443"
            })
    void isReadAndWritten(String text) {
        assertThat(TcpTarget.parse(text).map(TcpTarget::operation)).contains(text);
        assertThat(Operations.of(text).allows(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp",
                "tcp:",
                "tcp:device:",
                "tcp:device:0",
                "tcp:device:022",
                "tcp:device:65536",
                "tcp:device:443:443",
                "tcp:plc-1:443",
                "tcp:0300.0250.0001.0007",
                "tcp:192.168.1",
                "tcp:3232235783",
                "tcp:192.168.001.007",
                "tcp:fe80:0:0:0:0:0:0:7",
                "tcp:[fe80::7]:443",
                "tcp:[::ffff:192.168.1.7]",
                "tcp:[192.168.1.7]",
                "tcp:[0:0:0:0:0:ffff:c0a8:107]"
            })
    void anythingElseIsNone(String text) {
        assertThat(TcpTarget.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vnc:device:5900", "vnc:192.168.1.7:5901", "vnc:[fe80:0:0:0:0:0:0:7]:5900"})
    void aVncServerIsReadAndWrittenAndNoTargetOfForwards(String text) {
        assertThat(TcpTarget.parseVnc(text).map(TcpTarget::vncOperation)).contains(text);
        assertThat(TcpTarget.parse(text)).isEmpty();
        assertThat(Operations.of(text).allows(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vnc",
                "vnc:",
                "vnc:device",
                "vnc:192.168.1.7",
                "vnc:device:0",
                "vnc:[fe80::7]:5900",
                "tcp:device:5900"
            })
    void anythingElseIsNoVncServer(String text) {
        assertThat(TcpTarget.parseVnc(text)).isEmpty();
    }

    @Test
    void coversItsAddressAndPort() throws Exception {
        InetAddress address = InetAddress.getByName("192.168.1.7");
        TcpTarget one = TcpTarget.of(address, OptionalInt.of(443));
        assertThat(one.covers(address, 443)).isTrue();
        assertThat(one.covers(address, 80)).isFalse();
        assertThat(one.covers(InetAddress.getByName("192.168.1.8"), 443)).isFalse();
        assertThat(TcpTarget.of(address, OptionalInt.empty()).covers(address, 80))
                .isTrue();
        assertThat(TcpTarget.device(OptionalInt.empty()).covers(address, 80)).isFalse();
        assertThat(TcpTarget.of(InetAddress.getByName("fe80::7"), OptionalInt.empty())
                        .covers(InetAddress.getByName("fe80::7"), 1))
                .isTrue();
    }
}
