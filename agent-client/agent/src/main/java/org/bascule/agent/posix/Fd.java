package org.bascule.agent.posix;

/** An open file or folder, or a place that was only found. Close it; not to be used after that. */
public final class Fd implements AutoCloseable {

    private int number;

    Fd(int number) {
        this.number = number;
    }

    int number() {
        if (number < 0) {
            throw new IllegalStateException("closed already");
        }
        return number;
    }

    @Override
    public void close() {
        if (number >= 0) {
            LibC.close(number);
            number = -1;
        }
    }
}
