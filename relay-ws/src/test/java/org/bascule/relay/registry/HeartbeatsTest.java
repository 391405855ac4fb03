package org.bascule.relay.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.relay.admission.KeySetFile;
import org.bascule.relay.admission.TokenGate;
import org.bascule.relay.pairing.Budget;
import org.bascule.relay.pairing.Lobby;
import org.bascule.relay.pairing.LobbyLimits;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.registry.RelayDescription;
import org.junit.jupiter.api.Test;

class HeartbeatsTest {

    private static final byte[] ROOT = new byte[32];

    private final CountDownLatch heard = new CountDownLatch(2);
    private Instant now = Instant.now();

    private final class Failing implements Registry {
        @Override
        public synchronized String heartbeat(String signed) {
            heard.countDown();
            // the next one is due at once
            now = now.plusSeconds(60);
            throw new OutOfMemoryError("of this test");
        }

        @Override
        public void traffic(String signed) {
            throw new AssertionError("it was never approved");
        }
    }

    /** The access server would take a relay that runs for one that is away, for ever. */
    @Test
    void aHeartbeatFollowsOneThatEndedInAnError() throws InterruptedException {
        Lobby lobby = new Lobby(
                LobbyLimits.DEFAULT,
                new TokenGate(
                        "r",
                        new InstallationKeys(
                                ROOT, () -> "", new KeySetFile(Optional.empty()), Runnable::run, () -> now),
                        () -> now),
                new Budget(1 << 20),
                System::nanoTime,
                (task, wait) -> {});
        Heartbeats heartbeats = new Heartbeats(
                new Registration(
                        RelayIdentityKey.generate(),
                        new RelayDescription("r", "r", "", "wss://r.example/relay", "wss://r.example/relay", ""),
                        ROOT,
                        lobby,
                        new Failing(),
                        () -> now),
                Executors.defaultThreadFactory());
        heartbeats.start();
        try {
            assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            heartbeats.stop(lobby);
        }
    }
}
