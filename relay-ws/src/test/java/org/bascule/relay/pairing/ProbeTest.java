package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayToken;
import org.junit.jupiter.api.Test;

class ProbeTest {

    private final AtomicLong nanos = new AtomicLong();
    private final CompletableFuture<ProbeToken> later = new CompletableFuture<>();
    private final FakeLink link = new FakeLink("192.0.2.1");
    private Lobby lobby = lobby(LobbyLimits.DEFAULT);

    private Lobby lobby(LobbyLimits limits) {
        return new Lobby(limits, new FakeGate(), new Budget(1 << 20), nanos::get, (task, wait) -> {});
    }

    /** Takes {@code good} now and {@code later} when the test says so. */
    private final class FakeGate implements Gate {
        @Override
        public CompletionStage<RelayToken> check(String text, SessionId session) {
            throw new AssertionError("nobody joins here");
        }

        @Override
        public CompletionStage<ProbeToken> checkProbe(String token) {
            return switch (token) {
                case "good" -> CompletableFuture.completedFuture(valid());
                case "later" -> later;
                default -> CompletableFuture.failedFuture(WireException.malformed("no"));
            };
        }

        @Override
        public RelayToken prove(RelayToken token, byte[] nonce, byte[] proof) {
            throw new AssertionError("nobody joins here");
        }
    }

    private static ProbeToken valid() {
        return new ProbeToken(Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "jti");
    }

    private Probe open() {
        return lobby.probe(link).orElseThrow();
    }

    private Probe ready() {
        Probe probe = open();
        probe.text("good");
        assertThat(link.sent()).containsExactly(RelayLimits.READY);
        return probe;
    }

    private static ByteBuffer message(int length) {
        return ByteBuffer.allocate(length);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        lobby.sweep();
    }

    @Test
    void sendsBackTenMessagesAndCloses() {
        Probe probe = ready();
        for (int i = 0; i < 9; i++) {
            probe.binary(message(64 - i));
        }
        assertThat(link.sent()).hasSize(10).contains("binary 64", "binary 56");
        assertThat(link.closeCode()).isZero();
        assertThat(lobby.probing()).as("for its whole life").isOne();
        probe.binary(message(64));
        assertThat(link.sent()).hasSize(11);
        assertThat(link.closeCode()).isEqualTo(1_000);
        probe.binary(message(64));
        assertThat(link.sent()).as("an eleventh").hasSize(11);
        assertThat(lobby.probing()).isZero();
        probe.ended();
        assertThat(lobby.probing()).as("counted once").isZero();
    }

    @Test
    void whatIsOutOfOrderIsRefused() {
        Probe early = open();
        early.binary(message(64));
        assertThat(link.closed()).contains(RelayClose.REFUSED);
        assertThat(link.sent()).isEmpty();

        FakeLink second = new FakeLink("192.0.2.2");
        Probe twice = lobby.probe(second).orElseThrow();
        twice.text("good");
        twice.text("good");
        assertThat(second.closed()).contains(RelayClose.REFUSED);

        FakeLink third = new FakeLink("192.0.2.3");
        Probe large = lobby.probe(third).orElseThrow();
        large.text("good");
        large.binary(message(65));
        assertThat(third.closed()).contains(RelayClose.REFUSED);
        assertThat(third.sent()).containsExactly(RelayLimits.READY);

        FakeLink fourth = new FakeLink("192.0.2.4");
        lobby.probe(fourth).orElseThrow().text("bad");
        assertThat(fourth.closed()).contains(RelayClose.REFUSED);
        assertThat(lobby.probing()).isZero();
    }

    @Test
    void whoSaysTooMuchIsClosed() {
        Probe probe = ready();
        probe.came(RelayLimits.MAX_UNPAIRED);
        assertThat(link.closeCode()).isZero();
        probe.came(1);
        assertThat(link.closed()).contains(RelayClose.LIMIT);
        assertThat(lobby.probing()).isZero();
    }

    @Test
    void hasFiveSecondsForItsTokenAndFiveAfterIt() {
        Probe probe = open();
        pass(Duration.ofSeconds(4));
        probe.text("good");
        pass(Duration.ofSeconds(4));
        assertThat(link.closeCode()).isZero();
        pass(Duration.ofSeconds(1));
        assertThat(link.closeCode()).isEqualTo(1_000);

        FakeLink silent = new FakeLink("192.0.2.2");
        lobby.probe(silent).orElseThrow().text("later");
        pass(Duration.ofSeconds(5));
        assertThat(silent.closed()).contains(RelayClose.TIMEOUT);
        later.complete(valid());
        assertThat(silent.sent()).as("too late").isEmpty();
        assertThat(lobby.probing()).isZero();
    }

    @Test
    void probesHaveLimitsOfTheirOwn() {
        lobby = lobby(new LobbyLimits(Duration.ofSeconds(5), Duration.ofSeconds(30), 2, 1, 10, FlowLimits.DEFAULT));
        Probe probe = ready();
        FakeLink same = new FakeLink("192.0.2.1");
        assertThat(lobby.probe(same)).isEmpty();
        assertThat(same.closed()).contains(RelayClose.LIMIT);
        assertThat(lobby.probe(new FakeLink("192.0.2.2"))).isPresent();
        assertThat(link.closed()).isEmpty();
        assertThat(lobby.probe(new FakeLink("192.0.2.3"))).as("two in all").isEmpty();
        assertThat(lobby.probe(new FakeLink("198.51.100.3"))).isPresent();
        assertThat(link.closed()).as("the oldest of the others gives way").contains(RelayClose.LIMIT);
        assertThat(lobby.probing()).isEqualTo(2);
        assertThat(lobby.open(new FakeLink("192.0.2.1"), SessionId.random()))
                .as("a session is none of them")
                .isPresent();
        probe.gone();
        assertThat(lobby.probing()).as("it has left already").isEqualTo(2);
    }

    @Test
    void aRelayThatIsEmptiedIsNotMeasured() {
        ready();
        lobby.drain();
        assertThat(link.closed()).contains(RelayClose.DRAINING);
        FakeLink late = new FakeLink("192.0.2.2");
        assertThat(lobby.probe(late)).isEmpty();
        assertThat(late.closed()).contains(RelayClose.DRAINING);
    }
}
