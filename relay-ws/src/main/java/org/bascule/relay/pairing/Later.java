package org.bascule.relay.pairing;

/** Does something short after a time, on another thread. */
@FunctionalInterface
public interface Later {
    void run(Runnable task, long nanos);
}
