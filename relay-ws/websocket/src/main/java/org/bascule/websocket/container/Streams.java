package org.bascule.websocket.container;

import java.io.IOException;

/** Both directions of a connection, without waiting. One thread at a time reads, and one writes. */
public interface Streams {

    /** Nothing is there to read; the reader is called when something is. */
    int NONE = 0;

    int END = -1;

    /** @return number of bytes, or {@link #NONE}, or {@link #END} */
    int read(byte[] buffer, int offset, int length) throws IOException;

    /** If not, the writer is called when something can be written. */
    boolean isWritable() throws IOException;

    /** Only if {@link #isWritable()}. The array is the caller's again when this returns. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Only if {@link #isWritable()}. */
    void flush() throws IOException;
}
