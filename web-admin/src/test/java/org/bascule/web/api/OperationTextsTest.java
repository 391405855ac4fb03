package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bascule.domain.audit.FieldNames;
import org.bascule.domain.audit.Operation;
import org.bascule.wire.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages have words for everything that the audit log records, in both languages, and offer it as a filter. */
class OperationTextsTest {

    private static final Path FRONTEND = Path.of("src/main/frontend/src");

    @ParameterizedTest
    @EnumSource
    void everyOperationHasATextAndCanBeFilteredFor(Operation operation) throws IOException {
        for (String language : new String[] {"en", "de"}) {
            assertThat(texts(language).getString("audit.code." + operation.code(), ""))
                    .as(language + " text of " + operation.code())
                    .isNotBlank();
        }
        assertThat(Files.readString(FRONTEND.resolve("pages/audit/filter.ts")))
                .contains('"' + operation.code() + "\",");
    }

    /** That there are no others is asserted wherever one is recorded. */
    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void everyFieldHasAText(String language) throws IOException {
        String prefix = "audit.field.";
        assertThat(texts(language).keySet().stream()
                        .filter(key -> key.startsWith(prefix))
                        .map(key -> key.substring(prefix.length())))
                .containsExactlyInAnyOrderElementsOf(FieldNames.ALL);
        assertThat(FieldNames.ALL).allSatisfy(name -> assertThat(texts(language).getString(prefix + name))
                .isNotBlank());
    }

    private static JsonObject texts(String language) throws IOException {
        try (Reader file = Files.newBufferedReader(FRONTEND.resolve("i18n/" + language + ".json"));
                JsonReader json = Json.createReader(file)) {
            return json.readObject();
        }
    }
}
