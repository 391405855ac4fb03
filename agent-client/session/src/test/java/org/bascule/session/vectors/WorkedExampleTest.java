package org.bascule.session.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkedExampleTest {

    private static final Path PAGE = VectorFile.ROOT.resolve("docs/protocol/session.md");
    private static final String HEADING = "## Worked example";
    private static final String FENCE = "```\n";

    @Test
    void pageShowsWhatTheVectorsSay() throws Exception {
        String expected = WorkedExample.text(VectorFile.read("handshake.json"), VectorFile.read("records.json"));
        String page = Files.readString(PAGE);
        int start = page.indexOf(FENCE, page.indexOf(HEADING)) + FENCE.length();
        int end = page.indexOf(FENCE, start);
        assertThat(page).contains(HEADING);
        if (VectorFile.writing()) {
            Files.writeString(PAGE, page.substring(0, start) + expected + page.substring(end));
        } else {
            assertThat(page.substring(start, end)).isEqualTo(expected);
        }
    }
}
