package org.bascule.relay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessorsTest {

    @Test
    void workIsSeen() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        Processors processors = new Processors();
        long begun = System.nanoTime();
        long until = threads.getCurrentThreadCpuTime() + TimeUnit.MILLISECONDS.toNanos(300);
        while (threads.getCurrentThreadCpuTime() < until) {
            Thread.onSpinWait();
        }
        long elapsed = System.nanoTime() - begun;
        int least = (int) (100
                * TimeUnit.MILLISECONDS.toNanos(300)
                / (elapsed * Runtime.getRuntime().availableProcessors()));
        assertThat(processors.percent()).isBetween(Math.max(1, least - 2), 100);
    }
}
