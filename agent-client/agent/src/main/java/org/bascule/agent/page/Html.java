package org.bascule.agent.page;

/** Text into HTML: whatever it holds, it stays text, and what it looks like is what it is. */
final class Html {

    private Html() {}

    /** For contents and quoted attributes. Control and format characters are shown by their number. */
    static String text(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> append(html, c));
        return html.toString();
    }

    private static void append(StringBuilder html, int c) {
        switch (c) {
            case '&' -> html.append("&amp;");
            case '<' -> html.append("&lt;");
            case '>' -> html.append("&gt;");
            case '"' -> html.append("&quot;");
            case '\'' -> html.append("&#39;");
            default -> {
                if (isInvisible(Character.getType(c))) {
                    html.append("[U+%04X]".formatted(c));
                } else {
                    html.appendCodePoint(c);
                }
            }
        }
    }

    private static boolean isInvisible(int type) {
        return type == Character.CONTROL
                || type == Character.FORMAT
                || type == Character.SURROGATE
                || type == Character.PRIVATE_USE
                || type == Character.UNASSIGNED
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR;
    }

    /** The same, kept apart from the direction of the text around it. */
    static String foreign(String text) {
        return "<bdi>" + text(text) + "</bdi>";
    }
}
