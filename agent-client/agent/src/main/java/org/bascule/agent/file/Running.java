package org.bascule.agent.file;

import java.util.HashMap;
import java.util.Map;
import org.bascule.agent.service.ServiceStream;
import org.jspecify.annotations.Nullable;

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
        /** That it waits for. */
        private @Nullable Turn older;

        private Turn(String key, ServiceStream stream) {
            this.key = key;
            this.stream = stream;
        }

        /** It has let go, and so have those that it waited for. */
        private boolean isGone() {
            return left && (older == null || older.isGone());
        }

        boolean isOver() {
            return over;
        }

        @Override
        public void close() {
            synchronized (Running.this) {
                left = true;
                turns.computeIfPresent(key, (same, newest) -> newest.isGone() ? null : newest);
                Running.this.notifyAll();
            }
        }
    }

    /** Waits until an older upload has let go, after it was told to. Who gives up waiting has let go, too. */
    synchronized Turn begin(String key, ServiceStream stream) throws InterruptedException {
        Turn mine = new Turn(key, stream);
        Turn older = turns.put(key, mine);
        if (older != null) {
            mine.older = older;
            older.over = true;
            try {
                older.stream.fail("the upload goes on over another connection");
                while (!older.isGone()) {
                    wait();
                }
                mine.older = null;
            } finally {
                if (mine.older != null) {
                    mine.close();
                }
            }
        }
        return mine;
    }
}
