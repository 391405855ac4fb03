package org.bascule.session.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordCodecs;
import org.bascule.session.record.RecordException;
import org.bascule.session.vectors.VectorFile;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecordVectorsTest {

    private static final String FILE = "records.json";

    private static JsonObject file() throws Exception {
        return VectorFile.readOrWrite(FILE, RecordVectors.produce());
    }

    @Test
    void fileIsWhatTheCodeProduces() throws Exception {
        assertThat(file()).isEqualTo(RecordVectors.produce());
    }

    @Test
    void boundaryRecordsOpenWithTheKeyOfTheirEpoch() throws Exception {
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        for (JsonObject group : file().getJsonArray("rekey").getValuesAs(JsonObject.class)) {
            RecordCodec codec = RecordCodecs.startingAt(
                    group.getJsonNumber("start").longValue(), RelayRole.DEVICE, RecordVectors.KEYS);
            for (JsonObject entry : group.getJsonArray("records").getValuesAs(JsonObject.class)) {
                byte[] record = HexFormat.of().parseHex(entry.getString("record"));
                int length = codec.open(record, 0, record.length, plaintext);
                assertThat(Arrays.copyOf(plaintext, length))
                        .asHexString()
                        .isEqualToIgnoringCase(entry.getString("plaintext"));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> refusedByName() throws Exception {
        return file().getJsonArray("refused").getValuesAs(JsonObject.class).stream()
                .map(bad -> DynamicTest.dynamicTest(bad.getString("name"), () -> refuses(bad)));
    }

    private static void refuses(JsonObject bad) throws Exception {
        RecordCodec codec = RecordCodec.AES_256_GCM.create(RelayRole.DEVICE, RecordVectors.KEYS);
        byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
        List<byte[]> records = bad.getJsonArray("records").getValuesAs(JsonString.class).stream()
                .map(text -> HexFormat.of().parseHex(text.getString()))
                .toList();
        for (byte[] record : records.subList(0, records.size() - 1)) {
            codec.open(record, 0, record.length, plaintext);
        }
        byte[] last = records.get(records.size() - 1);
        assertThatThrownBy(() -> codec.open(last, 0, last.length, plaintext))
                .isInstanceOfSatisfying(
                        RecordException.class,
                        e -> assertThat(e.reason().name()).isEqualTo(bad.getString("reason")));
    }
}
