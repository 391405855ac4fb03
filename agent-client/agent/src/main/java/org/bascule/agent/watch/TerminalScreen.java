package org.bascule.agent.watch;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.session.service.TerminalSize;
import org.jspecify.annotations.Nullable;

/** The characters of a terminal, without colours. What lies beyond 500 columns and 200 rows is left out. For one thread. */
final class TerminalScreen {

    private static final int MAX_COLUMNS = 500;
    private static final int MAX_ROWS = 200;
    private static final int TAB = 8;
    /** The second half of a wide character. */
    private static final int NOTHING = 0;

    private int columns;
    private int rows;
    private int[][] cells;
    /** What a programme that uses the whole screen has covered. */
    private int @Nullable [][] covered;

    private int x;
    private int y;
    /** The cursor stands behind the last column: the next character begins a line. */
    private boolean full;

    private int savedX;
    private int savedY;
    private int top;
    private int bottom;
    private boolean wraps = true;

    TerminalScreen(TerminalSize size) {
        columns = Math.min(size.columns(), MAX_COLUMNS);
        rows = Math.min(size.rows(), MAX_ROWS);
        bottom = rows - 1;
        cells = blank();
    }

    private int[][] blank() {
        int[][] all = new int[rows][];
        Arrays.setAll(all, row -> blankLine());
        return all;
    }

    private int[] blankLine() {
        int[] line = new int[columns];
        Arrays.fill(line, ' ');
        return line;
    }

    void resize(TerminalSize size) {
        int lost = Math.max(0, y - Math.min(size.rows(), MAX_ROWS) + 1);
        columns = Math.min(size.columns(), MAX_COLUMNS);
        rows = Math.min(size.rows(), MAX_ROWS);
        int[][] before = covered;
        covered = before == null ? null : fitted(before, 0);
        cells = fitted(cells, lost);
        top = 0;
        bottom = rows - 1;
        to(x, y - lost);
    }

    private int[][] fitted(int[][] from, int lost) {
        int[][] all = blank();
        for (int row = 0; row < Math.min(rows, from.length - lost); row++) {
            int[] line = from[row + lost];
            System.arraycopy(line, 0, all[row], 0, Math.min(columns, line.length));
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
        cells[y][x] = character;
        if (width == 2 && x + 1 < columns) {
            cells[y][x + 1] = NOTHING;
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
        if (at >= 0 && cells[y][at] != NOTHING) {
            String both = Normalizer.normalize(
                    new StringBuilder().appendCodePoint(cells[y][at]).appendCodePoint(mark), Normalizer.Form.NFC);
            if (both.codePointCount(0, both.length()) == 1) {
                cells[y][at] = both.codePointAt(0);
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

    void scroll(int lines) {
        scroll(top, lines);
    }

    /** Those from the cursor on, if it is among those that scroll. */
    void scrollHere(int lines) {
        if (y >= top && y <= bottom) {
            scroll(y, lines);
            column(0);
        }
    }

    /** Up, or down if it is negative; what comes is blank. */
    private void scroll(int first, int lines) {
        int height = bottom - first + 1;
        int far = Math.min(Math.abs(lines), height);
        for (int i = 0; i < height; i++) {
            int row = lines > 0 ? first + i : bottom - i;
            int from = lines > 0 ? row + far : row - far;
            cells[row] = from >= first && from <= bottom ? cells[from] : blankLine();
        }
    }

    /** Moves what is behind the cursor to the right, or to the left if it is negative. */
    void shift(int characters) {
        int[] line = cells[y];
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
        Arrays.fill(cells[y], x, Math.min(columns, x + characters), ' ');
    }

    /** @param what 0 from the cursor on, 1 up to it, 2 all */
    void eraseLine(int what) {
        Arrays.fill(cells[y], what == 0 ? x : 0, what == 1 ? x + 1 : columns, ' ');
    }

    /** @param what 0 from the cursor on, 1 up to it, 2 all */
    void eraseScreen(int what) {
        for (int row = 0; row < rows; row++) {
            if (what == 2 || (what == 0 && row > y) || (what == 1 && row < y)) {
                cells[row] = blankLine();
            }
        }
        eraseLine(what);
    }

    /** A programme takes the whole screen, or gives back what it had covered. */
    void cover(boolean now) {
        int[][] before = covered;
        if (now && before == null) {
            covered = cells;
            cells = blank();
        } else if (!now && before != null) {
            cells = before;
            covered = null;
        }
    }

    void clear() {
        covered = null;
        cells = blank();
        top = 0;
        bottom = rows - 1;
        wraps = true;
        to(0, 0);
    }

    /** Without what is blank at the end of each line, and of all. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int[] line : cells) {
            StringBuilder text = new StringBuilder();
            for (int character : line) {
                if (character != NOTHING) {
                    text.appendCodePoint(character);
                }
            }
            lines.add(text.toString().stripTrailing());
        }
        while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }
}
