package org.bascule.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.CloseReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.web.socket.Admission;
import org.bascule.web.socket.Outgoing;
import org.bascule.wire.control.ControlMessage;
import org.junit.jupiter.api.Test;

class AgentChannelTest {

    private final List<String> sent = new ArrayList<>();
    private final List<CloseReason> closed = new ArrayList<>();
    private final Admission strangers = new Admission(1, 1);
    private final Outgoing outgoing = new Outgoing(
            new Outgoing.Wire() {
                @Override
                public void send(String text, Outgoing.Done done) {
                    sent.add(text);
                    done.sent(true);
                }

                @Override
                public void close(CloseReason reason) {
                    closed.add(reason);
                }
            },
            10,
            100_000);

    private AgentChannel channel() {
        assertThat(strangers.enter("192.0.2.1")).isTrue();
        return new AgentChannel(outgoing, "192.0.2.1", strangers);
    }

    @Test
    void welcomedAgentsAreNoStrangersAnyMore() {
        AgentChannel channel = channel();
        assertThat(strangers.enter("192.0.2.1")).isFalse();
        channel.send(new ControlMessage.Welcome("kid", new byte[64], Instant.EPOCH, 10, "jws", "", "pump"));
        assertThat(strangers.enter("192.0.2.1")).isTrue();
        channel.gone();
        assertThat(strangers.enter("192.0.2.1")).isFalse();
    }

    @Test
    void strangersThatLeaveMakeRoomOnce() {
        AgentChannel channel = channel();
        channel.gone();
        channel.gone();
        assertThat(strangers.enter("192.0.2.1")).isTrue();
        assertThat(strangers.enter("192.0.2.1")).isFalse();
    }

    @Test
    void refusalIsToldBeforeClosing() {
        channel().close("bad-proof", "x".repeat(1_000));
        assertThat(sent).singleElement().satisfies(text -> assertThat(text)
                .startsWith("{\"type\":\"error\",\"code\":\"bad-proof\",\"detail\":\"xxx")
                .hasSizeLessThan(500));
        assertThat(closed).hasSize(1);
    }
}
