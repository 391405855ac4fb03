package org.bascule.domain.mail;

import java.text.MessageFormat;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.stream.Collectors;

/** The words of notices: in the user's language, and in all of them where that is not known. */
final class NoticeTexts {

    private static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private NoticeTexts() {}

    /** Plain text; no name is in the subject. */
    record Text(String subject, String body) {}

    /**
     * Words a notice.
     *
     * @param language as the realm knows it of the user, such as {@code de}; empty if it does not
     */
    static Text of(Notice notice, String language, String user, String domain, Instant about, String url) {
        List<Locale> known = LANGUAGES.stream()
                .filter(locale -> locale.getLanguage().equals(language))
                .toList();
        List<Locale> used = known.isEmpty() ? LANGUAGES : known;
        Object[] values = {plain(user), plain(domain), TIME.format(about), url};
        return new Text(
                used.stream()
                        .map(locale -> text(locale, notice.code() + ".subject", values))
                        .collect(Collectors.joining(" / ")),
                used.stream()
                        .map(locale -> text(locale, "greeting", values) + "\n\n"
                                + text(locale, notice.code() + ".body", values) + "\n\n" + text(locale, "end", values)
                                + "\n")
                        .collect(Collectors.joining("\n----\n\n")));
    }

    /** Words a digest, in all languages: its addresses have none. */
    static Text of(Digest digest, String domain, String url) {
        Object[] values = {plain(domain), url};
        return new Text(
                LANGUAGES.stream()
                        .map(locale -> text(locale, "notifications.subject", values))
                        .collect(Collectors.joining(" / ")),
                LANGUAGES.stream()
                        .map(locale -> text(locale, "notifications.body", values) + "\n\n" + lines(locale, digest, url)
                                + text(locale, "notifications.end", values) + "\n")
                        .collect(Collectors.joining("\n----\n\n")));
    }

    private static String lines(Locale locale, Digest digest, String url) {
        StringBuilder lines = new StringBuilder();
        for (Digest.Line line : digest.lines()) {
            Object[] values = {plain(line.name()), TIME.format(line.latest()), Long.toString(line.times())};
            lines.append("* ")
                    .append(text(locale, "topic." + line.topic().code(), values))
                    .append(line.times() > 1 ? text(locale, "topic.times", values) : "")
                    .append("\n  ")
                    .append(url)
                    .append(line.topic().page(line.resourceId()))
                    .append("\n\n");
        }
        if (digest.more() > 0) {
            lines.append("* ")
                    .append(text(locale, "topic.more", new Object[] {Long.toString(digest.more())}))
                    .append("\n\n");
        }
        return lines.toString();
    }

    private static String text(Locale locale, String key, Object[] values) {
        ResourceBundle bundle = ResourceBundle.getBundle(
                "org.bascule.domain.mail.notices",
                locale,
                NoticeTexts.class.getClassLoader(),
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        return new MessageFormat(bundle.getString(key), locale).format(values);
    }

    private static String plain(String name) {
        return name.replaceAll("\\p{Cntrl}", " ");
    }
}
