package org.bascule.agent.desktop.rfb;

/** What the client has said it can and wants. Thread-safe: one thread reads the client, another draws for it. */
final class ClientState {

    // guarded by this
    private PixelFormat format = PixelFormat.OWN;
    private Wants wants = new Wants(false, false, -1, false, false, false, false, false, false, false);
    private boolean requested;
    private boolean whole;
    private boolean continuous;
    private boolean closed;
    private boolean keysTold;
    private int fixedLevel = -1;

    /**
     * Of SetEncodings.
     *
     * @param level of JPEG, -1: none is wanted
     */
    record Wants(
            boolean tight,
            boolean copyRect,
            int level,
            boolean cursor,
            boolean size,
            boolean extendedSize,
            boolean fence,
            boolean continuous,
            boolean keys,
            boolean clipboard) {}

    synchronized void wants(Wants now) {
        wants = now;
        notifyAll();
    }

    synchronized Wants wants() {
        return wants;
    }

    synchronized void format(PixelFormat now) {
        format = now;
    }

    synchronized PixelFormat format() {
        return format;
    }

    synchronized void request(boolean incremental) {
        requested = true;
        whole |= !incremental;
        notifyAll();
    }

    synchronized void everything() {
        whole = true;
        notifyAll();
    }

    synchronized boolean takeWhole() {
        boolean taken = whole;
        whole = false;
        return taken;
    }

    synchronized boolean isWhole() {
        return whole;
    }

    synchronized void continuous(boolean on) {
        continuous = on;
        notifyAll();
    }

    synchronized boolean isContinuous() {
        return continuous && wants.fence();
    }

    /** An update answers the request. */
    synchronized void answered() {
        requested = false;
    }

    /** Waits until the client can take an update; false after so many milliseconds. */
    synchronized boolean awaitTurn(Flow flow, int millis) throws InterruptedException {
        if (!hasTurn(flow) && !closed) {
            wait(millis);
        }
        return hasTurn(flow);
    }

    private boolean hasTurn(Flow flow) {
        return isContinuous() ? flow.hasRoom() : requested;
    }

    synchronized void wake() {
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** 1 to 9, or -1 for what the way there bears. */
    synchronized void fixedLevel(int level) {
        fixedLevel = level;
    }

    synchronized int level(Flow flow) {
        if (wants.level() < 0) {
            return -1;
        }
        return fixedLevel >= 0 ? fixedLevel : flow.level(wants.level());
    }

    /** True once: the client is to be told that scan codes are understood. */
    synchronized boolean takeKeysUntold() {
        boolean untold = wants.keys() && !keysTold;
        keysTold |= untold;
        return untold;
    }
}
