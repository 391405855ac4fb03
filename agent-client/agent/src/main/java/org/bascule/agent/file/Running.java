package org.bascule.agent.file;

import java.util.HashMap;
import java.util.Map;
import org.bascule.agent.service.ServiceStream;

/** Uploads under way: who begins the same one anew (after a break that this end has not noticed) takes it over from the older. Thread-safe. */
final class Running {

    // guarded by this
    private final Map<String, Turn> turns = new HashMap<>();

    /** One upload's. */
    final class Turn implements AutoCloseable {

        private final String key;
        private final ServiceStream stream;
        private volatile boolean over;
        private boolean left;

        private Turn(String key, ServiceStream stream) {
            this.key = key;
            this.stream = stream;
        }

        boolean isOver() {
            return over;
        }

        @Override
        public void close() {
            synchronized (Running.this) {
                left = true;
                turns.remove(key, this);
                Running.this.notifyAll();
            }
        }
    }

    /** Waits until an older upload has let go, after it was told to. */
    synchronized Turn begin(String key, ServiceStream stream) throws InterruptedException {
        Turn mine = new Turn(key, stream);
        Turn older = turns.put(key, mine);
        if (older != null) {
            older.over = true;
            older.stream.fail("the upload goes on over another connection");
            while (!older.left) {
                wait();
            }
        }
        return mine;
    }
}
