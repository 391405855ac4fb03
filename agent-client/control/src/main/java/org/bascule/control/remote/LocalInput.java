package org.bascule.control.remote;

import java.io.IOException;
import java.io.InputStream;
import org.bascule.session.stream.SessionStream;

/** Sends what is read locally to a stream, on a thread of its own that ends with the program. */
final class LocalInput {

    private static final int BUFFER = 32 * 1_024;

    private LocalInput() {}

    static void pump(InputStream from, SessionStream to) {
        Thread thread = new Thread(() -> copy(from, to), "bascule-input");
        thread.setDaemon(true);
        thread.start();
    }

    private static void copy(InputStream from, SessionStream to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                to.write(buffer, 0, length);
            }
        } catch (IOException e) {
            // the stream is over, which its handler hears as well; or there is nothing to read
        }
        to.finish();
    }
}
