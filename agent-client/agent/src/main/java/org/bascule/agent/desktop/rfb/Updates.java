package org.bascule.agent.desktop.rfb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/** Draws for the client: looks at the screen when the client can take something, and sends what differs then. Nothing is queued, so what is sent is never older than the client's turn. */
final class Updates {

    private static final int IDLE_MILLIS = 40;
    private static final long MIN_GAP = TimeUnit.MILLISECONDS.toNanos(1_000) / 60;
    /** The same after the first update since a while: a programme that answers a press may draw in two steps. */
    private static final long SECOND_GAP = TimeUnit.MILLISECONDS.toNanos(4);

    private static final long WHILE = TimeUnit.MILLISECONDS.toNanos(100);
    /** After this much rest, what was sent with loss is sent without. */
    private static final long REST = TimeUnit.MILLISECONDS.toNanos(250);
    /** Tiles made exact in one update: more would hold up what changes next. */
    private static final int REFINED = 48;
    /** So many pictures of a moving tile are taken for alike. */
    private static final int LOOK = 16;
    /** Tiles one above the other in one rectangle, so that its length fits in Tight's 22 bits. */
    private static final int MAX_ROWS = 4;

    private final PictureSource source;
    private final ClientState state;
    private final Flow flow;
    private final RfbOutput out;
    private final Packet packet = new Packet(1 << 16);
    private final TightEncoder tight = new TightEncoder(Jpeg.best());
    private final Scroll scroll = new Scroll();
    private Frame frame;
    private Tiles tiles;
    private long last;
    /** The last update was the first since a while. */
    private boolean first;

    Updates(PictureSource source, ClientState state, Flow flow, RfbOutput out, Frame frame) {
        this.source = source;
        this.state = state;
        this.flow = flow;
        this.out = out;
        this.frame = frame;
        this.tiles = new Tiles(frame);
    }

    /** Until the client is gone. */
    void run() throws IOException, InterruptedException {
        try {
            while (!state.isClosed()) {
                out.sendLater();
                if (state.awaitTurn(flow, IDLE_MILLIS)) {
                    turn();
                }
            }
        } finally {
            tight.end();
        }
    }

    private void turn() throws IOException, InterruptedException {
        boolean moved = source.awaitChange(state.isWhole() ? 0 : IDLE_MILLIS);
        long wait = last + (first ? SECOND_GAP : MIN_GAP) - System.nanoTime();
        if (wait > 0) {
            TimeUnit.NANOSECONDS.sleep(wait);
            moved |= source.awaitChange(0);
        }
        boolean whole = state.takeWhole();
        long now = System.nanoTime();
        boolean look = whole || moved || !tiles.dirty.isEmpty();
        if (look && isResized()) {
            return;
        }
        int rectangles = begin(whole);
        if (look) {
            if (whole) {
                tiles.all();
            }
            tiles.compare(now);
            rectangles += changes(whole, now);
        }
        if (rectangles == 0 && flow.isIdle()) {
            rectangles += refinement(now);
        }
        if (rectangles > 0) {
            packet.setU16(2, rectangles);
            send();
        }
    }

    /** Takes the picture; if its size is new, the client is told instead. */
    private boolean isResized() throws IOException {
        Frame grabbed = source.grab();
        if (grabbed == frame) {
            return false;
        }
        resized(grabbed);
        return true;
    }

    /** Starts the message with what is no picture. */
    private int begin(boolean whole) throws IOException {
        packet.clear();
        packet.u8(0).u8(0).u16(0);
        ClientState.Wants wants = state.wants();
        int rectangles = 0;
        if (state.takeKeysUntold()) {
            packet.rect(0, 0, 0, 0, Encodings.QEMU_KEY);
            rectangles++;
        }
        if (whole && wants.extendedSize()) {
            size();
            rectangles++;
        }
        source.showPointer(!wants.cursor());
        CursorImage cursor = wants.cursor() ? source.takeCursor() : null;
        if (cursor != null) {
            cursor(cursor);
            rectangles++;
        }
        return rectangles;
    }

    private void size() {
        packet.rect(0, 0, frame.width(), frame.height(), Encodings.EXTENDED_DESKTOP_SIZE);
        packet.u8(1).zeros(3);
        packet.i32(1).u16(0).u16(0).u16(frame.width()).u16(frame.height()).i32(0);
    }

    private void resized(Frame grabbed) throws IOException {
        ClientState.Wants wants = state.wants();
        if (!wants.size() && !wants.extendedSize()) {
            throw new IOException("the screen has another size now, which this client cannot follow");
        }
        frame = grabbed;
        tiles = new Tiles(Frame.NONE); // so that there need not be memory for both
        tiles = new Tiles(grabbed);
        packet.clear();
        packet.u8(0).u8(0).u16(1);
        if (wants.extendedSize()) {
            size();
        } else {
            packet.rect(0, 0, frame.width(), frame.height(), Encodings.DESKTOP_SIZE);
        }
        state.everything();
        send();
    }

    private void cursor(CursorImage cursor) {
        int width = cursor.width();
        int height = cursor.height();
        packet.rect(cursor.hotX(), cursor.hotY(), width, height, Encodings.CURSOR);
        PixelFormat format = state.format();
        for (int pixel : cursor.pixels()) {
            int alpha = Math.max(1, pixel >>> 24);
            int red = Math.min(255, (pixel >> 16 & 255) * 255 / alpha);
            int green = Math.min(255, (pixel >> 8 & 255) * 255 / alpha);
            int blue = Math.min(255, (pixel & 255) * 255 / alpha);
            format.pixel(packet, red << 16 | green << 8 | blue);
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x += 8) {
                int bits = 0;
                for (int bit = 0; bit < 8 && x + bit < width; bit++) {
                    bits |= (cursor.pixels()[y * width + x + bit] >>> 31) << 7 - bit;
                }
                packet.u8(bits);
            }
        }
    }

    /** @param whole the client may have nothing of it, so nothing can be moved there */
    private int changes(boolean whole, long now) throws IOException {
        if (tiles.dirty.isEmpty()) {
            return 0;
        }
        int rectangles = 0;
        if (!whole && state.wants().copyRect()) {
            rectangles += scroll.find(frame, tiles, packet, now) ? 1 : 0;
        }
        BitSet photos = new BitSet();
        int level = isTight() ? state.level(flow) : -1;
        if (level >= 0) {
            for (int tile = tiles.dirty.nextSetBit(0); tile >= 0; tile = tiles.dirty.nextSetBit(tile + 1)) {
                photos.set(tile, isPhoto(tile));
            }
        }
        BitSet exact = (BitSet) tiles.dirty.clone();
        exact.andNot(photos);
        tiles.lossy.or(photos);
        tiles.lossy.andNot(exact);
        tiles.dirty.clear();
        return rectangles + rectangles(photos, level) + rectangles(exact, -1);
    }

    /** A photo that moves is not looked at in each picture. */
    private boolean isPhoto(int tile) {
        int moves = tiles.moves(tile);
        return (moves % LOOK != 0 && tiles.lossy.get(tile))
                || tight.isPhoto(frame, area(tile % tiles.columns, tile / tiles.columns, 1, 1), moves > 0);
    }

    /** What rests goes out once more, exactly. */
    private int refinement(long now) throws IOException {
        if (tiles.lossy.isEmpty() || !isTight()) {
            return 0;
        }
        BitSet resting = new BitSet();
        int count = 0;
        for (int tile = tiles.lossy.nextSetBit(0);
                tile >= 0 && count < REFINED;
                tile = tiles.lossy.nextSetBit(tile + 1)) {
            if (tiles.rests(tile, now, REST)) {
                resting.set(tile);
                count++;
            }
        }
        if (resting.isEmpty()) {
            return 0;
        }
        // the frame's memory is as old as the last grab
        if (isResized()) {
            return 0;
        }
        tiles.compare(now);
        resting.andNot(tiles.dirty);
        tiles.lossy.andNot(resting);
        return rectangles(resting, -1);
    }

    private boolean isTight() {
        return state.wants().tight() && state.format().isTrueColour24();
    }

    private Rect area(int column, int row, int columns, int rows) {
        int x = column * Tiles.SIZE;
        int y = row * Tiles.SIZE;
        return new Rect(
                x,
                y,
                Math.min(frame.width() - x, columns * Tiles.SIZE),
                Math.min(frame.height() - y, rows * Tiles.SIZE));
    }

    /** Neighbouring tiles go as one rectangle. */
    private int rectangles(BitSet wanted, int level) throws IOException {
        int count = 0;
        for (int tile = wanted.nextSetBit(0); tile >= 0; tile = wanted.nextSetBit(tile + 1)) {
            int column = tile % tiles.columns;
            int row = tile / tiles.columns;
            int most = Math.min(tiles.columns - column, TightEncoder.MAX_WIDTH / Tiles.SIZE);
            int columns = Math.min(most, wanted.nextClearBit(tile) - tile);
            int rows = 1;
            while (row + rows < tiles.rows
                    && rows < (level >= 0 ? MAX_ROWS : 2)
                    && wanted.nextClearBit((row + rows) * tiles.columns + column)
                            >= (row + rows) * tiles.columns + column + columns) {
                rows++;
            }
            for (int line = row; line < row + rows; line++) {
                wanted.clear(line * tiles.columns + column, line * tiles.columns + column + columns);
            }
            rectangle(area(column, row, columns, rows), level);
            count++;
        }
        return count;
    }

    private void rectangle(Rect rect, int level) throws IOException {
        if (isTight()) {
            packet.rect(rect.x(), rect.y(), rect.width(), rect.height(), Encodings.TIGHT);
            if (level >= 0) {
                tight.photo(packet, frame, rect, level);
            } else {
                tight.exact(packet, frame, rect);
            }
        } else {
            packet.rect(rect.x(), rect.y(), rect.width(), rect.height(), Encodings.RAW);
            raw(rect);
        }
        tiles.copy(rect.x(), rect.y(), rect.width(), rect.height());
    }

    private void raw(Rect rect) {
        ByteBuffer pixels = frame.pixels();
        PixelFormat format = state.format();
        for (int y = rect.y(); y < rect.y() + rect.height(); y++) {
            int offset = frame.offset(rect.x(), y);
            for (int x = 0; x < rect.width(); x++, offset += 4) {
                format.pixel(packet, pixels.getInt(offset) & 0xffffff);
            }
        }
    }

    private void send() throws IOException {
        long now = System.nanoTime();
        first = now - last > WHILE;
        last = now;
        state.answered();
        if (state.isContinuous()) {
            packet.u8(248).zeros(3).i32(0x80000001).u8(4).i32(flow.sent(packet.length(), last));
        }
        out.send(packet);
    }
}
