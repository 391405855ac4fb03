package org.bascule.agent.service;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Tells the client how things are, so that it hears last what holds. Thread-safe. */
public final class Teller {

    private final ServiceStream stream;
    private final Executor executor;
    private final Supplier<Optional<JsonObject>> state;
    private final AtomicBoolean due = new AtomicBoolean();

    /** @param state the event; nothing before there is anything to tell */
    public Teller(ServiceStream stream, Executor executor, Supplier<Optional<JsonObject>> state) {
        this.stream = stream;
        this.executor = executor;
        this.state = state;
    }

    /** Waits for a client that takes no events. */
    public synchronized void tell() throws IOException {
        due.set(false);
        Optional<JsonObject> event = state.get();
        if (event.isPresent()) {
            stream.event(event.get());
        }
    }

    /** On another thread. */
    public void tellSoon() {
        if (due.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    tell();
                } catch (IOException e) {
                    // it is over
                }
            });
        }
    }
}
