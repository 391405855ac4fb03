package org.bascule.relay.registry;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;

/** How much of its processors this process uses. */
final class Processors {

    private static final long AT_LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ALL = 100;

    private long used = usedNanos();
    private long since = System.nanoTime();
    private int percent;

    /** From 0 to 100: since the last call, or what that said if it was just now. 0 where the platform does not tell. */
    int percent() {
        long now = System.nanoTime();
        long elapsed = now - since;
        if (elapsed >= AT_LEAST_NANOS) {
            long all = usedNanos();
            double most = (double) elapsed * Runtime.getRuntime().availableProcessors();
            percent = (int) Math.max(0, Math.min(ALL, Math.round(ALL * (all - used) / most)));
            used = all;
            since = now;
        }
        return percent;
    }

    /** By name, for the class that has it is none of the Java platform's own. */
    private static long usedNanos() {
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME), "ProcessCpuTime");
        } catch (JMException e) {
            return 0;
        }
    }
}
