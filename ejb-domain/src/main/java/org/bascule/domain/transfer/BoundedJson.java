package org.bascule.domain.transfer;

import java.io.IOException;
import java.io.Reader;
import org.bascule.domain.refusal.Sentence;

/**
 * JSON text on its way to a parser that would take in any length: ends it where one string, number or word is longer than anything that we know.
 * Lines and columns are counted from 1.
 */
final class BoundedJson extends Reader {

    private static final int MAX_WORD = 64;

    /** Something in the text is too long. */
    static final class TooLongException extends IOException {
        private static final long serialVersionUID = 1;
        private final long line;
        private final long column;
        private final int max;

        TooLongException(long line, long column, int max) {
            super("a text of more than " + max + " characters");
            this.max = max;
            this.line = line;
            this.column = column;
        }

        long line() {
            return line;
        }

        long column() {
            return column;
        }

        Sentence reason() {
            return Sentence.of("Longer than %,d characters.", max);
        }
    }

    private final Reader text;
    private final int maxString;
    private long line = 1;
    private long column;
    private boolean inString;
    private boolean escaped;
    private int length;

    BoundedJson(Reader text, int maxString) {
        this.text = text;
        this.maxString = maxString;
    }

    @Override
    public int read(char[] buffer, int offset, int count) throws IOException {
        int read = text.read(buffer, offset, count);
        for (int i = offset; i < offset + read; i++) {
            take(buffer[i]);
        }
        return read;
    }

    private void take(char c) throws TooLongException {
        column++;
        if (c == '\n') {
            line++;
            column = 0;
        }
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
            length = inString ? length + 1 : 0;
        } else if (c == '"') {
            inString = true;
            length = 0;
        } else {
            length = Character.isLetterOrDigit(c) || c == '-' || c == '+' || c == '.' ? length + 1 : 0;
        }
        int max = inString ? maxString : MAX_WORD;
        if (length > max) {
            throw new TooLongException(line, column, max);
        }
    }

    @Override
    public void close() throws IOException {
        text.close();
    }
}
