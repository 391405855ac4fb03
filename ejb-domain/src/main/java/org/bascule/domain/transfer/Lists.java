package org.bascule.domain.transfer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Several texts in one: separated by a character, before which a backslash stands where it belongs to a text, as before a backslash. */
final class Lists {

    static final char SEPARATOR = ';';

    private Lists() {}

    static String join(Collection<String> texts) {
        return join(texts, SEPARATOR);
    }

    static List<String> split(String joined) {
        return joined.isEmpty() ? List.of() : split(joined, SEPARATOR);
    }

    static String join(Collection<String> texts, char separator) {
        StringBuilder joined = new StringBuilder();
        for (String text : texts) {
            if (!joined.isEmpty()) {
                joined.append(separator);
            }
            for (char c : text.toCharArray()) {
                if (c == separator || c == '\\') {
                    joined.append('\\');
                }
                joined.append(c);
            }
        }
        return joined.toString();
    }

    static List<String> split(String joined, char separator) {
        List<String> texts = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < joined.length(); i++) {
            char c = joined.charAt(i);
            if (c == '\\' && i + 1 < joined.length()) {
                text.append(joined.charAt(++i));
            } else if (c == separator) {
                texts.add(text.toString());
                text.setLength(0);
            } else {
                text.append(c);
            }
        }
        texts.add(text.toString());
        return texts;
    }
}
