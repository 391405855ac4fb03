package org.bascule.session.stream;

/** Hides how long what is typed or printed is: plaintexts of 64, 128, 256, 512, 1,024 bytes, then multiples of 1,024. */
final class Padding {

    private static final int SMALLEST = 64;
    private static final int STEP = 1_024;

    private Padding() {}

    static int padded(int length) {
        if (length > STEP) {
            return (length + STEP - 1) / STEP * STEP;
        }
        return length <= SMALLEST ? SMALLEST : Integer.highestOneBit(length - 1) << 1;
    }
}
