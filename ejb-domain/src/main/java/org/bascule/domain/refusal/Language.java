package org.bascule.domain.refusal;

import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** The languages that {@link Sentence sentences} are written in; {@code de.json} has the German of every template. */
public enum Language {
    ENGLISH(Locale.ENGLISH, Map.of()),
    GERMAN(Locale.GERMAN, read("de.json"));

    /** Characters of a header that are looked at; a browser with a dozen languages sends about 100. */
    private static final int MAX_HEADER = 500;

    private final Locale locale;
    private final Map<String, String> templates;

    Language(Locale locale, Map<String, String> templates) {
        this.locale = locale;
        this.templates = templates;
    }

    /**
     * What a caller prefers of these (RFC 9110, section 12.5.4). English for who prefers nothing, nothing of these, or cannot be understood: a wrong
     * header is no reason to refuse anything.
     *
     * @param accepted the header {@code Accept-Language}; null where there is none
     */
    public static Language preferred(@Nullable String accepted) {
        if (accepted == null || accepted.length() > MAX_HEADER) {
            return ENGLISH;
        }
        List<Locale.LanguageRange> ranges;
        try {
            ranges = Locale.LanguageRange.parse(accepted);
        } catch (IllegalArgumentException e) {
            return ENGLISH;
        }
        return ranges.stream()
                .filter(range -> range.getWeight() > 0)
                .sorted(Comparator.comparingDouble(Locale.LanguageRange::getWeight)
                        .reversed())
                .map(Language::of)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(ENGLISH);
    }

    private static @Nullable Language of(Locale.LanguageRange range) {
        String language = range.getRange().split("-", 2)[0];
        for (Language known : values()) {
            if (known.code().equals(language)) {
                return known;
            }
        }
        return language.equals("*") ? ENGLISH : null;
    }

    /** The tag of BCP 47, as in {@code Content-Language}: {@code en} or {@code de}. */
    public String code() {
        return locale.getLanguage();
    }

    Locale locale() {
        return locale;
    }

    /** The template in this language; itself if nobody translated it. */
    String template(String english) {
        return templates.getOrDefault(english, english);
    }

    /** All that is translated, in the order of the file. */
    Map<String, String> templates() {
        return templates;
    }

    private static Map<String, String> read(String file) {
        try (InputStream stream = Language.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IllegalStateException(file + " is missing");
            }
            Map<String, String> templates = new LinkedHashMap<>();
            try (JsonReader reader = Json.createReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.readObject()
                        .forEach(
                                (english, translated) -> templates.put(english, ((JsonString) translated).getString()));
            }
            return Collections.unmodifiableMap(templates);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
