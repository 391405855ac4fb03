package org.bascule.web.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.bascule.domain.device.DeviceChannel;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.web.socket.Inbox;
import org.bascule.web.socket.Outgoing;
import org.bascule.web.socket.RecordedLink;
import org.bascule.websocket.CloseCode;
import org.bascule.websocket.address.Strangers;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.junit.jupiter.api.Test;

class AgentSocketTest {

    private static final String BEAT = new ChannelMessage.Heartbeat().toJson();
    private static final String PROBED = new ChannelMessage.ProbeReply("p").toJson();

    private final List<String> heard = new ArrayList<>();
    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final RecordedLink link = new RecordedLink();
    private final Strangers strangers = new Strangers(1, 1);
    private int newcomers;

    private final DeviceChannels channels = new DeviceChannels() {
        @Override
        public void opened(DeviceChannel channel) {
            heard.add("opened");
        }

        @Override
        public void received(DeviceChannel channel, ControlMessage message) {
            if (message instanceof ChannelMessage.Probe) {
                throw new IllegalStateException("the database is away");
            }
            heard.add(message.type());
        }

        @Override
        public void heard(DeviceChannel channel) {
            // that is for the sweep
        }

        @Override
        public void closed(DeviceChannel channel) {
            heard.add("closed");
        }
    };

    private final AgentChannel channel = new AgentChannel(new Outgoing(link, 10, 100_000), "192.0.2.1", strangers);
    private final AgentSocket socket = socket();

    private AgentSocket socket() {
        assertThat(strangers.enter(channel)).isTrue();
        return socket(channel);
    }

    private AgentSocket socket(AgentChannel of) {
        return new AgentSocket(of, channels, new Inbox(handedOver::add), task -> {
            newcomers++;
            return task;
        });
    }

    private void work() {
        while (!handedOver.isEmpty()) {
            handedOver.remove().run();
        }
    }

    @Test
    void whatMayTakeTimeIsDoneElsewhereAndAHeartbeatAtOnce() {
        socket.open();
        arrive();
        socket.text(BEAT);
        assertThat(heard).containsExactly("opened", "probe.reply", "probe.reply", "hb");
        heard.clear();
        socket.text(PROBED);
        assertThat(heard).isEmpty();
        assertThat(socket.pause(() -> {})).isTrue();
        work();
        assertThat(heard).containsExactly("probe.reply");
        assertThat(socket.pause(() -> {})).isFalse();
    }

    /** Its proof, and what it tells of itself. */
    private void arrive() {
        socket.text(PROBED);
        socket.text(PROBED);
        work();
    }

    /** What comes of it may have to be written down, and other connections wait for the thread on which it came. */
    @Test
    void aHeartbeatOfWhoIsNotOnlineIsHandledElsewhere() {
        socket.open();
        socket.text(BEAT);
        assertThat(heard).containsExactly("opened");
        work();
        assertThat(heard).containsExactly("opened", "hb");
    }

    /** As long as many of those wait the server lets nobody in: what a known agent says is not among them. */
    @Test
    void theProofAndWhatADeviceTellsOfItselfAreOfANewcomer() {
        for (int i = 0; i < 5; i++) {
            socket.text(PROBED);
            socket.text(BEAT);
        }
        assertThat(newcomers).isEqualTo(2);
    }

    @Test
    void aHeartbeatOvertakesNothing() {
        socket.text(PROBED);
        socket.text(BEAT);
        assertThat(heard).isEmpty();
        work();
        assertThat(heard).containsExactly("probe.reply", "hb");
    }

    @Test
    void theEndIsHeardOnceAfterWhatWasSaid() {
        socket.text(PROBED);
        socket.gone();
        socket.ended();
        work();
        assertThat(heard).containsExactly("probe.reply", "closed");
        assertThat(strangers.all()).as("there is room for another").isZero();
    }

    @Test
    void garbageAndFailuresEndTheChannelWithAReason() {
        socket.text("{\"type\":");
        work();
        assertThat(link.sent).singleElement().asString().contains("\"protocol\"");
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
    }

    @Test
    void aFailureOfTheServerIsToldAndTheChannelEnds() {
        socket.text(new ChannelMessage.Probe("p").toJson());
        work();
        assertThat(link.sent).singleElement().asString().contains("\"busy\"").doesNotContain("database");
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
    }

    @Test
    void binaryAndTooLongMessagesEndIt() {
        socket.binary(ByteBuffer.allocate(1));
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
        RecordedLink other = new RecordedLink();
        AgentChannel channel = new AgentChannel(new Outgoing(other, 10, 100), "192.0.2.2", strangers);
        socket(channel).tooLong();
        assertThat(other.closed).containsExactly(CloseCode.TOO_BIG);
    }

    /** What comes in one read may be very many. */
    @Test
    void afterTheFirstFaultNothingMoreIsLookedAt() {
        for (int i = 0; i < 10_000; i++) {
            socket.text("");
        }
        work();
        assertThat(link.sent).as("one refusal").hasSize(1);
        assertThat(link.closed).hasSize(1);
        socket.text(PROBED);
        assertThat(handedOver).isEmpty();
        assertThat(heard).isEmpty();
    }

    /** Pings and empty fragments are heard here alone. */
    @Test
    void whoHasProvedNothingHasSoManyBytes() {
        socket.came(128 * 1_024);
        assertThat(link.closed).isEmpty();
        socket.came(1);
        socket.came(1_000_000);
        assertThat(link.sent).singleElement().asString().contains("\"protocol\"", "before the proof");
        assertThat(link.closed).containsExactly(CloseCode.VIOLATED_POLICY);
        socket.text(PROBED);
        assertThat(handedOver).isEmpty();
    }

    @Test
    void whoIsWelcomeIsNotBounded() {
        channel.send(new ChannelMessage.Welcome("k", new byte[64], Instant.EPOCH, 30, "", "", "d"));
        socket.came(1_000_000);
        assertThat(link.closed).isEmpty();
    }

    @Test
    void tooManyMessagesAtOnceEndIt() {
        for (int i = 0; i < 300; i++) {
            socket.text(PROBED);
        }
        assertThat(link.sent).singleElement().asString().contains("too many messages");
        work();
        assertThat(heard).isEmpty();
    }
}
