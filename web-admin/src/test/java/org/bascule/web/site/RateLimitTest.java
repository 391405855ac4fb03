package org.bascule.web.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final RateLimit limit = new RateLimit(3, Duration.ofSeconds(60), now::get);

    @Test
    void letsAnAllowanceThroughAndRefillsIt() {
        assertThat(limit.admits("192.0.2.1")).isTrue();
        assertThat(limit.admits("192.0.2.1")).isTrue();
        assertThat(limit.admits("192.0.2.1")).isTrue();
        assertThat(limit.admits("192.0.2.1")).isFalse();
        now.updateAndGet(at -> at.plusSeconds(20));
        assertThat(limit.admits("192.0.2.1")).isTrue();
        assertThat(limit.admits("192.0.2.1")).isFalse();
    }

    @Test
    void addressesDoNotShare() {
        for (int i = 0; i < 4; i++) {
            limit.admits("192.0.2.1");
        }
        assertThat(limit.admits("192.0.2.2")).isTrue();
    }

    /** Whoever has one address of a network has the others, too. */
    @Test
    void addressesOfOneNetworkAreOne() {
        for (int i = 0; i < 3; i++) {
            assertThat(limit.admits("2001:db8:1:2::" + i)).isTrue();
        }
        assertThat(limit.admits("2001:db8:1:2:ffff::1")).isFalse();
        assertThat(limit.admits("2001:db8:1:3::1")).isTrue();
    }

    @Test
    void manyAddressesDoNotUseUpTheMemory() {
        for (int i = 0; i < RateLimit.MAX_ADDRESSES; i++) {
            limit.admits("2001:db8:0:%x::1".formatted(i));
        }
        for (int i = 0; i < 3; i++) {
            limit.admits("198.51.100." + i);
        }
        assertThat(limit.admits("203.0.113.1")).isFalse();
        assertThat(limit.admits("2001:db8:0:7::2")).isTrue();
        now.updateAndGet(at -> at.plusSeconds(60));
        assertThat(limit.admits("203.0.113.1")).isTrue();
    }
}
