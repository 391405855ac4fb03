package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the pages say in a language, by the application's own keys. */
final class PageTexts {

    private static final Path FOLDER = Path.of("..", "web-admin", "src", "main", "frontend", "src", "i18n");

    private final JsonObject texts;

    PageTexts(String language) {
        try (Reader file = Files.newBufferedReader(FOLDER.resolve(language + ".json"));
                var reader = Json.createReader(file)) {
            texts = reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param namesAndValues what stands in the places of the text */
    String text(String key, String... namesAndValues) {
        String text = texts.getString(key);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            text = text.replace("{" + namesAndValues[i] + "}", namesAndValues[i + 1]);
        }
        return text;
    }
}
