package org.bascule.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bascule.launcher.RunningDemo;

/** Parts of the system that a test takes away, and that are there again when it has ended. */
final class Outages implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final TheSystem system;
    private final RunningDemo demo;
    private final Set<String> away = new LinkedHashSet<>();

    Outages(TheSystem system) {
        this.system = system;
        this.demo = system.demo();
    }

    /** {@code kill -9}. */
    void kill(String part) throws InterruptedException {
        away.add(part);
        demo.kill(part);
    }

    /** In order; returns when it is gone. */
    void stop(String part) throws InterruptedException {
        away.add(part);
        demo.stop(part);
    }

    /** Returns when it serves. */
    void start(String part) throws IOException, InterruptedException {
        demo.start(part);
        away.remove(part);
    }

    /** Sends a signal to processes, by its name without {@code SIG}. */
    static void signal(String name, List<Long> pids) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new AssertionError("no SIG" + name + " to processes " + pids);
        }
    }

    /** The realm gives tokens, and the device is there. */
    boolean isServing() {
        try {
            return system.api("automation")
                    .getJson("/api/devices/" + system.device().uid())
                    .getString("state")
                    .equals("online");
        } catch (AssertionError e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        boolean wasAway = away.contains("access-server");
        for (String part : Set.copyOf(away)) {
            start(part);
        }
        if (wasAway) {
            Eventually.within(LIMIT, "the device is back", this::isServing);
        }
    }
}
