package org.bascule.web.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AdmissionTest {

    private final Admission admission = new Admission(3, 2);

    @Test
    void countsByAddressAndInAll() {
        assertThat(admission.enter("192.0.2.1")).isTrue();
        assertThat(admission.enter("192.0.2.1")).isTrue();
        assertThat(admission.enter("192.0.2.1")).isFalse();
        assertThat(admission.enter("192.0.2.2")).isTrue();
        assertThat(admission.enter("192.0.2.3")).isFalse();
        admission.leave("192.0.2.1");
        assertThat(admission.enter("192.0.2.3")).isTrue();
        assertThat(admission.enter("192.0.2.1")).isFalse();
    }

    @Test
    void whoHasAnIpv6AddressHasAllThatAreBesideIt() {
        Admission many = new Admission(8, 2);
        assertThat(many.enter("2001:db8:1:2::1")).isTrue();
        assertThat(many.enter("2001:db8:1:2::2")).isTrue();
        assertThat(many.enter("2001:db8:1:2:a::3")).isFalse();
        assertThat(many.enter("2001:db8:1:3::1")).isTrue();
        many.leave("2001:db8:1:2::1");
        assertThat(many.enter("2001:db8:1:2::3")).isTrue();
    }

    /** Whoever has one network of IPv6 usually has 65,536. */
    @Test
    void aSiteHasHalfOfAll() {
        Admission many = new Admission(8, 2);
        for (int network = 0; network < 4; network++) {
            assertThat(many.enter("2001:db8:1:" + network + "::1")).isTrue();
        }
        assertThat(many.enter("2001:db8:1:5::1")).isFalse();
        assertThat(many.enter("2001:db8:2:5::1")).isTrue();
        many.leave("2001:db8:1:1::1");
        assertThat(many.enter("2001:db8:1:5::1")).isTrue();
        for (int address = 1; address <= 3; address++) {
            assertThat(many.enter("192.0.2." + address)).as("IPv4").isTrue();
        }
        assertThat(many.enter("192.0.2.9")).isFalse();
    }

    @Test
    void leavingTwiceIsABug() {
        admission.enter("192.0.2.1");
        admission.leave("192.0.2.1");
        assertThatThrownBy(() -> admission.leave("192.0.2.1")).isInstanceOf(IllegalStateException.class);
    }
}
