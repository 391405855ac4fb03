package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonValue;
import org.bascule.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "plain         | ~\"plain\"~",
                "say \"x\"   | ~\"say \"\"x\"\"\"~",
                "=cmd          | ~\"'=cmd\"~",
                "＝cmd         | ~\"'＝cmd\"~",
                "x;=cmd        | ~\"x;'=cmd\"~",
            })
    void cellIsNoFormulaWhateverSeparatesCells(String text, String cell) {
        assertThat(Streams.cell(Json.createValue(text))).isEqualTo(cell);
    }

    @Test
    void objectIsNoFormulaEither() {
        String name = "x;=cmd|' /C calc'!A0;";
        assertThat(Streams.cell(Json.createObjectBuilder().add("name", name).build()))
                .isEqualTo("\"{\"\"name\"\":\"\"x;'=cmd|' /C calc'!A0;\"\"}\"");
    }

    @Test
    void numbersStayNumbersAndControlCharactersAreSpaces() {
        assertThat(Streams.cell(Json.createValue(-1))).isEqualTo("\"-1\"");
        assertThat(Streams.cell(JsonValue.NULL)).isEqualTo("\"\"");
        assertThat(Streams.cell(Json.createValue("a\tb"))).isEqualTo("\"a b\"");
    }
}
