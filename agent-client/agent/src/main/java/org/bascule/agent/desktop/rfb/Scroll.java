package org.bascule.agent.desktop.rfb;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Finds that a part of the screen has moved up or down, so that the client moves it itself. */
final class Scroll {

    /** Fewer changed tiles are as quickly drawn. */
    private static final int MIN_TILES = 6;

    private static final int MIN_ROWS = 48;
    private static final int MAX_PAUSE = 15;
    /** A programme may draw a move in several pieces. */
    private static final int PATIENCE = 4;
    /** In nanoseconds: a single change is worth a look, a film is not. */
    private static final long REST = 150_000_000;

    /** Updates in which it is not worth looking, after it was in vain. */
    private int pause;

    private int inVain;
    private long last;

    /**
     * Appends a rectangle and corrects what the client is known to have; false if nothing moved.
     *
     * @param now of the last look at the picture
     */
    boolean find(Frame frame, Tiles tiles, Packet out, long now) {
        BitSet dirty = tiles.dirty;
        if (dirty.cardinality() < MIN_TILES) {
            return false;
        }
        boolean rested = now - last > REST;
        last = now;
        if (pause > 0 && !rested) {
            pause--;
            return false;
        }
        int left = Integer.MAX_VALUE;
        int right = 0;
        int top = dirty.nextSetBit(0) / tiles.columns;
        int bottom = (dirty.length() - 1) / tiles.columns + 1;
        for (int tile = dirty.nextSetBit(0); tile >= 0; tile = dirty.nextSetBit(tile + 1)) {
            left = Math.min(left, tile % tiles.columns);
            right = Math.max(right, tile % tiles.columns + 1);
        }
        boolean found = move(
                frame,
                tiles,
                out,
                new Rect(
                        left * Tiles.SIZE,
                        top * Tiles.SIZE,
                        Math.min(frame.width(), right * Tiles.SIZE) - left * Tiles.SIZE,
                        Math.min(frame.height(), bottom * Tiles.SIZE) - top * Tiles.SIZE),
                now);
        inVain = found ? 0 : inVain + 1;
        pause = Math.max(0, Math.min(inVain - PATIENCE, MAX_PAUSE));
        return found;
    }

    private static boolean move(Frame frame, Tiles tiles, Packet out, Rect area, long time) {
        // what did not change at the sides is no part of it
        Rect inner = narrowed(frame, tiles, area);
        if (inner.width() < Tiles.SIZE || inner.height() < MIN_ROWS) {
            return false;
        }
        long[] now = hashes(frame, frame.pixels(), inner);
        long[] before = hashes(frame, tiles.sent(), inner);
        int shift = shift(now, before);
        if (shift == 0) {
            return false;
        }
        int start = -1;
        int length = 0;
        int run = 0;
        for (int y = 0; y <= now.length; y++) {
            int source = y + shift;
            if (y < now.length && source >= 0 && source < before.length && now[y] == before[source]) {
                run++;
                continue;
            }
            if (run > length) {
                length = run;
                start = y - run;
            }
            run = 0;
        }
        if (length < MIN_ROWS) {
            return false;
        }
        int y = inner.y() + start;
        out.rect(inner.x(), y, inner.width(), length, Encodings.COPY_RECT)
                .u16(inner.x())
                .u16(y + shift);
        moved(frame, tiles, new Rect(inner.x(), y, inner.width(), length), shift, time);
        return true;
    }

    /** Leaves away columns at the left and right in which nothing changed. */
    private static Rect narrowed(Frame frame, Tiles tiles, Rect area) {
        int left = area.width();
        int right = 0;
        ByteBuffer pixels = frame.pixels();
        ByteBuffer sent = tiles.sent();
        for (int y = area.y(); y < area.y() + area.height(); y++) {
            int offset = frame.offset(area.x(), y);
            int x = 0;
            while (x < left && pixels.getInt(offset + x * 4) == sent.getInt(offset + x * 4)) {
                x++;
            }
            left = Math.min(left, x);
            if (left == area.width()) {
                continue;
            }
            x = area.width() - 1;
            while (x >= right && pixels.getInt(offset + x * 4) == sent.getInt(offset + x * 4)) {
                x--;
            }
            right = Math.max(right, x + 1);
        }
        return new Rect(area.x() + left, area.y(), Math.max(0, right - left), area.height());
    }

    private static long[] hashes(Frame frame, ByteBuffer pixels, Rect area) {
        long[] hashes = new long[area.height()];
        for (int y = 0; y < hashes.length; y++) {
            int offset = frame.offset(area.x(), area.y() + y);
            long hash = 7;
            int end = offset + (area.width() & ~1) * 4;
            for (; offset < end; offset += 8) {
                hash = (hash ^ pixels.getLong(offset)) * 0x9e3779b97f4a7c15L;
                hash ^= hash >>> 29;
            }
            if ((area.width() & 1) != 0) {
                hash = (hash ^ pixels.getInt(offset)) * 0x9e3779b97f4a7c15L;
            }
            hashes[y] = hash;
        }
        return hashes;
    }

    /** The shift that most of the rows have in common which occur once before and once now. */
    private static int shift(long[] now, long[] before) {
        Map<Long, Integer> places = new HashMap<>();
        for (int y = 0; y < before.length; y++) {
            places.merge(before[y], y, (a, b) -> -1);
        }
        Map<Integer, Integer> votes = new HashMap<>();
        for (int y = 0; y < now.length; y++) {
            Integer place = places.get(now[y]);
            if (place != null && place >= 0 && place != y) {
                votes.merge(place - y, 1, Integer::sum);
            }
        }
        return votes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .filter(best -> best.getValue() >= MIN_ROWS / 4)
                .map(Map.Entry::getKey)
                .orElse(0);
    }

    /** The client's picture after the move; hashes may err, so what still differs is found by comparing anew. */
    private static void moved(Frame frame, Tiles tiles, Rect rect, int shift, long time) {
        ByteBuffer sent = tiles.sent();
        byte[] line = new byte[rect.width() * 4];
        for (int i = 0; i < rect.height(); i++) {
            int y = rect.y() + (shift > 0 ? i : rect.height() - 1 - i);
            sent.get(frame.offset(rect.x(), y + shift), line);
            sent.put(frame.offset(rect.x(), y), line);
        }
        BitSet lossy = (BitSet) tiles.lossy.clone();
        tiles.dirty.clear();
        tiles.compare(time);
        // a tile that something inexact may have moved into is inexact
        for (int tile = lossy.nextSetBit(0); tile >= 0; tile = lossy.nextSetBit(tile + 1)) {
            int rows = Math.abs(shift) / Tiles.SIZE + 1;
            for (int row = -rows; row <= rows; row++) {
                int other = tile + row * tiles.columns;
                if (other >= 0 && other < tiles.columns * tiles.rows) {
                    tiles.lossy.set(other);
                }
            }
        }
    }
}
