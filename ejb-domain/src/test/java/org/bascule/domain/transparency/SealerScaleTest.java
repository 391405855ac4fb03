package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Requirement: 1,500 records a second, each in a transaction of its own, while they are sealed every second. */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
class SealerScaleTest {

    private static final int WRITERS = 8;
    private static final Duration TIME = Duration.ofSeconds(30);

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);

    @Test
    void recordsAreWrittenWhileTheyAreSealed() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        AuditLog log = domain.get(AuditLog.class);
        Sealer sealer = domain.get(Sealer.class);
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
        List<Future<Long>> writers = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (int writer = 0; writer < WRITERS; writer++) {
                Callable<Long> work = () -> {
                    long written = 0;
                    while (System.nanoTime() - start < TIME.toNanos()) {
                        domain.transactions.run(() -> log.record(AuditEvent.of(
                                        sample.id,
                                        Actor.unknown("anna", "192.0.2.1"),
                                        Operation.SESSION_STARTED,
                                        Outcome.SUCCESS)
                                .saying("terminal as 'operator' by relay r1, device at 192.0.2.9")));
                        written++;
                    }
                    return written;
                };
                writers.add(threads.submit(work));
            }
            Future<Boolean> sealing = threads.submit(() -> {
                while (writing.get()) {
                    sealer.seal(sample.id);
                    Thread.sleep(1_000);
                }
                return true;
            });
            long written = 0;
            for (Future<Long> writer : writers) {
                written += writer.get();
            }
            long sealed = domain.get(TreeStore.class).size(sample.id);
            writing.set(false);
            sealing.get();
            while (domain.get(TreeStore.class).size(sample.id) < written) {
                sealer.seal(sample.id);
            }
            long page = System.nanoTime();
            domain.get(AuditReader.class).slice(sample.id, AuditFilter.ALL, Cursor.first(50));
            System.out.printf(
                    "written %,d records in %d s: %,d a second; sealed when the last was written: %,d; a page of the log: %.1f ms%n",
                    written, TIME.toSeconds(), written / TIME.toSeconds(), sealed, (System.nanoTime() - page) / 1e6);
            assertThat(domain.get(TreeStore.class).size(sample.id)).isEqualTo(written);
        } finally {
            threads.shutdownNow();
        }
    }
}
