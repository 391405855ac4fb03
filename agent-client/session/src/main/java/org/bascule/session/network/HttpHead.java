package org.bascule.session.network;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Status and header fields of an HTTP/1.1 answer (RFC 9112, sections 4 and 5), at most 32 KiB and 100 lines.
 *
 * @param fields in their order, names as they came
 */
record HttpHead(int minor, int status, List<Field> fields) {

    private static final int MAX_BYTES = 32 * 1_024;
    private static final int MAX_LINES = 100;
    private static final int STATUS_LINE = 12;

    /** One header field. */
    record Field(String name, String value) {}

    HttpHead {
        fields = List.copyOf(fields);
    }

    /** Reads up to the empty line and not beyond. @throws MalformedAnswerException if it is not an answer of HTTP/1 */
    static HttpHead read(InputStream in) throws IOException {
        int[] left = {MAX_BYTES};
        String status = line(in, left);
        if (status.length() < STATUS_LINE
                || !status.startsWith("HTTP/1.")
                || !Character.isDigit(status.charAt(7))
                || status.charAt(8) != ' '
                || status.length() > STATUS_LINE && status.charAt(STATUS_LINE) != ' '
                || !status.substring(9, STATUS_LINE).chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new MalformedAnswerException("not an answer of HTTP/1.1");
        }
        List<Field> fields = new ArrayList<>();
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            int colon = line.indexOf(':');
            if (colon <= 0 || fields.size() == MAX_LINES) {
                throw new MalformedAnswerException("malformed header fields");
            }
            fields.add(new Field(
                    line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return new HttpHead(status.charAt(7) - '0', Integer.parseInt(status.substring(9, STATUS_LINE)), fields);
    }

    /** A line without its end, in ISO 8859-1. */
    static String line(InputStream in, int[] left) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ended before an answer");
            }
            if (--left[0] < 0) {
                throw new MalformedAnswerException("header fields that are too long");
            }
            line.append((char) c);
        }
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
        }
        return line.toString();
    }

    /** The first field of that name. */
    Optional<String> first(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }

    List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Whether a list-valued field holds this token. */
    boolean has(String name, String token) {
        return all(name).stream()
                .flatMap(value -> List.of(value.split(",")).stream())
                .anyMatch(part -> part.strip().equalsIgnoreCase(token));
    }

    /** Bytes of a head as they are sent. */
    static byte[] bytes(StringBuilder head) {
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Appends a field. @throws IllegalArgumentException if it would break out of its line */
    static void append(StringBuilder head, String name, String value) {
        if ((name + value).chars().anyMatch(c -> c < ' ' || c > 0xff || c == 0x7f)) {
            throw new IllegalArgumentException("a header field with a control character");
        }
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
