package org.bascule.domain.transparency;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;
import org.bascule.domain.audit.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An audit record as a message of RFC 5424, of at most some 6 kB.
 *
 * <pre>
 * &lt;pri&gt;1 2026-01-31T12:00:00.123Z host bascule - operation [record@32473 domain="…" id="…" seq="…" outcome="…" …] BOM detail
 * </pre>
 *
 * <p>The facility is 13, log audit; the severity 5 for success, 4 for denied, 3 for failed. 32473 is the enterprise number for examples (RFC 5612). Texts that somebody
 * typed stay within their parameter and on one line: quotation marks, backslashes and brackets are escaped, and what controls a terminal, ends a line or reorders text
 * is a space. What is not known has no parameter; a record without a detail has no MSG. Values before and after a change are not in it.
 *
 * @param seq place in the tree of the domain
 * @param occurred with microseconds; the message has milliseconds
 * @param detail at most 1,000 characters are taken, of other texts 256
 */
record RecordMessage(
        String domain,
        long seq,
        String id,
        Instant occurred,
        String code,
        String outcome,
        @Nullable String userId,
        @Nullable String userName,
        @Nullable String resourceId,
        @Nullable String resourceName,
        @Nullable String address,
        @Nullable String session,
        @Nullable String detail) {

    static final int MAX_VALUE = 256;
    static final int MAX_DETAIL = 1_000;

    private static final int FACILITY = 13;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** In values (RFC 5424, section 6.3.3). */
    private static final Pattern ESCAPED = Pattern.compile("[\"\\\\\\]]");

    /** Controls, lone surrogates, separators of lines, bidirectional marks (UAX 9), annotations, and the byte order mark, which says where MSG begins. */
    private static final Pattern UNSAFE = Pattern.compile(
            "[\\p{Cc}\\p{Cs}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029\\uFEFF\\uFFF9-\\uFFFB]");

    /** @param host a header field already */
    byte[] bytes(String host) {
        StringBuilder text = new StringBuilder("<%d>1 %s %s bascule - %s "
                .formatted(FACILITY * 8 + severity(), TIME.format(occurred), host, SyslogTls.header(code, 32)));
        text.append("[record@32473");
        parameter(text, "domain", domain);
        parameter(text, "id", id);
        parameter(text, "seq", Long.toString(seq));
        parameter(text, "outcome", outcome);
        parameter(text, "user", userName);
        parameter(text, "userId", userId);
        parameter(text, "resource", resourceName);
        parameter(text, "resourceId", resourceId);
        parameter(text, "address", address);
        parameter(text, "session", session);
        text.append(']');
        if (detail != null && !detail.isBlank()) {
            text.append(" \uFEFF").append(line(detail, MAX_DETAIL));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private int severity() {
        return switch (Outcome.ofCode(outcome).orElse(Outcome.FAILED)) {
            case SUCCESS -> 5;
            case DENIED -> 4;
            case FAILED -> 3;
        };
    }

    private static void parameter(StringBuilder to, String name, @Nullable String value) {
        if (value != null) {
            String escaped = ESCAPED.matcher(line(value, MAX_VALUE)).replaceAll("\\\\$0");
            to.append(' ').append(name).append("=\"").append(escaped).append('"');
        }
    }

    private static String line(String text, int max) {
        return UNSAFE.matcher(text.substring(0, Math.min(text.length(), max))).replaceAll(" ");
    }
}
