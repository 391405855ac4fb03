package org.bascule.domain.refusal;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Locale;
import org.bascule.wire.Json;

/**
 * A sentence for people, in any {@link Language}: an English template, which is also the key of the translations, and what goes into it.
 *
 * <p>Only programmers write templates. Whatever somebody typed is an argument, and no argument is ever read as a template.
 */
public final class Sentence {

    private final String template;
    private final List<Object> arguments;

    private Sentence(String template, List<Object> arguments) {
        this.template = template;
        this.arguments = arguments;
    }

    /**
     * @param template as for {@link String#format(Locale, String, Object...)} with {@code %s}, {@code %d} and {@code %,d} alone; a percent sign is
     *     {@code %%}
     * @param arguments as many as the template has places: texts, whole numbers, or sentences, which come in the same language
     */
    public static Sentence of(@Template String template, Object... arguments) {
        return new Sentence(template, List.of(arguments));
    }

    /** A text in one language alone, from where nobody kept what it was made of. */
    public static Sentence plain(String text) {
        return new Sentence("%s", List.of(text));
    }

    /** As it is stored. */
    public JsonObject json() {
        JsonArrayBuilder values = Json.createArrayBuilder();
        for (Object argument : arguments) {
            if (argument instanceof Sentence inner) {
                values.add(inner.json());
            } else if (argument instanceof Number number) {
                values.add(number.longValue());
            } else {
                values.add(argument.toString());
            }
        }
        return Json.createObjectBuilder()
                .add("template", template)
                .add("arguments", values)
                .build();
    }

    /** What {@link #json()} made. */
    public static Sentence stored(JsonObject json) {
        return new Sentence(
                json.getString("template"),
                json.getJsonArray("arguments").stream().map(Sentence::argument).toList());
    }

    private static Object argument(JsonValue value) {
        if (value instanceof JsonObject inner) {
            return stored(inner);
        }
        return value instanceof JsonNumber number ? number.longValue() : ((JsonString) value).getString();
    }

    /** The sentence in a language; in English if nobody translated it. */
    public String in(Language language) {
        Object[] values = arguments.stream()
                .map(argument -> argument instanceof Sentence inner ? inner.in(language) : argument)
                .toArray();
        return String.format(language.locale(), language.template(template), values);
    }

    /** In English: for logs, the audit, and exceptions. */
    @Override
    public String toString() {
        return in(Language.ENGLISH);
    }

    /** Sentences are the same that say the same. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Sentence sentence && toString().equals(sentence.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
