package org.bascule.control.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bascule.session.service.DeviceProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a device calls its files, here: bytes, one for each character. */
class LocalNamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../../x", "a/b", "/etc/passwd", "a\u0000b"})
    void whatLeadsElsewhereIsNoName(String raw, @TempDir Path folder) {
        assertThatThrownBy(() -> LocalNames.child(folder, raw)).isInstanceOf(DeviceProblem.class);
    }

    @Test
    void anyOtherBytesAreAFileOfTheFolder(@TempDir Path folder) throws Exception {
        for (String raw : new String[] {
            "line\nfeed\r",
            "\"quotes\"'`$(id)",
            "<img src=x onerror=alert(1)>",
            "\u00e2\u0080\u00aegnp.exe",
            "not\u00ff\u00feutf-8",
            "%2e%2e",
            "-rf",
            "..\\x",
            "\u00e2\u0082\u00ac".repeat(85)
        }) {
            Path child = LocalNames.child(folder, raw);
            Files.writeString(child, raw);
            assertThat(child.toRealPath().getParent()).isEqualTo(folder.toRealPath());
            assertThat(LocalNames.raw(child)).isEqualTo(raw);
        }
        assertThat(folder.toFile().list()).hasSize(9);
    }
}
