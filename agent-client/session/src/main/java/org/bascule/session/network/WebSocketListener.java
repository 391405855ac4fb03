package org.bascule.session.network;

/**
 * What arrives on a WebSocket. Called by its reading thread, one call after the other: until a call returns, nothing more is read, so a slow listener is felt by
 * the sender and not by the heap.
 */
public interface WebSocketListener {

    /** The first call, before anything is read. */
    void opened(WebSocket socket);

    void text(String message);

    /** The buffer is used again after the call. */
    void binary(byte[] buffer, int offset, int length);

    /** The last call, once; only after {@link #opened}. */
    void ended(WebSocketEnd end);
}
