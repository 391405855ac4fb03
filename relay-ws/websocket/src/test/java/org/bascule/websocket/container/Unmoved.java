package org.bascule.websocket.container;

/** Leaves its connection to the container. */
final class Unmoved implements Passing {

    @Override
    public boolean takes(TakenConnection taken) {
        return false;
    }

    @Override
    public void readable() {
        throw new AssertionError("nothing was taken");
    }

    @Override
    public void writable() {
        throw new AssertionError("nothing was taken");
    }
}
