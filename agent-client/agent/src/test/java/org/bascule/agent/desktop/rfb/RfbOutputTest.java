package org.bascule.agent.desktop.rfb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RfbOutputTest {

    @Test
    void answersWaitInOrderAndNotWithoutEnd() throws Exception {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        RfbOutput out = new RfbOutput(sent);
        for (int i = 0; i < RfbOutput.MAX_LATER; i++) {
            out.later(new Packet(1).u8(i));
        }
        assertThat(sent.size()).isZero();
        assertThatThrownBy(() -> out.later(new Packet(1).u8(99)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("asks without reading");
        out.sendLater();
        assertThat(sent.toByteArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}
