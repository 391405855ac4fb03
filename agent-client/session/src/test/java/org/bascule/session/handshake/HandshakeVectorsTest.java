package org.bascule.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.session.vectors.VectorFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HandshakeVectorsTest {

    private static final String FILE = "handshake.json";

    @Test
    void fileIsWhatTheCodeProduces() throws Exception {
        JsonObject produced = HandshakeVectors.produce();
        assertThat(VectorFile.readOrWrite(FILE, produced)).isEqualTo(produced);
    }

    @TestFactory
    Stream<DynamicTest> clientRefusesByName() throws Exception {
        JsonObject file = VectorFile.readOrWrite(FILE, HandshakeVectors.produce());
        return file.getJsonArray("refusedByClient").getValuesAs(JsonObject.class).stream()
                .map(bad -> DynamicTest.dynamicTest(
                        bad.getString("name"), () -> assertThatThrownBy(() -> HandshakeVectors.client()
                                        .finish(bytes(bad, "m2"), bad.getString("ticket", file.getString("ticket"))))
                                .isInstanceOfSatisfying(
                                        HandshakeException.class,
                                        e -> assertThat(e.reason().name()).isEqualTo(bad.getString("reason")))));
    }

    @TestFactory
    Stream<DynamicTest> deviceRefusesByName() throws Exception {
        JsonObject file = VectorFile.readOrWrite(FILE, HandshakeVectors.produce());
        return file.getJsonArray("refusedByDevice").getValuesAs(JsonObject.class).stream()
                .map(bad -> DynamicTest.dynamicTest(bad.getString("name"), () -> assertThatThrownBy(() -> {
                            DeviceHandshake read = HandshakeVectors.device(bytes(bad, "m1"));
                            read.answer("ticket", read.requested(), HandshakeVectors.SEEN);
                        })
                        .isInstanceOfSatisfying(
                                HandshakeException.class,
                                e -> assertThat(e.reason().name()).isEqualTo(bad.getString("reason")))));
    }

    @Test
    void bothEndsHaveTheSameKeys() throws Exception {
        ClientHandshake.Completed completed =
                HandshakeVectors.client().finish(HandshakeVectors.answer().m2(), HandshakeVectors.ticket());
        SessionKeys device = HandshakeVectors.keys();
        assertThat(completed.granted()).isEqualTo(FixedInstallation.GRANTED);
        assertThat(completed.seen()).isEqualTo(HeadSeen.of(HandshakeVectors.HEAD));
        assertThat(HandshakeVectors.device(HandshakeVectors.client().message1()).head())
                .isEqualTo(HandshakeVectors.HEAD);
        assertThat(completed.keys().revealClientToAgent()).isEqualTo(device.revealClientToAgent());
        assertThat(completed.keys().revealAgentToClient()).isEqualTo(device.revealAgentToClient());
        assertThat(device.isConfirmedBy(completed.keys().confirmation())).isTrue();
    }

    private static byte[] bytes(JsonObject json, String name) {
        return HexFormat.of().parseHex(json.getString(name));
    }
}
