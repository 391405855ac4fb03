package org.bascule.control.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationsTest {

    private final Destinations destinations;

    DestinationsTest() throws Exception {
        destinations = new Destinations(List.of(
                sub("plc-1", "192.168.1.7", 443, 80),
                sub("HMI", "192.168.1.8"),
                sub("twin", "192.168.1.9"),
                sub("twin", "192.168.1.10"),
                sub("six", "fe80::7", 22)));
    }

    private static Destinations.SubDevice sub(String name, String address, Integer... ports) throws Exception {
        return new Destinations.SubDevice(name, InetAddress.getByName(address), List.of(ports));
    }

    @ParameterizedTest
    @CsvSource({
        "device, 22, tcp:device:22, localhost",
        "localhost, 22, tcp:device:22, localhost",
        "plc-1, 443, tcp:192.168.1.7:443, 192.168.1.7",
        "hmi, 5900, tcp:192.168.1.8:5900, 192.168.1.8",
        "192.168.1.99, 80, tcp:192.168.1.99:80, 192.168.1.99",
        "FE80::7, 22, tcp:[fe80:0:0:0:0:0:0:7]:22, fe80:0:0:0:0:0:0:7"
    })
    void hostsAreFound(String host, int port, String operation, String asked) throws Exception {
        Destinations.Destination found = destinations.find(host, port);
        assertThat(found.target().operation()).isEqualTo(operation);
        assertThat(found.request().host()).isEqualTo(asked);
        assertThat(found.request().port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "twin", "", "a b"})
    void whatIsNotThereOrNotUniqueIsRefused(String host) {
        assertThatThrownBy(() -> destinations.find(host, 80)).isInstanceOf(CommandException.class);
    }

    @Test
    void aProxyLeadsToEverything() throws Exception {
        assertThat(destinations.all(List.of()))
                .isEqualTo(Operations.of(
                        "tcp:device",
                        "tcp:192.168.1.7:443",
                        "tcp:192.168.1.7:80",
                        "tcp:192.168.1.8",
                        "tcp:192.168.1.9",
                        "tcp:192.168.1.10",
                        "tcp:[fe80:0:0:0:0:0:0:7]:22"));
        assertThat(destinations.all(List.of("plc-1", "hmi:5900", "device:22", "192.168.1.9")))
                .isEqualTo(Operations.of(
                        "tcp:192.168.1.7:443",
                        "tcp:192.168.1.7:80",
                        "tcp:192.168.1.8:5900",
                        "tcp:device:22",
                        "tcp:192.168.1.9"));
    }

    @Test
    void moreThanASessionMayHaveIsRefused() throws Exception {
        List<Destinations.SubDevice> many = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            many.add(sub("plc-" + i, "192.168.1." + i));
        }
        assertThatThrownBy(() -> new Destinations(many).all(List.of()))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("--to");
    }

    @Test
    void namesOfSubDevicesAreKnownHereAndOthersAtTheDevice() {
        assertThat(destinations.request("PLC-1", 80).host()).isEqualTo("192.168.1.7");
        assertThat(destinations.request("device", 80).host()).isEqualTo("localhost");
        assertThat(destinations.request("twin", 80).host()).isEqualTo("twin");
        assertThat(destinations.request("printer.lan", 80).host()).isEqualTo("printer.lan");
    }

    @ParameterizedTest
    @CsvSource({
        "8443:plc-1:443, 127.0.0.1, 8443, plc-1, 443",
        "0:device:22, 127.0.0.1, 0, device, 22",
        "0.0.0.0:8443:plc-1:443, 0.0.0.0, 8443, plc-1, 443",
        "[::1]:8443:[fe80::7]:443, ::1, 8443, fe80::7, 443"
    })
    void forwardsAreWrittenAsForSsh(String text, String bind, int local, String host, int port) throws Exception {
        assertThat(ForwardSpec.parse(text)).isEqualTo(new ForwardSpec(bind, local, host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "8443", "plc-1:443", "8443:443", "8443:plc-1:0", "65536:plc-1:1", "1:a:b:1:1", "x:plc:443"})
    void othersAreNone(String text) {
        assertThatThrownBy(() -> ForwardSpec.parse(text)).isInstanceOf(CommandException.class);
    }
}
