package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SealingTroublesTest {

    @Test
    void whatGoesOnIsSaidNowAndThenAndAnewAfterItsEnd() {
        SealingTroubles troubles = new SealingTroubles();
        Instant now = Instant.parse("2026-03-01T10:00:00Z");
        assertThat(troubles.isNews("a", now)).isTrue();
        assertThat(troubles.isNews("a", now.plusSeconds(1))).isFalse();
        assertThat(troubles.isNews("b", now.plusSeconds(1))).isTrue();
        assertThat(troubles.isNews("a", now.plus(SealingTroubles.AGAIN))).isTrue();
        troubles.over("b");
        assertThat(troubles.isNews("b", now.plusSeconds(2))).isTrue();
    }
}
