package org.bascule.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceIdentityTest {

    private static final long SEED = 20_260_301;

    private final TestInstallation installation = new TestInstallation();
    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private Path folder;
    private TestInstallation.Enrolled device;
    private DeviceState state;

    @BeforeEach
    void enrol(@TempDir Path temporary) throws Exception {
        folder = temporary.resolve("state");
        device = installation.enrolled(folder);
        state = device.state();
    }

    private DeviceIdentity open() throws Exception {
        return DeviceIdentity.open(state, clock);
    }

    private DeviceIdentityKey next() throws Exception {
        return state.next().orElseThrow().key();
    }

    /** What is on the disk can be used: the key belongs to its certificate. */
    private DeviceIdentityKey usable(DeviceIdentity identity) throws Exception {
        DeviceIdentity.Credentials credentials = identity.forConnection();
        assertThat(DeviceCertificates.parseChain(credentials.chain())
                        .get(0)
                        .getPublicKey()
                        .getEncoded())
                .isEqualTo(credentials.key().publicKey().spki());
        return credentials.key();
    }

    @Test
    void renewalIsAskedForAtTwoThirdsOfTheTimeAndAgainAnHourLater() throws Exception {
        DeviceIdentity identity = open();
        // valid from a day before to 90 days after
        clock.advance(Duration.ofDays(59));
        assertThat(identity.renewal()).isEmpty();
        clock.advance(Duration.ofDays(1));
        ChannelMessage.Renew request = identity.renewal().orElseThrow();
        new Continuity(device.identity().publicKey(), next().publicKey(), request.continuity())
                .verify(installation.uid, installation.domain);
        assertThat(identity.renewal()).isEmpty();
        clock.advance(DeviceIdentity.ASK_AGAIN);
        DeviceIdentityKey before = next();
        assertThat(identity.renewal()).isPresent();
        assertThat(next().publicKey()).isEqualTo(before.publicKey());
        // a process that begins anew goes on with the same key
        assertThat(open().renewal()).isPresent();
        assertThat(next().publicKey()).isEqualTo(before.publicKey());
    }

    @Test
    void nextKeyIsUsedWithItsCertificateAndTakesOverWhenItWasWelcomed() throws Exception {
        DeviceIdentity identity = open();
        clock.advance(Duration.ofDays(60));
        identity.renewal();
        assertThat(usable(identity).publicKey()).isEqualTo(device.identity().publicKey());
        DeviceIdentityKey next = next();
        assertThat(identity.issued(
                        installation.chain(next.publicKey()), device.keySets().current()))
                .isTrue();
        assertThat(usable(identity).publicKey()).isEqualTo(next.publicKey());
        assertThat(identity.key().publicKey()).isEqualTo(device.identity().publicKey());

        identity.welcomed(identity.forConnection(), List.of(), device.keySets().current());
        assertThat(identity.key().publicKey()).isEqualTo(next.publicKey());
        assertThat(identity.isOurs(device.identity().publicKey().thumbprint())).isTrue();
        clock.advance(DeviceIdentity.REMEMBERED.plusSeconds(1));
        assertThat(identity.isOurs(device.identity().publicKey().thumbprint())).isFalse();
        assertThat(state.next()).isEmpty();
        assertThat(usable(open()).publicKey()).isEqualTo(next.publicKey());
    }

    @Test
    void refusedNextKeyGivesWayToThePresentOne() throws Exception {
        DeviceIdentity identity = open();
        clock.advance(Duration.ofDays(60));
        identity.renewal();
        identity.issued(installation.chain(next().publicKey()), device.keySets().current());
        identity.refused(identity.forConnection());
        assertThat(usable(identity).publicKey()).isEqualTo(device.identity().publicKey());
        // the present one is refused as well: in turns, because it is not known which the server lost
        identity.refused(identity.forConnection());
        assertThat(usable(identity).publicKey()).isEqualTo(next().publicKey());
        identity.refused(identity.forConnection());
        identity.welcomed(identity.forConnection(), List.of(), device.keySets().current());
        assertThat(state.next()).isEmpty();
        assertThat(usable(open()).publicKey()).isEqualTo(device.identity().publicKey());
    }

    @Test
    void certificateForAnotherKeyIsNotTaken() throws Exception {
        DeviceIdentity identity = open();
        List<String> foreign = installation.chain(DeviceIdentityKey.generate().publicKey());
        assertThat(identity.issued(foreign, device.keySets().current())).isFalse();
        clock.advance(Duration.ofDays(60));
        identity.renewal();
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> identity.issued(foreign, device.keySets().current()));
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> identity.welcomed(
                        identity.forConnection(), foreign, device.keySets().current()));
        assertThat(usable(open()).publicKey()).isEqualTo(device.identity().publicKey());
    }

    @Test
    void newerCertificateForTheSameKeyIsKept() throws Exception {
        DeviceIdentity identity = open();
        List<String> newer = installation.chain(device.identity().publicKey());
        identity.welcomed(identity.forConnection(), newer, device.keySets().current());
        assertThat(identity.forConnection().chain()).isEqualTo(newer);
        assertThat(open().forConnection().chain()).isEqualTo(newer);
    }

    /** Every state of the folder between two writes of an exchange. */
    @Test
    void everyInterruptionLeavesAKeyWithItsCertificate() throws Exception {
        DeviceIdentityKey old = device.identity();
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        List<String> chain = installation.chain(next.publicKey());

        state.saveNext(next);
        assertThat(usable(open()).publicKey()).isEqualTo(old.publicKey());
        state.saveNextChain(chain);
        assertThat(usable(open()).publicKey()).isEqualTo(next.publicKey());
        assertThat(state.identity().publicKey()).isEqualTo(old.publicKey());

        // the registration is new, the key is not
        state.save(state.registration().withChain(chain));
        assertThat(usable(open()).publicKey()).isEqualTo(next.publicKey());
        assertThat(state.identity().publicKey()).isEqualTo(next.publicKey());
        assertThat(state.next()).isEmpty();

        // both are new, and a file of the next key is left
        state.saveNext(next);
        DeviceIdentity identity = open();
        assertThat(usable(identity).publicKey()).isEqualTo(next.publicKey());
        assertThat(state.next()).isEmpty();
    }

    @Test
    void killedAtAnyMomentTheFolderHoldsOneIdentity() throws Exception {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        state.save(state.registration().withChain(List.of(RenewalLoop.name(key), "ca")));
        state.save(key);
        Random random = new Random(SEED);
        int exchanged = 0;
        for (int kill = 0; kill < 8; kill++) {
            String before = state.registration().chain().get(0);
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xshare:auto",
                            "-cp",
                            System.getProperty("java.class.path"),
                            RenewalLoop.class.getName(),
                            folder.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).isEqualTo("running");
                TimeUnit.MILLISECONDS.sleep(20 + random.nextInt(300));
            } finally {
                process.destroyForcibly().waitFor();
            }
            DeviceState left = new DeviceState(StateFolder.open(folder));
            left.recover();
            assertThat(left.registration().chain().get(0))
                    .as("seed %d, kill %d", SEED, kill)
                    .isEqualTo(RenewalLoop.name(left.identity()));
            Optional<DeviceState.Next> next = left.next();
            if (next.isPresent() && !next.get().chain().isEmpty()) {
                assertThat(next.get().chain().get(0))
                        .isEqualTo(RenewalLoop.name(next.get().key()));
            }
            exchanged += left.registration().chain().get(0).equals(before) ? 0 : 1;
        }
        assertThat(exchanged).as("keys were exchanged").isPositive();
    }

    @Test
    void resetLeavesNothingOfTheIdentity() throws Exception {
        state.saveNext(DeviceIdentityKey.generate());
        state.reset();
        assertThat(state.isEnrolled()).isFalse();
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .noneMatch(name -> name.endsWith(".pem") || name.endsWith(".json") || name.endsWith(".jws"));
        }
    }
}
