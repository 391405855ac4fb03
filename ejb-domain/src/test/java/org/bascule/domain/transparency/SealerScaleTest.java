package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Requirement: 1,500 records a second, each in a transaction of its own, while they are sealed every second. */
@EnabledIfSystemProperty(named = "bascule.scale", matches = "true")
class SealerScaleTest {

    private static final Duration TIME = Duration.ofSeconds(30);

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);

    @Test
    void recordsAreWrittenWhileTheyAreSealed() throws Exception {
        SealedWriting.Result result = new SealedWriting(domain, sample).run(TIME);
        long page = System.nanoTime();
        domain.get(AuditReader.class).slice(sample.id, AuditFilter.ALL, Cursor.first(50));
        System.out.printf(
                "written %,d records in %d s: %,d a second; sealed when the last was written: %,d; a page of the log: %.1f ms%n",
                result.written(),
                TIME.toSeconds(),
                result.written() / TIME.toSeconds(),
                result.sealed(),
                (System.nanoTime() - page) / 1e6);
        assertThat(domain.get(TreeStore.class).size(sample.id)).isEqualTo(result.written());
    }
}
