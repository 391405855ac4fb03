package org.bascule.control.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Socks5Test {

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private TcpRequest read(String hex) throws IOException {
        return Socks5.read(new ByteArrayInputStream(HexFormat.of().parseHex(hex.replace(" ", ""))), said);
    }

    @Test
    void asksByAddressAndByName() throws Exception {
        assertThat(read("05 01 00 05 01 00 01 c0a80107 01bb")).isEqualTo(new TcpRequest("192.168.1.7", 443));
        assertThat(read("05 02 02 00 05 01 00 03 05 706c632d31 0050")).isEqualTo(new TcpRequest("plc-1", 80));
        assertThat(read("05 01 00 05 01 00 03 06 706c632d312e 0050")).isEqualTo(new TcpRequest("plc-1", 80));
        assertThat(read("05 01 00 05 01 00 04 fe800000000000000000000000000007 0016"))
                .isEqualTo(new TcpRequest("fe80:0:0:0:0:0:0:7", 22));
    }

    @Test
    void readsNotAByteMoreThanTheQuestion() throws Exception {
        ByteArrayInputStream in =
                new ByteArrayInputStream(HexFormat.of().parseHex("050100" + "05010001c0a8010701bb" + "16030100"));
        Socks5.read(in, said);
        assertThat(in.available()).isEqualTo(4);
        assertThat(said.toByteArray()).containsExactly(5, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "'04 01 0050 c0a80107 00', ''",
        "'474554202f20485454502f312e310d0a', ''",
        "'05 00', 05ff",
        "'05 01 02', 05ff",
        "'05 02 00', ''",
        "'05 01 00 04 01 00 01 c0a80107 01bb', 0500",
        "'05 01 00 05 02 00 01 c0a80107 01bb', 050005070001000000000000",
        "'05 01 00 05 03 00 01 c0a80107 01bb', 050005070001000000000000",
        "'05 01 00 05 01 00 02 c0a80107 01bb', 050005080001000000000000",
        "'05 01 00 05 01 00 03 00 01bb', 050005010001000000000000",
        "'05 01 00 05 01 00 03 03 612f62 01bb', 050005010001000000000000",
        "'05 01 00 05 01 00 03 03 610062 01bb', 050005010001000000000000",
        "'05 01 00 05 01 00 03 03 61c3a4 01bb', 050005010001000000000000",
        "'05 01 00 05 01 00 01 c0a80107 0000', 050005010001000000000000",
        "'05 01 00 05 01 00 03 ff 6161', 0500",
        "'', ''"
    })
    void whatIsNoneIsRefused(String hex, String answer) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(IOException.class);
        assertThat(HexFormat.of().formatHex(said.toByteArray())).isEqualTo(answer);
    }

    @Test
    void garbageDoesNothingButFail() {
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length > 4 && i % 2 == 0) {
                bytes[0] = 5;
                bytes[1] = 1;
                bytes[2] = 0;
                bytes[3] = 5;
            }
            try {
                TcpRequest request = Socks5.read(new ByteArrayInputStream(bytes), said);
                assertThat(request.port()).isBetween(1, 65_535);
                assertThat(request.host()).matches("[A-Za-z0-9._:-]{1,253}");
            } catch (IOException e) {
                // as it should be
            }
        }
    }

    @Test
    void saysWhyThereIsNoConnection() {
        assertThat(Socks5.succeeded()).startsWith(5, 0).hasSize(10);
        assertThat(Socks5.failed(DeviceProblem.Code.NOT_PERMITTED)).startsWith(5, 2);
        assertThat(Socks5.failed(DeviceProblem.Code.REFUSED)).startsWith(5, 5);
        assertThat(Socks5.failed(DeviceProblem.Code.NAME_UNKNOWN)).startsWith(5, 4);
    }
}
