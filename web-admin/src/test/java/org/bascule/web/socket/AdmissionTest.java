package org.bascule.web.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(3, 2);

    @Test
    void countsByAddressAndInAll() {
        assertThat(admission.enter("a")).isTrue();
        assertThat(admission.enter("a")).isTrue();
        assertThat(admission.enter("a")).isFalse();
        assertThat(admission.enter("b")).isTrue();
        assertThat(admission.enter("c")).isFalse();
        admission.leave("a");
        assertThat(admission.enter("c")).isTrue();
        assertThat(admission.enter("a")).isFalse();
    }

    @Test
    void leavingTwiceIsABug() {
        admission.enter("a");
        admission.leave("a");
        assertThatThrownBy(() -> admission.leave("a")).isInstanceOf(IllegalStateException.class);
    }
}
