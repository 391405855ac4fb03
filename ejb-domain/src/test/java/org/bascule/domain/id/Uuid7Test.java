package org.bascule.domain.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class Uuid7Test {

    @Test
    void carriesVersionVariantAndTime() {
        Instant now = Instant.parse("2022-02-22T19:22:22Z");
        UUID id = UUID.fromString(new Uuid7(() -> now).next());
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        // RFC 9562 appendix A.6: the first 48 bits of this instant
        assertThat(id.toString()).startsWith("017f22e2-79b0-7");
    }

    @Test
    void increasesWhileTheClockStandsStill() {
        Uuid7 ids = new Uuid7(() -> Instant.ofEpochMilli(1_700_000_000_000L));
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            made.add(ids.next());
        }
        assertThat(made).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void increasesWhenTheClockGoesBack() {
        Iterator<Long> times = List.of(5_000L, 4_000L, 5_001L).iterator();
        Uuid7 ids = new Uuid7(() -> Instant.ofEpochMilli(times.next()));
        assertThat(List.of(ids.next(), ids.next(), ids.next())).isSorted();
    }

    @Test
    void recognisesTheTextFormOfIdentifiersAlone() {
        assertThat(Uuid7.isUuid("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).isTrue();
        assertThat(Uuid7.isUuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")).isFalse();
        assertThat(Uuid7.isUuid("' or 1=1 --")).isFalse();
        assertThat(Uuid7.isUuid("")).isFalse();
    }
}
