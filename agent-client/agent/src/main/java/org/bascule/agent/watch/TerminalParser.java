package org.bascule.agent.watch;

import java.util.Arrays;

/** Reads what a terminal puts out (ECMA-48, and what xterm makes of it) onto a {@link TerminalScreen}. Nothing that it reads does anything else. For one thread. */
final class TerminalParser {

    private static final int MAX_PARAMETERS = 16;
    private static final int MAX_PARAMETER = 9_999;
    private static final int MAX_REPEATED = 500;
    private static final int REPLACED = 0xfffd;
    private static final int ESCAPE = 0x1b;
    /** Of a title and the like. What is longer is none: nothing may hide what comes behind it. */
    private static final int MAX_STRING = 4_096;
    /** Of the set of lines and corners, from 0x60 on. */
    private static final String GRAPHICS = "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·";

    private enum State {
        TEXT,
        /** Behind an escape character. */
        ESCAPED,
        /** The next character belongs to it. */
        ONE_MORE,
        /** Parameters, up to a final character. */
        SEQUENCE,
        /** A title and the like, up to its end. */
        STRING
    }

    private final TerminalScreen screen;
    private State state = State.TEXT;

    /** Of a character in UTF-8: what has come, and bytes that are missing. */
    private int partial;

    private int missing;

    private final int[] parameters = new int[MAX_PARAMETERS];
    private int count;
    private char prefix;
    private boolean known;
    private int stringLength;

    private char selected;
    private final boolean[] graphics = new boolean[2];
    private int set;
    private int last = ' ';

    TerminalParser(TerminalScreen screen) {
        this.screen = screen;
    }

    void read(byte[] bytes) {
        for (byte each : bytes) {
            octet(each & 255);
        }
    }

    private void octet(int octet) {
        if (missing > 0) {
            if ((octet & 0xc0) == 0x80) {
                partial = partial << 6 | octet & 0x3f;
                if (--missing == 0) {
                    character(Character.isValidCodePoint(partial) ? partial : REPLACED);
                }
                return;
            }
            missing = 0;
            character(REPLACED);
        }
        if (octet < 0x80) {
            character(octet);
        } else if (octet >= 0xc2 && octet < 0xf5) {
            missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
            partial = octet & (0x3f >> missing);
        } else {
            character(REPLACED);
        }
    }

    private void character(int c) {
        if (c == ESCAPE) {
            state = State.ESCAPED;
        } else if (c == 0x18 || c == 0x1a) {
            state = State.TEXT;
        } else if (state == State.STRING) {
            if (c == 7 || ++stringLength > MAX_STRING) {
                state = State.TEXT;
            }
        } else if (c < 0x20) {
            control(c);
        } else {
            switch (state) {
                case TEXT -> print(c);
                case ESCAPED -> escaped(c);
                case ONE_MORE -> selected(c);
                case SEQUENCE -> sequence(c);
                default -> throw new IllegalStateException(state.name());
            }
        }
    }

    private void control(int c) {
        switch (c) {
            case '\b' -> screen.move(-1, 0);
            case '\t' -> screen.tab();
            case '\n', 0x0b, 0x0c -> screen.lineFeed();
            case '\r' -> screen.column(0);
            case 0x0e -> set = 1;
            case 0x0f -> set = 0;
            default -> {
                // a bell and the like
            }
        }
    }

    private void print(int c) {
        int shown = graphics[set] && c >= 0x60 && c < 0x7f ? GRAPHICS.charAt(c - 0x60) : c;
        switch (Character.getType(shown)) {
            case Character.CONTROL, Character.FORMAT -> {
                // what turns text round or hides it
            }
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> screen.put(shown, 0);
            case Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> put(REPLACED);
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> put(' ');
            default -> put(shown);
        }
    }

    private void put(int c) {
        last = c;
        screen.put(c, isWide(c) ? 2 : 1);
    }

    private static boolean isWide(int c) {
        return c >= 0x1100
                && (c <= 0x115f
                        || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f)
                        || (c >= 0xac00 && c <= 0xd7a3)
                        || (c >= 0xf900 && c <= 0xfaff)
                        || (c >= 0xfe30 && c <= 0xfe6f)
                        || (c >= 0xff00 && c <= 0xff60)
                        || (c >= 0xffe0 && c <= 0xffe6)
                        || (c >= 0x1f300 && c <= 0x1f64f)
                        || (c >= 0x1f900 && c <= 0x1f9ff)
                        || (c >= 0x20000 && c <= 0x3fffd));
    }

    private void escaped(int c) {
        state = State.TEXT;
        switch (c) {
            case '[' -> {
                state = State.SEQUENCE;
                Arrays.fill(parameters, 0);
                count = 0;
                prefix = ' ';
                known = true;
            }
            case ']', 'P', '_', '^', 'X' -> {
                state = State.STRING;
                stringLength = 0;
            }
            case '(', ')', '*', '+', '#', '%', ' ' -> {
                state = State.ONE_MORE;
                selected = (char) c;
            }
            case '7' -> screen.save();
            case '8' -> screen.restore();
            case 'D' -> screen.lineFeed();
            case 'E' -> {
                screen.column(0);
                screen.lineFeed();
            }
            case 'M' -> screen.reverseLineFeed();
            case 'c' -> {
                screen.clear();
                graphics[0] = false;
                graphics[1] = false;
                set = 0;
            }
            default -> {
                // the end of a string, modes of the keyboard
            }
        }
    }

    private void selected(int c) {
        state = State.TEXT;
        if (selected == '(' || selected == ')') {
            graphics[selected == '(' ? 0 : 1] = c == '0';
        }
    }

    private void sequence(int c) {
        if (c >= '0' && c <= '9') {
            parameters[count] = Math.min(MAX_PARAMETER, parameters[count] * 10 + c - '0');
        } else if (c == ';' || c == ':') {
            count = Math.min(count + 1, MAX_PARAMETERS - 1);
        } else if (c >= '<' && c <= '?') {
            prefix = (char) c;
        } else if (c < 0x40) {
            known = false; // something in between
        } else {
            state = State.TEXT;
            if (known && prefix == ' ') {
                finish(c);
            } else if (known && prefix == '?' && (c == 'h' || c == 'l')) {
                mode(c == 'h');
            } else if (known && prefix == '?' && (c == 'J' || c == 'K')) {
                finish(c);
            }
        }
    }

    private void mode(boolean on) {
        for (int i = 0; i <= count; i++) {
            switch (parameters[i]) {
                case 7 -> screen.wraps(on);
                case 47, 1_047 -> screen.cover(on);
                case 1_049 -> {
                    if (on) {
                        screen.save();
                    }
                    screen.cover(on);
                    if (!on) {
                        screen.restore();
                    }
                }
                default -> {
                    // the mouse, the cursor's shape
                }
            }
        }
    }

    /** The first parameter, at least 1. */
    private int times() {
        return Math.max(1, parameters[0]);
    }

    private void finish(int c) {
        switch (c) {
            case '@' -> screen.shift(times());
            case 'A' -> screen.move(0, -times());
            case 'B', 'e' -> screen.move(0, times());
            case 'C', 'a' -> screen.move(times(), 0);
            case 'D' -> screen.move(-times(), 0);
            case 'E' -> {
                screen.move(0, times());
                screen.column(0);
            }
            case 'F' -> {
                screen.move(0, -times());
                screen.column(0);
            }
            case 'G', '`' -> screen.column(times() - 1);
            case 'H', 'f' -> screen.to(Math.max(1, parameters[1]) - 1, times() - 1);
            case 'J' -> screen.eraseScreen(Math.min(parameters[0], 2));
            case 'K' -> screen.eraseLine(Math.min(parameters[0], 2));
            case 'L' -> screen.scrollHere(-times());
            case 'M' -> screen.scrollHere(times());
            case 'P' -> screen.shift(-times());
            case 'S' -> screen.scroll(times());
            case 'T' -> screen.scroll(-times());
            case 'X' -> screen.erase(times());
            case 'b' -> {
                // beyond a line nobody repeats: in a narrow one each would scroll
                int most = Math.min(MAX_REPEATED, screen.columns());
                for (int i = 0; i < Math.min(times(), most); i++) {
                    put(last);
                }
            }
            case 'd' -> screen.row(times() - 1);
            case 'r' -> screen.region(times() - 1, (parameters[1] == 0 ? MAX_PARAMETER : parameters[1]) - 1);
            case 's' -> screen.save();
            case 'u' -> screen.restore();
            default -> {
                // colours, questions to the terminal
            }
        }
    }
}
