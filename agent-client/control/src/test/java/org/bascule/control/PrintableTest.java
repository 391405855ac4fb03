package org.bascule.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void ordinaryTextOfAnyLanguageIsKept() {
        String text = "Zoë's printer – Größe 3 µm, 日本語, 👍";
        assertThat(Printable.of(text)).isEqualTo(text);
    }

    @Test
    void whatATerminalWouldActOnIsEscaped() {
        assertThat(Printable.of("\u001b]8;;javascript:x\u0007")).isEqualTo("\\u001b]8;;javascript:x\\u0007");
        assertThat(Printable.of("a\r\nb\tc\b\u007f\u0085\u009b2J"))
                .isEqualTo("a\\u000d\\u000ab\\u0009c\\u0008\\u007f\\u0085\\u009b2J");
        assertThat(Printable.of("\u202egnp.exe\u2066\u200b\u2028\ufeff\u00ad"))
                .isEqualTo("\\u202egnp.exe\\u2066\\u200b\\u2028\\ufeff\\u00ad");
        assertThat(Printable.of("\ud800x\udbff\udfff\ue000")).isEqualTo("\\ud800x\\udbff\\udfff\\ue000");
        assertThat(Printable.of(new String(Character.toChars(0xe0041)))).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void jsonMeansTheSame() throws WireException {
        String name = "\u202e\u009b x";
        String json = jakarta.json.Json.createObjectBuilder()
                .add("name", name)
                .build()
                .toString();
        assertThat(Printable.json(json)).isEqualTo("{\"name\":\"\\u202e\\u009b x\"}");
        assertThat(StrictJson.parse(Printable.json(json), 100).string("name", 10))
                .isEqualTo(name);
    }
}
