package org.bascule.agent.watch;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.state.StateException;
import org.jspecify.annotations.Nullable;

/** Those who watch one screen, until it is over. Thread-safe. */
public final class Audience {

    // guarded by this
    private final Set<OnlySeen> present = new HashSet<>();
    private boolean over;

    /** What shows the screen to one of them. */
    @FunctionalInterface
    public interface Show {
        void run(ServiceStream stream) throws IOException, InterruptedException, AccountException, StateException;
    }

    /** Shows it to one who comes, until it or his stream is over; blocks. */
    public void admit(ServiceStream stream, Show show) throws IOException, InterruptedException {
        OnlySeen seen = new OnlySeen(stream);
        try {
            show.run(seen);
        } catch (AccountException | StateException e) {
            stream.fail(String.valueOf(e.getMessage()));
            return;
        } finally {
            exit(seen);
        }
        stream.close();
    }

    /** It is over, for all who are here and for whoever still comes. */
    public void end() {
        Set<OnlySeen> all;
        synchronized (this) {
            over = true;
            all = Set.copyOf(present);
        }
        all.forEach(OnlySeen::end);
    }

    /** @return whether it is over already */
    private synchronized boolean enter(OnlySeen stream) {
        present.add(stream);
        return over;
    }

    private synchronized void exit(OnlySeen stream) {
        present.remove(stream);
    }

    /** A watcher's stream, which ends for what shows the screen when that is over. His events are ignored; what he sends is RFB, of which nothing counts that touches the screen. */
    private final class OnlySeen implements ServiceStream {
        private final ServiceStream stream;
        // guarded by this
        private @Nullable Runnable handler;

        OnlySeen(ServiceStream stream) {
            this.stream = stream;
        }

        void end() {
            @Nullable Runnable told;
            synchronized (this) {
                told = handler;
            }
            if (told != null) {
                told.run();
            }
        }

        @Override
        public void onEnd(Runnable newHandler) {
            synchronized (this) {
                handler = newHandler;
            }
            stream.onEnd(newHandler);
            if (enter(this)) {
                newHandler.run();
            }
        }

        @Override
        public int read(byte[] buffer) throws IOException {
            return stream.read(buffer);
        }

        @Override
        public void requireOpen() throws IOException {
            stream.requireOpen();
        }

        @Override
        public boolean isConnected() {
            return stream.isConnected();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            stream.write(bytes, offset, length);
        }

        @Override
        public void event(JsonObject event) throws IOException {
            stream.event(event);
        }

        @Override
        public void onEvent(Consumer<JsonObject> ignored) {
            stream.onEvent(event -> {});
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }

        @Override
        public void fail(String text) {
            stream.fail(text);
        }
    }
}
