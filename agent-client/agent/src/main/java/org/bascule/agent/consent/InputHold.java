package org.bascule.agent.consent;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * While somebody at the device is asked, nobody presses anything there from afar: whoever controls the screen that the question is on would answer it in that person's place. Thread-safe.
 */
public final class InputHold {

    /** Mouse and keyboard of one stream that controls a screen of the device. */
    public interface Input {

        /** Somebody is asked when it begins: on return, nothing that comes from the client after that is pressed. */
        void beginHeld();

        /** @return done when it counts; it does not fail, and does not take long */
        CompletableFuture<Void> hold(boolean held);
    }

    private final BooleanSupplier asking;

    // guarded by this
    private final Set<Input> inputs = new LinkedHashSet<>();
    private boolean held;

    /** @param asking whether somebody is asked now */
    public InputHold(BooleanSupplier asking) {
        this.asking = asking;
    }

    /** It is told from now on. To be called before anything of the client is passed on. */
    public synchronized void add(Input input) {
        inputs.add(input);
        if (held) {
            input.beginHeld();
        }
    }

    public synchronized void remove(Input input) {
        inputs.remove(input);
    }

    /** Looks whether somebody is asked; blocks until what follows from it counts. */
    synchronized void look() {
        boolean now = asking.getAsBoolean();
        if (now != held) {
            held = now;
            CompletableFuture.allOf(
                            inputs.stream().map(input -> input.hold(now)).toArray(CompletableFuture[]::new))
                    .join();
        }
    }
}
