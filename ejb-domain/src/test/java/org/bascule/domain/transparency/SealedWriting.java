package org.bascule.domain.transparency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;

/** Records of one domain, each written in a transaction of its own by several threads at once, while they are sealed every second as in a running installation. */
public final class SealedWriting {

    private static final int WRITERS = 8;

    private final TestDomain domain;
    private final Sample sample;

    public SealedWriting(TestDomain domain, Sample sample) {
        this.domain = domain;
        this.sample = sample;
    }

    /**
     * What came of it.
     *
     * @param perMinute records written in each minute, or in all of the time if it is shorter
     * @param sealed how many of them were sealed when the last was written; the others are by now
     */
    public record Result(long written, List<Long> perMinute, long sealed) {}

    public Result run(Duration time) throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        LongAdder written = new LongAdder();
        AuditLog log = domain.get(AuditLog.class);
        Sealer sealer = domain.get(Sealer.class);
        TreeStore trees = domain.get(TreeStore.class);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
        try {
            List<Future<Void>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Callable<Void> work = () -> {
                    while (writing.get()) {
                        domain.transactions.run(() -> log.record(AuditEvent.of(
                                        sample.id,
                                        Actor.unknown("anna", "192.0.2.1"),
                                        Operation.SESSION_STARTED,
                                        Outcome.SUCCESS)
                                .saying("terminal as 'operator' by relay r1, device at 192.0.2.9")));
                        written.increment();
                    }
                    return null;
                };
                writers.add(threads.submit(work));
            }
            Future<Void> sealing = threads.submit(() -> {
                while (writing.get()) {
                    sealer.seal(sample.id);
                    // the domain of a test remembers every event, in a list that is copied for each
                    domain.live.clear();
                    Thread.sleep(1_000);
                }
                return null;
            });
            List<Long> perMinute = minutes(time, written);
            writing.set(false);
            for (Future<Void> writer : writers) {
                writer.get();
            }
            long sealed = trees.size(sample.id);
            sealing.get();
            while (trees.size(sample.id) < written.sum()) {
                sealer.seal(sample.id);
            }
            return new Result(written.sum(), perMinute, sealed);
        } finally {
            writing.set(false);
            threads.shutdownNow();
        }
    }

    private static List<Long> minutes(Duration time, LongAdder written) throws InterruptedException {
        List<Long> perMinute = new ArrayList<>();
        long before = 0;
        for (Duration left = time; left.compareTo(Duration.ZERO) > 0; left = left.minusMinutes(1)) {
            Thread.sleep(Math.min(left.toMillis(), Duration.ofMinutes(1).toMillis()));
            long now = written.sum();
            perMinute.add(now - before);
            before = now;
        }
        return perMinute;
    }
}
