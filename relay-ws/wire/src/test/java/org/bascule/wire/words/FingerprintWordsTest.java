package org.bascule.wire.words;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.junit.jupiter.api.Test;

class FingerprintWordsTest {

    private static final Path VECTORS = Path.of("../../docs/protocol/vectors/words.json");

    @Test
    void wordsAreThoseOfTheVectors() throws Exception {
        try (InputStream in = Files.newInputStream(VECTORS)) {
            JsonObject file = Json.createReader(in).readObject();
            List<JsonObject> vectors = file.getJsonArray("vectors").getValuesAs(JsonObject.class);
            assertThat(vectors).hasSizeGreaterThan(4);
            for (JsonObject vector : vectors) {
                byte[] hash = HexFormat.of().parseHex(vector.getString("hash"));
                assertThat(FingerprintWords.of(hash))
                        .as(vector.getString("name"))
                        .isEqualTo(vector.getJsonArray("words").getValuesAs(JsonString::getString));
            }
        }
    }

    @Test
    void listIsThePublishedOne() throws Exception {
        try (InputStream in = FingerprintWords.class.getResourceAsStream("english.txt")) {
            assertThat(HexFormat.of().formatHex(Sha256.of(in.readAllBytes())))
                    .isEqualTo("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
        }
    }

    @Test
    void eachOfTheFirst88BitsChangesExactlyOneWordAndNoOtherBitDoes() {
        byte[] hash = Sha256.of(new byte[] {1});
        List<String> before = FingerprintWords.of(hash);
        for (int bit = 0; bit < 256; bit++) {
            byte[] other = hash.clone();
            other[bit / 8] ^= (byte) (0x80 >> bit % 8);
            List<String> after = FingerprintWords.of(other);
            int changed = 0;
            for (int i = 0; i < FingerprintWords.COUNT; i++) {
                changed += before.get(i).equals(after.get(i)) ? 0 : 1;
            }
            assertThat(changed).as("bit %d", bit).isEqualTo(bit < 88 ? 1 : 0);
        }
    }

    @Test
    void somethingElseThanAHashIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> FingerprintWords.of(new byte[31]));
    }
}
