package org.bascule.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bascule.web.socket.Admission;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.RecordedLink;
import org.bascule.websocket.CloseCode;
import org.bascule.wire.control.ChannelMessage;
import org.junit.jupiter.api.Test;

class AgentChannelTest {

    private final RecordedLink link = new RecordedLink();
    private final Admission strangers = new Admission(1, 1);
    private final Outgoing outgoing = new Outgoing(link, 10, 100_000);

    private AgentChannel channel() {
        assertThat(strangers.enter("192.0.2.1")).isTrue();
        return new AgentChannel(outgoing, "192.0.2.1", strangers);
    }

    @Test
    void welcomedAgentsAreNoStrangersAnyMore() {
        AgentChannel channel = channel();
        assertThat(strangers.enter("192.0.2.1")).isFalse();
        assertThat(link.heard).isEmpty();
        channel.send(new ChannelMessage.Welcome("kid", new byte[64], Instant.EPOCH, 10, "jws", "", "pump"));
        assertThat(strangers.enter("192.0.2.1")).isTrue();
        assertThat(link.heard).contains("stays on the event loop");
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
        assertThat(link.sent).singleElement().satisfies(text -> assertThat(text)
                .startsWith("{\"type\":\"error\",\"code\":\"bad-proof\",\"detail\":\"xxx")
                .hasSizeLessThan(500));
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
    }
}
