package org.bascule.domain.transfer;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/**
 * CSV by RFC 4180, with line ends of any kind, strictly: a quote begins and ends a cell and stands nowhere else but doubled in a quoted one. What one
 * record takes in memory is bounded whatever the text is.
 */
final class CsvReader {

    /** Cells of one record. */
    static final int MAX_CELLS = 100;

    private static final int END = -1;

    /** A record, and the line of the text that it begins in, from 1. */
    record Cells(long line, List<String> values) {}

    /** The text is no CSV. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;
        private final long line;
        private final int cell;
        private final transient Sentence reason;

        MalformedException(long line, int cell, @Template String template, Object... arguments) {
            super(template, null, false, false);
            this.line = line;
            this.cell = cell;
            this.reason = Sentence.of(template, arguments);
        }

        /** Of the text, from 1. */
        long line() {
            return line;
        }

        /** Position in the record, from 1. */
        int cell() {
            return cell;
        }

        Sentence reason() {
            return reason;
        }
    }

    private final Reader text;
    private final int maxValue;
    private long line = 1;
    private int next;
    private boolean begun;

    CsvReader(Reader text, int maxValue) {
        this.text = text;
        this.maxValue = maxValue;
    }

    /** The next record; empty at the end. */
    Optional<Cells> read() throws IOException, MalformedException {
        if (!begun) {
            next = text.read();
            begun = true;
        }
        if (next == END) {
            return Optional.empty();
        }
        long first = line;
        List<String> values = new ArrayList<>();
        do {
            if (values.size() == MAX_CELLS) {
                throw new MalformedException(line, values.size() + 1, "A line has at most %d cells.", MAX_CELLS);
            }
            values.add(cell(values.size() + 1));
        } while (separator());
        return Optional.of(new Cells(first, values));
    }

    private boolean separator() throws IOException {
        if (next == ',') {
            advance();
            return true;
        }
        if (next == '\r') {
            advance();
            if (next != '\n') {
                line++;
                return false;
            }
        }
        if (next == '\n') {
            line++;
            advance();
        }
        return false;
    }

    private void advance() throws IOException {
        next = text.read();
    }

    private String cell(int number) throws IOException, MalformedException {
        StringBuilder value = new StringBuilder();
        if (next == '"') {
            quoted(value, number);
            if (next != ',' && next != '\r' && next != '\n' && next != END) {
                throw new MalformedException(line, number, "Something follows the quote that ends the cell.");
            }
            return value.toString();
        }
        while (next != ',' && next != '\r' && next != '\n' && next != END) {
            if (next == '"') {
                throw new MalformedException(line, number, "A quote stands in a cell that does not begin with one.");
            }
            append(value, number);
        }
        return value.toString();
    }

    private void quoted(StringBuilder value, int number) throws IOException, MalformedException {
        long first = line;
        advance();
        while (true) {
            if (next == END) {
                throw new MalformedException(first, number, "A quoted cell has no end.");
            }
            if (next == '"') {
                advance();
                if (next != '"') {
                    return;
                }
            } else if (next == '\n') {
                line++;
            }
            append(value, number);
        }
    }

    private void append(StringBuilder value, int number) throws IOException, MalformedException {
        if (value.length() == maxValue) {
            throw new MalformedException(line, number, "Longer than %,d characters.", maxValue);
        }
        value.append((char) next);
        advance();
    }
}
