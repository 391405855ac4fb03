package org.bascule.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.RecordedLink;
import org.bascule.websocket.CloseCode;
import org.bascule.websocket.address.Strangers;
import org.bascule.wire.control.ChannelMessage;
import org.junit.jupiter.api.Test;

class AgentChannelTest {

    private final RecordedLink link = new RecordedLink();
    private final Strangers strangers = new Strangers(1, 1);
    private final Outgoing outgoing = new Outgoing(link, 10, 100_000);

    private AgentChannel channel() {
        AgentChannel channel = new AgentChannel(outgoing, "192.0.2.1", strangers);
        assertThat(strangers.enter(channel)).isTrue();
        return channel;
    }

    private boolean another() {
        return strangers.enter(new AgentChannel(new Outgoing(new RecordedLink(), 10, 1_000), "192.0.2.1", strangers));
    }

    @Test
    void welcomedAgentsAreNoStrangersAnyMore() {
        AgentChannel channel = channel();
        assertThat(another()).isFalse();
        assertThat(link.heard).isEmpty();
        channel.send(new ChannelMessage.Welcome("kid", new byte[64], Instant.EPOCH, 10, "jws", "", "pump"));
        assertThat(another()).isTrue();
        assertThat(link.heard).contains("stays on the event loop");
        channel.gone();
        assertThat(another()).isFalse();
    }

    @Test
    void strangersThatLeaveMakeRoomOnce() {
        AgentChannel channel = channel();
        channel.gone();
        channel.gone();
        assertThat(another()).isTrue();
        assertThat(another()).isFalse();
    }

    /** Whoever takes all places from a few networks keeps nobody out. */
    @Test
    void theOldestOfTheNetworkThatHasMostGivesWay() {
        Strangers three = new Strangers(3, 2);
        for (String address : new String[] {"192.0.2.1", "192.0.2.2", "192.0.2.2"}) {
            AgentChannel channel = new AgentChannel(
                    address.endsWith("1") ? outgoing : new Outgoing(new RecordedLink(), 10, 1_000), address, three);
            assertThat(three.enter(channel)).isTrue();
        }
        assertThat(link.closed).isEmpty();
        AgentChannel other = new AgentChannel(new Outgoing(new RecordedLink(), 10, 1_000), "198.51.100.1", three);
        assertThat(three.enter(other)).isTrue();
        assertThat(link.sent).singleElement().asString().contains("\"busy\"");
        assertThat(link.closed).containsExactly(CloseCode.TRY_AGAIN_LATER);
        assertThat(three.all()).isEqualTo(3);
    }

    @Test
    void whoWasWelcomedGivesWayToNobody() {
        AgentChannel channel = channel();
        channel.send(new ChannelMessage.Welcome("kid", new byte[64], Instant.EPOCH, 10, "jws", "", "pump"));
        channel.giveWay();
        assertThat(link.closed).isEmpty();
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
