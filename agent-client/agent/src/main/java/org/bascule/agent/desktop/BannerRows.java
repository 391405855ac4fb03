package org.bascule.agent.desktop;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Which strips at the top of which display are in use, so that no banner covers another. One for the whole agent. Thread-safe. */
public final class BannerRows {

    // guarded by this
    private final Map<String, BitSet> taken = new HashMap<>();

    /** One strip, which is free again when this is closed. */
    public final class Row implements AutoCloseable {
        private final String display;
        private final int number;
        // guarded by the rows
        private boolean over;

        private Row(String display, int number) {
            this.display = display;
            this.number = number;
        }

        /** From the top, beginning with 0. */
        public int number() {
            return number;
        }

        @Override
        public void close() {
            synchronized (BannerRows.this) {
                if (!over) {
                    over = true;
                    taken.computeIfPresent(display, (none, rows) -> {
                        rows.clear(number);
                        return rows.isEmpty() ? null : rows;
                    });
                }
            }
        }
    }

    /**
     * The uppermost that is free.
     *
     * @param name of the display; {@code :0} and {@code :0.0} are on one
     */
    public synchronized Row take(String name) {
        String display = name.replaceFirst("\\.[0-9]+$", "");
        BitSet rows = taken.computeIfAbsent(display, none -> new BitSet());
        int number = rows.nextClearBit(0);
        rows.set(number);
        return new Row(display, number);
    }
}
