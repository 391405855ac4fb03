package org.bascule.agent.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;

/** The words of the page in one language. Immutable. */
final class PageTexts {

    private static final PageTexts ENGLISH = new PageTexts(Locale.UK);
    private static final PageTexts GERMAN = new PageTexts(Locale.GERMANY);
    private static final int MAX_HEADER = 500;

    private final Locale locale;
    private final Properties words = new Properties();

    private PageTexts(Locale locale) {
        this.locale = locale;
        try (InputStream in = Objects.requireNonNull(
                        PageTexts.class.getResourceAsStream(locale.getLanguage() + ".properties"));
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            words.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For an {@code Accept-Language} header (RFC 9110, 12.5.4); English for what it does not understand. */
    static PageTexts of(String header) {
        if (header.length() > MAX_HEADER) {
            return ENGLISH;
        }
        try {
            Locale best = Locale.lookup(Locale.LanguageRange.parse(header), List.of(Locale.ENGLISH, Locale.GERMAN));
            return Locale.GERMAN.equals(best) ? GERMAN : ENGLISH;
        } catch (IllegalArgumentException e) {
            return ENGLISH;
        }
    }

    String language() {
        return locale.getLanguage();
    }

    /** The names of all texts. */
    java.util.Set<String> names() {
        return words.stringPropertyNames();
    }

    /** As HTML: the words are ours, the arguments become text; give those that are HTML already to {@link #html}. */
    String text(String name, Object... arguments) {
        String[] escaped = new String[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            escaped[i] = Html.text(String.valueOf(arguments[i]));
        }
        return html(name, escaped);
    }

    String html(String name, String... html) {
        StringBuilder result = new StringBuilder();
        String pattern = Html.text(Objects.requireNonNull(words.getProperty(name), name));
        int at = 0;
        for (int open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
            result.append(pattern, at, open).append(html[pattern.charAt(open + 1) - '0']);
            at = open + 3;
        }
        return result.append(pattern.substring(at)).toString();
    }

    /** In words if there are some for it. */
    Optional<String> optional(String name) {
        return words.containsKey(name) ? Optional.of(text(name)) : Optional.empty();
    }

    /** By the clock of this machine. */
    String time(Instant time) {
        String text = DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM)
                .withLocale(locale)
                .withZone(ZoneId.systemDefault())
                .format(time);
        return "<time datetime=\"" + time + "\">" + Html.text(text) + "</time>";
    }
}
