package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TilesTest {

    private static final int WIDTH = 150;
    private static final int HEIGHT = 100;

    private final Frame frame = new Frame(
            ByteBuffer.allocateDirect(WIDTH * HEIGHT * 4).order(ByteOrder.LITTLE_ENDIAN), WIDTH, HEIGHT, WIDTH * 4);
    private final Tiles tiles = new Tiles(frame);
    private int colour;
    private long now = System.nanoTime();

    /** Another colour in a tile, seen and sent. */
    private void change(int x, int y, long afterMillis) {
        now += TimeUnit.MILLISECONDS.toNanos(afterMillis);
        frame.pixels().putInt(frame.offset(x, y), ++colour);
        tiles.compare(now);
        tiles.copy(0, 0, WIDTH, HEIGHT);
        tiles.dirty.clear();
    }

    @Test
    void theTileOfAPixelIsFound() {
        frame.pixels().putInt(frame.offset(WIDTH - 1, HEIGHT - 1), 1);
        tiles.compare(now);
        assertThat(tiles.dirty.stream()).containsExactly(5);
        tiles.copy(0, 0, WIDTH, HEIGHT);
        tiles.dirty.clear();
        tiles.compare(now);
        assertThat(tiles.dirty.isEmpty()).isTrue();
    }

    @Test
    void aTileMovesFromItsThirdChangeWithoutAPauseUntilItRests() {
        change(0, 0, 1_000);
        change(1, 0, 33);
        change(0, 1, 140);
        assertThat(tiles.moves(0)).isZero();
        change(63, 63, 33);
        assertThat(tiles.moves(0)).isEqualTo(3);
        assertThat(tiles.moves(1)).isZero();
        change(64, 0, 33);
        assertThat(tiles.moves(1)).isZero();
        change(0, 0, 160);
        assertThat(tiles.moves(0)).isZero();
    }

    @Test
    void twoLooksAtOnePictureAreOneChange() {
        for (int picture = 0; picture < 3; picture++) {
            now += 33_000_000;
            for (int look = 0; look < 3; look++) {
                change(0, 0, 0);
            }
        }
        assertThat(tiles.moves(0)).isZero();
    }
}
