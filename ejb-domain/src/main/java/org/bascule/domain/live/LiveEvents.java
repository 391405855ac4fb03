package org.bascule.domain.live;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Passes events on to listeners after the transaction committed. A web module registers here, because an event that is fired in this module
 * reaches observers of this module only. Listeners are called on the thread that committed: they must not block, and one that fails does not
 * keep the others from being called.
 */
@ApplicationScoped
public class LiveEvents {

    private static final Logger LOG = System.getLogger(LiveEvents.class.getName());

    private final List<Consumer<LiveEvent>> listeners = new CopyOnWriteArrayList<>();

    public void register(Consumer<LiveEvent> listener) {
        listeners.add(listener);
    }

    public void unregister(Consumer<LiveEvent> listener) {
        listeners.remove(listener);
    }

    void committed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent event) {
        for (Consumer<LiveEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a listener of live events failed", e);
            }
        }
    }
}
