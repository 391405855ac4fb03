package org.bascule.agent.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.enrol.EnrolException.Reason;
import org.bascule.agent.enrol.TestAccessServer.Answer;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.enrol.PairingCode;
import org.bascule.wire.enrol.PairingOpened;
import org.bascule.wire.enrol.PairingProof;
import org.bascule.wire.enrol.PairingRequest;
import org.bascule.wire.enrol.PairingState;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.RootPublicKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pairing that is interrupted, against a server with TLS that answers as the access server does. */
class PairingTest {

    private static final PairingState WAITING = PairingState.of(PairingState.WAITING);

    private final TestInstallation installation = new TestInstallation();
    private final List<DeviceIdentityPublicKey> asked = new ArrayList<>();
    private PairingOpened opened = openedWith(installation.root.publicKey());
    private RootPublicKey root = installation.root.publicKey();
    private final Path folder;
    private TestAccessServer server;
    private PairingState state = WAITING;
    private Instant now = TestInstallation.NOW;

    PairingTest(@TempDir Path temporary) {
        folder = temporary.resolve("state");
    }

    @BeforeEach
    void serve() throws Exception {
        server = new TestAccessServer();
        server.at(
                "/api/installation", (path, body) -> new Answer(200, "{\"root\":\"" + B64.encode(root.raw()) + "\"}"));
        server.at("/api/pair", (path, body) -> {
            if (path.equals("/api/pair")) {
                asked.add(TestAccessServer.key(PairingRequest.parse(body).csr()));
                return new Answer(201, opened.toJson());
            }
            PairingProof.parse(body).verify(asked.get(asked.size() - 1), opened.id(), opened.nonce());
            return new Answer(200, state.toJson());
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** Waits for two questions, and is killed then. */
    private final class Impatient implements Pairing.Person {
        private int pauses;

        @Override
        public void shown(PairingOpened shown, DeviceIdentityPublicKey key) {
            assertThat(key).isEqualTo(asked.get(asked.size() - 1));
        }

        @Override
        public boolean confirms(Registration registration, String by) {
            return true;
        }

        @Override
        public void pause(Duration time) throws InterruptedException {
            pauses++;
            if (pauses > 2) {
                throw new InterruptedException();
            }
        }
    }

    private static PairingOpened openedWith(RootPublicKey root) {
        return new PairingOpened(
                UUID.randomUUID().toString(),
                PairingCode.random(),
                new byte[PairingProof.NONCE],
                TestInstallation.NOW.plusSeconds(900),
                3,
                root);
    }

    private DeviceState opened() throws StateException {
        return new DeviceState(StateFolder.create(folder));
    }

    private Registration pair() throws EnrolException, StateException, InterruptedException {
        return pairNaming(Optional.empty());
    }

    private Registration pairNaming(Optional<byte[]> named)
            throws EnrolException, StateException, InterruptedException {
        return new Pairing(opened(), InstantSource.fixed(now), new Impatient())
                .pair(
                        new Pairing.Wish(
                                server.url(),
                                "press",
                                named,
                                Optional.empty(),
                                Optional.of(server.pem().getBytes(StandardCharsets.US_ASCII))),
                        "Linux",
                        "1");
    }

    @Test
    void whoWasInterruptedAsksWithTheSameKey() throws Exception {
        assertThatThrownBy(this::pair).isInstanceOf(InterruptedException.class);
        assertThat(opened().isEnrolled()).isFalse();
        state = new PairingState(
                PairingState.ACCEPTED, Optional.of("Ada"), Optional.of(installation.enrolAnswer(asked.get(0))));
        assertThat(pair().uid()).isEqualTo(installation.uid);
        assertThat(asked).hasSize(2).containsOnly(opened().identity().publicKey());
        assertThat(opened().next()).isEmpty();
    }

    /** Somebody in between showed a root of his own; the person saw it and went away. */
    @Test
    void anotherRootIsNotAskedWithTheSameKey() throws Exception {
        root = new TestInstallation().root.publicKey();
        opened = openedWith(root);
        assertThatThrownBy(this::pair).isInstanceOf(InterruptedException.class);
        root = installation.root.publicKey();
        opened = openedWith(root);
        assertThatThrownBy(this::pair).isInstanceOf(InterruptedException.class);
        assertThat(asked).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void theKeyOfAnAnswerThatIsNotTrustedIsGivenUp() throws Exception {
        Optional<byte[]> named = Optional.of(root.hash());
        opened = openedWith(new TestInstallation().root.publicKey());
        notTrusted(named);

        opened = openedWith(root);
        TestInstallation other = new TestInstallation();
        state = new PairingState(
                PairingState.ACCEPTED, Optional.of("Eve"), Optional.of(other.enrolAnswer(asked.get(0))));
        notTrusted(named);

        state = WAITING;
        assertThatThrownBy(() -> pairNaming(named)).isInstanceOf(InterruptedException.class);
        assertThat(asked).hasSize(3).doesNotHaveDuplicates();
    }

    private void notTrusted(Optional<byte[]> named) throws StateException {
        EnrolException e = catchThrowableOfType(EnrolException.class, () -> pairNaming(named));
        assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(opened().next()).isEmpty();
    }

    @Test
    void theKeyIsKeptWhereTheClockAloneMayBeWrong() throws Exception {
        assertThatThrownBy(this::pair).isInstanceOf(InterruptedException.class);
        state = new PairingState(
                PairingState.ACCEPTED, Optional.of("Ada"), Optional.of(installation.enrolAnswer(asked.get(0))));
        now = TestInstallation.NOW.minus(Duration.ofDays(3_650));
        notTrustedYet();
        now = TestInstallation.NOW;
        assertThat(pair().uid()).isEqualTo(installation.uid);
        assertThat(asked).hasSize(3).containsOnly(opened().identity().publicKey());
    }

    private void notTrustedYet() throws StateException {
        EnrolException e = catchThrowableOfType(EnrolException.class, this::pair);
        assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(e.getMessage()).contains("clock");
    }

    @Test
    void aKeyThatWasNotAcceptedIsGivenUp() throws Exception {
        for (String end : List.of(PairingState.REJECTED, PairingState.EXPIRED, PairingState.BOUND)) {
            state = PairingState.of(end);
            EnrolException refused = catchThrowableOfType(EnrolException.class, this::pair);
            assertThat(refused.reason()).isEqualTo(end.equals(PairingState.BOUND) ? Reason.BOUND : Reason.REJECTED);
        }
        assertThat(asked).hasSize(3).doesNotHaveDuplicates();
    }
}
