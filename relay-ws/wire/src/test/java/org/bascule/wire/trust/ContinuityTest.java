package org.bascule.wire.trust;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContinuityTest {

    private static final JsonObject FILE = file();

    private static JsonObject file() {
        try (InputStream in = Files.newInputStream(Path.of("../../docs/protocol/vectors/continuity.json"))) {
            return Json.createReader(in).readObject();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static Stream<String> names() {
        return FILE.getJsonArray("cases").getValuesAs(JsonObject.class).stream().map(it -> it.getString("name"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void linksLeadWhereTheVectorsSay(String name) throws WireException {
        JsonObject vector = FILE.getJsonArray("cases").getValuesAs(JsonObject.class).stream()
                .filter(it -> it.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
        List<Continuity> links = new ArrayList<>();
        for (JsonObject link : vector.getJsonArray("links").getValuesAs(JsonObject.class)) {
            links.add(Continuity.parse(StrictJson.of(link)));
        }
        HexFormat hex = HexFormat.of();
        assertThat(Continuity.leads(
                        links,
                        FILE.getString("uid"),
                        FILE.getString("domain"),
                        hex.parseHex(vector.getString("remembered")),
                        DeviceIdentityPublicKey.parse(hex.parseHex(vector.getString("shown")))))
                .isEqualTo(vector.getBoolean("leads"));
    }

    @Test
    void linkComesBackAsItWasWrittenAndHoldsForItsDeviceAlone() throws WireException {
        DeviceIdentityKey old = DeviceIdentityKey.generate();
        Continuity link = Continuity.sign(
                old, "uid", "domain", DeviceIdentityKey.generate().publicKey());
        Continuity read = Continuity.parse(StrictJson.of(link.toJson()));
        read.verify("uid", "domain");
        assertThat(Continuity.leads(
                        List.of(read), "uid", "domain", old.publicKey().thumbprint(), read.next()))
                .isTrue();
        assertThat(Continuity.leads(
                        List.of(read), "other", "domain", old.publicKey().thumbprint(), read.next()))
                .isFalse();
    }
}
