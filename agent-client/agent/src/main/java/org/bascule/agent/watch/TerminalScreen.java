package org.bascule.agent.watch;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.session.service.TerminalSize;
import org.jspecify.annotations.Nullable;

/**
 * The characters of a terminal, without colours. What lies beyond 500 columns and 200 rows is left out. For one thread.
 *
 * <p>What is put out is hostile, so two bytes that clear a large screen cost no more than what had been written on it: lines are used again, and blank ones are left alone.
 */
final class TerminalScreen {

    private static final int MAX_COLUMNS = 500;
    private static final int MAX_ROWS = 200;
    private static final int TAB = 8;
    /** The second half of a wide character. */
    private static final int NOTHING = 0;

    private int columns;
    private int rows;
    private Line[] lines;
    /** What a programme that uses the whole screen has covered. */
    private Line @Nullable [] covered;
    /** Of the same size, for the next one. */
    private Line @Nullable [] spare;

    private int x;
    private int y;
    /** The cursor stands behind the last column: the next character begins a line. */
    private boolean full;

    private int savedX;
    private int savedY;
    private int top;
    private int bottom;
    private boolean wraps = true;

    private static final class Line {
        final int[] cells;
        /** From here on it is blank; before it may be. */
        int used;

        Line(int columns) {
            cells = new int[columns];
            Arrays.fill(cells, ' ');
        }

        void put(int column, int character) {
            cells[column] = character;
            used = Math.max(used, column + 1);
        }

        void erase(int from, int to) {
            int end = Math.min(to, used);
            if (from < end) {
                Arrays.fill(cells, from, end, ' ');
            }
            if (from < used && to >= used) {
                used = from;
            }
        }

        void clear() {
            erase(0, cells.length);
        }
    }

    TerminalScreen(TerminalSize size) {
        columns = Math.min(size.columns(), MAX_COLUMNS);
        rows = Math.min(size.rows(), MAX_ROWS);
        bottom = rows - 1;
        lines = blank();
    }

    int columns() {
        return columns;
    }

    private Line[] blank() {
        Line[] all = new Line[rows];
        Arrays.setAll(all, row -> new Line(columns));
        return all;
    }

    private static void clear(Line[] all) {
        for (Line line : all) {
            line.clear();
        }
    }

    void resize(TerminalSize size) {
        int lost = Math.max(0, y - Math.min(size.rows(), MAX_ROWS) + 1);
        columns = Math.min(size.columns(), MAX_COLUMNS);
        rows = Math.min(size.rows(), MAX_ROWS);
        Line[] before = covered;
        covered = before == null ? null : fitted(before, 0);
        spare = null;
        lines = fitted(lines, lost);
        top = 0;
        bottom = rows - 1;
        to(x, y - lost);
    }

    private Line[] fitted(Line[] from, int lost) {
        Line[] all = blank();
        for (int row = 0; row < Math.min(rows, from.length - lost); row++) {
            Line line = from[row + lost];
            all[row].used = Math.min(columns, line.used);
            System.arraycopy(line.cells, 0, all[row].cells, 0, all[row].used);
        }
        return all;
    }

    // ---- characters ----

    void put(int character, int width) {
        if (width == 0) {
            combine(character);
            return;
        }
        if (full || x + width > columns) {
            if (wraps) {
                x = 0;
                lineFeed();
            } else {
                x = Math.max(0, columns - width);
            }
            full = false;
        }
        lines[y].put(x, character);
        if (width == 2 && x + 1 < columns) {
            lines[y].put(x + 1, NOTHING);
        }
        x += width;
        if (x >= columns) {
            x = columns - 1;
            full = true;
        }
    }

    /** Where there is a character for both together. */
    private void combine(int mark) {
        int at = full ? x : x - 1;
        if (at >= 0 && lines[y].cells[at] != NOTHING) {
            String both = Normalizer.normalize(
                    new StringBuilder().appendCodePoint(lines[y].cells[at]).appendCodePoint(mark), Normalizer.Form.NFC);
            if (both.codePointCount(0, both.length()) == 1) {
                lines[y].put(at, both.codePointAt(0));
            }
        }
    }

    // ---- the cursor ----

    /** As far as the screen goes. */
    void to(int column, int row) {
        x = Math.max(0, Math.min(column, columns - 1));
        y = Math.max(0, Math.min(row, rows - 1));
        full = false;
    }

    void move(int right, int down) {
        to(x + right, y + down);
    }

    void column(int column) {
        to(column, y);
    }

    void row(int row) {
        to(x, row);
    }

    void tab() {
        to((x / TAB + 1) * TAB, y);
    }

    void save() {
        savedX = x;
        savedY = y;
    }

    void restore() {
        to(savedX, savedY);
    }

    void lineFeed() {
        full = false;
        if (y == bottom) {
            scroll(top, 1);
        } else {
            y = Math.min(y + 1, rows - 1);
        }
    }

    void reverseLineFeed() {
        full = false;
        if (y == top) {
            scroll(top, -1);
        } else {
            y = Math.max(y - 1, 0);
        }
    }

    void wraps(boolean now) {
        wraps = now;
    }

    // ---- lines and parts of them ----

    /** The lines that scroll: both within the screen, and more than one. */
    void region(int first, int last) {
        int end = Math.min(last, rows - 1);
        if (first >= 0 && first < end) {
            top = first;
            bottom = end;
            to(0, 0);
        }
    }

    void scroll(int count) {
        scroll(top, count);
    }

    /** Those from the cursor on, if it is among those that scroll. */
    void scrollHere(int count) {
        if (y >= top && y <= bottom) {
            scroll(y, count);
            column(0);
        }
    }

    /** Up, or down if it is negative; what comes is blank. */
    private void scroll(int first, int count) {
        int height = bottom - first + 1;
        int far = Math.min(Math.abs(count), height);
        int gone = count > 0 ? first : bottom + 1 - far;
        Line[] again = Arrays.copyOfRange(lines, gone, gone + far);
        clear(again);
        int stays = height - far;
        System.arraycopy(lines, count > 0 ? first + far : first, lines, count > 0 ? first : first + far, stays);
        System.arraycopy(again, 0, lines, count > 0 ? first + stays : first, far);
    }

    /** Moves what is behind the cursor to the right, or to the left if it is negative. */
    void shift(int characters) {
        int[] line = lines[y].cells;
        lines[y].used = columns;
        int far = Math.min(Math.abs(characters), columns - x);
        if (characters > 0) {
            System.arraycopy(line, x, line, x + far, columns - x - far);
            Arrays.fill(line, x, x + far, ' ');
        } else {
            System.arraycopy(line, x + far, line, x, columns - x - far);
            Arrays.fill(line, columns - far, columns, ' ');
        }
        full = false;
    }

    void erase(int characters) {
        lines[y].erase(x, Math.min(columns, x + characters));
    }

    /** @param what 0 from the cursor on, 1 up to it, 2 all */
    void eraseLine(int what) {
        lines[y].erase(what == 0 ? x : 0, what == 1 ? x + 1 : columns);
    }

    /** @param what 0 from the cursor on, 1 up to it, 2 all */
    void eraseScreen(int what) {
        for (int row = 0; row < rows; row++) {
            if (what == 2 || (what == 0 && row > y) || (what == 1 && row < y)) {
                lines[row].clear();
            }
        }
        eraseLine(what);
    }

    /** A programme takes the whole screen, or gives back what it had covered. */
    void cover(boolean now) {
        Line[] before = covered;
        if (now && before == null) {
            Line[] next = spare == null ? blank() : spare;
            clear(next);
            covered = lines;
            lines = next;
            spare = null;
        } else if (!now && before != null) {
            spare = lines;
            lines = before;
            covered = null;
        }
    }

    void clear() {
        cover(false);
        clear(lines);
        top = 0;
        bottom = rows - 1;
        wraps = true;
        to(0, 0);
    }

    /** Without what is blank at the end of each line, and of all. */
    List<String> lines() {
        List<String> all = new ArrayList<>();
        for (Line line : lines) {
            StringBuilder text = new StringBuilder();
            for (int character : line.cells) {
                if (character != NOTHING) {
                    text.appendCodePoint(character);
                }
            }
            all.add(text.toString().stripTrailing());
        }
        while (!all.isEmpty() && all.get(all.size() - 1).isEmpty()) {
            all.remove(all.size() - 1);
        }
        return all;
    }
}
