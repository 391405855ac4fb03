package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BannerRowsTest {

    private final BannerRows rows = new BannerRows();

    @Test
    void noBannerCoversAnotherWhateverTheirDisplayIsCalled() {
        BannerRows.Row first = rows.take(":0");
        BannerRows.Row second = rows.take(":0.0");
        assertThat(first.number()).isZero();
        assertThat(second.number()).isOne();
        assertThat(rows.take(":10.0").number()).isZero();
        first.close();
        first.close();
        assertThat(rows.take(":0.0").number()).isZero();
        second.close();
        assertThat(rows.take(":0").number()).isOne();
    }
}
