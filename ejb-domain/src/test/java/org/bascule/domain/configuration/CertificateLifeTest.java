package org.bascule.domain.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateLifeTest {

    @Test
    void boundsAreWithin() {
        assertThat(CertificateLife.parse("PT2M").device()).isEqualTo(Duration.ofMinutes(2));
        assertThat(CertificateLife.parse("P398D").device()).isEqualTo(Duration.ofDays(398));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT119S", "P398DT1S", "P-90D", "90 days", "P1Y", ""})
    void whatCannotBeNamesTheSetting(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CertificateLife.parse(text))
                .withMessageContaining("bascule.device.certificate-life");
    }
}
