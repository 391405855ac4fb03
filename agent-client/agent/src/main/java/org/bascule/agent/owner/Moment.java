package org.bascule.agent.owner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Now, by two clocks. The machine's uptime counts on during sleep and nobody sets it; the wall clock goes on over restarts.
 *
 * @param boot names this run of the machine; empty where that is not known
 * @param uptime seconds since it began; 0 where that is not known
 */
public record Moment(Instant wall, String boot, long uptime) {

    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path UPTIME = Path.of("/proc/uptime");

    /** As Linux tells it. */
    public static Moment now(InstantSource wall) {
        try {
            String boot = Files.readString(BOOT).strip();
            String uptime = Files.readString(UPTIME).split("[. ]", 2)[0];
            return new Moment(wall.instant(), boot, Long.parseLong(uptime));
        } catch (IOException | NumberFormatException e) {
            return new Moment(wall.instant(), "", 0);
        }
    }

    /** Whether the machine was not started anew between the two. */
    boolean isSameRunAs(String otherBoot, long earlierUptime) {
        return !boot.isEmpty() && boot.equals(otherBoot) && uptime >= earlierUptime;
    }
}
