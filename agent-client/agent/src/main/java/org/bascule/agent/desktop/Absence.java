package org.bascule.agent.desktop;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Whether the client has been out of reach for so long that the person at the device must not wait for it. Thread-safe. */
final class Absence {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private final BooleanSupplier connected;

    // guarded by this
    private long seen = System.nanoTime();
    private boolean absent;

    Absence(BooleanSupplier connected) {
        this.connected = connected;
    }

    /** Looks; whether it is another than at the last call. */
    synchronized boolean changes() {
        boolean before = absent;
        long now = System.nanoTime();
        if (connected.getAsBoolean()) {
            seen = now;
        }
        absent = now - seen >= PATIENCE;
        return absent != before;
    }

    synchronized boolean isAbsent() {
        return absent;
    }
}
