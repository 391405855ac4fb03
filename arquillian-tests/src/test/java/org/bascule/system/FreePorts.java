package org.bascule.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ThreadLocalRandom;
import org.bascule.launcher.process.Ports;

/** Ports of the loopback interface that nobody uses: below those that the kernel gives to connections, and others in each process of the tests. */
final class FreePorts {

    private static final int FIRST = 20_000;
    private static final int EACH = 4_000;
    /** What {@link Ports} looks through. */
    private static final int REACH = 500;

    private static int last =
            FIRST + (TheSystem.FORK - 1) * EACH + ThreadLocalRandom.current().nextInt(EACH - REACH);

    private FreePorts() {}

    static synchronized int next() {
        try {
            last = Ports.firstFree(last + 1);
            return last;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
