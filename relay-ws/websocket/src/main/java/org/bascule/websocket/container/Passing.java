package org.bascule.websocket.container;

/** Who passes on what comes on a connection, on the thread that finds it. */
public interface Passing {

    /**
     * Offers the connection itself in place of what the container lends.
     *
     * @param taken used from now on for all that is read and written, if this returns true
     * @return false as long as the container has something that came or is to be sent
     */
    boolean takes(TakenConnection taken);

    /** Something may have come. */
    void readable();

    /** What was written is on its way. */
    void writable();
}
