package org.bascule.agent.desktop.rfb;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/** What the client has, in tiles of 64 by 64 pixels, and what of it differs from the screen. */
final class Tiles {

    static final int SIZE = 64;

    /** A tile that changes again within this time goes on moving: seven pictures a second and more. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(150);
    /** After so many such changes it is taken for a moving picture. */
    private static final int MOVING = 3;

    final int columns;
    final int rows;
    /** Differs from what the client has. */
    final BitSet dirty = new BitSet();
    /** The client has it with loss. */
    final BitSet lossy = new BitSet();

    private final Frame frame;
    private final ByteBuffer sent;
    private final ByteBuffer left;
    private final ByteBuffer right;
    private final long[] changed;
    /** Changes without a pause. */
    private final int[] changes;

    Tiles(Frame frame) {
        this.frame = frame;
        this.columns = (frame.width() + SIZE - 1) / SIZE;
        this.rows = (frame.height() + SIZE - 1) / SIZE;
        this.sent = ByteBuffer.allocateDirect(frame.stride() * frame.height()).order(ByteOrder.LITTLE_ENDIAN);
        this.left = frame.pixels().duplicate();
        this.right = sent.duplicate();
        this.changed = new long[columns * rows];
        this.changes = new int[columns * rows];
    }

    /** The client's picture, laid out as the frame. */
    ByteBuffer sent() {
        return sent;
    }

    void all() {
        dirty.set(0, columns * rows);
    }

    /**
     * Notes which tiles differ. A tile that is known to is not looked at again.
     *
     * @param now the same for all looks at one picture
     */
    void compare(long now) {
        for (int row = 0; row < rows; row++) {
            int end = Math.min(frame.height(), (row + 1) * SIZE);
            for (int y = row * SIZE; y < end; y++) {
                if (!compareLine(row, y, now)) {
                    break;
                }
            }
        }
    }

    /** False once every tile of the row is dirty. */
    private boolean compareLine(int row, int y, long now) {
        int first = row * columns;
        int column = dirty.nextClearBit(first) - first;
        if (column >= columns) {
            return false;
        }
        while (column < columns) {
            int next = dirty.nextSetBit(first + column);
            int stop = next < 0 ? columns : Math.min(columns, next - first);
            int from = frame.offset(column * SIZE, y);
            int to = frame.offset(Math.min(frame.width(), stop * SIZE), y);
            left.limit(to).position(from);
            right.limit(to).position(from);
            int at = left.mismatch(right);
            if (at >= 0) {
                int tile = first + column + at / (SIZE * 4);
                dirty.set(tile);
                changed(tile, now);
                column = tile - first + 1;
            } else {
                column = stop;
            }
            column = dirty.nextClearBit(first + column) - first;
        }
        return true;
    }

    private void changed(int tile, long now) {
        if (changed[tile] != now) {
            changes[tile] = now - changed[tile] < PAUSE ? changes[tile] + 1 : 0;
            changed[tile] = now;
        }
    }

    /** Changes of the tile without a pause, from the third on; 0 of one that rested. */
    int moves(int tile) {
        return changes[tile] < MOVING ? 0 : changes[tile];
    }

    /** Takes the screen's pixels for the client's. */
    void copy(int x, int y, int width, int height) {
        for (int line = y; line < y + height; line++) {
            int offset = frame.offset(x, line);
            sent.put(offset, frame.pixels(), offset, width * 4);
        }
    }

    /** Whether the tile has not changed for so long. */
    boolean rests(int tile, long now, long nanos) {
        return now - changed[tile] > nanos;
    }
}
