package org.bascule.relay.pairing;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.bascule.relay.TestInstallation;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.relay.TrafficLimits;

/** A lobby with the clock of a test. Tokens are {@code role:attempt}, and any proof is right. */
final class TestLobby {

    private static final RelayProofKey PROOF = RelayProofKey.generate();

    final Lobby lobby;
    final Budget budget;
    TrafficLimits traffic = TrafficLimits.NONE;
    /** As on a machine that has run for a while. */
    private long nanos = Duration.ofHours(1).toNanos();

    record End(FakeLink link, Connection connection) {

        void send(int length) {
            connection.came(length);
            connection.binary(ByteBuffer.allocate(length));
        }

        boolean pauses() {
            return connection.pause(() -> {});
        }
    }

    TestLobby(LobbyLimits limits, long maxQueued) {
        budget = new Budget(maxQueued);
        lobby = new Lobby(limits, new AnyProof(), budget, () -> nanos, (task, wait) -> {});
    }

    private final class AnyProof implements Gate {

        @Override
        public CompletionStage<RelayToken> check(String text, SessionId sid) {
            String[] parts = text.split(":");
            try {
                return CompletableFuture.completedFuture(TestInstallation.token(
                        "r", sid, RelayRole.parse(parts[0]), Long.parseLong(parts[1]), PROOF, "tag", traffic));
            } catch (WireException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public CompletionStage<ProbeToken> checkProbe(String token) {
            throw new AssertionError("nobody probes here");
        }

        @Override
        public RelayToken prove(RelayToken token, byte[] nonce, byte[] proof) {
            return token;
        }
    }

    /** Who has not said anything. */
    End stranger(String address) {
        FakeLink link = new FakeLink(address);
        return new End(link, lobby.open(link, SessionId.random()).orElseThrow());
    }

    End admitted(SessionId sid, String token) {
        FakeLink link = new FakeLink("192.0.2.1");
        End end = new End(link, lobby.open(link, sid).orElseThrow());
        prove(end, token);
        return end;
    }

    void prove(End end, String token) {
        end.connection().text(token);
        end.send(64);
    }

    /** Client and device. */
    List<End> pair(SessionId sid, int attempt) {
        return new ArrayList<>(List.of(admitted(sid, "client:" + attempt), admitted(sid, "device:" + attempt)));
    }

    void pass(Duration time) {
        nanos += time.toNanos();
        lobby.sweep();
    }
}
