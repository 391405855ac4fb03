package org.bascule.agent.endorse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.StateException;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.wire.trust.Endorsement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticKeysTest {

    private Path folder;
    private final TestInstallation installation = new TestInstallation();
    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private TestInstallation.Enrolled device;
    private StaticKeys keys;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        device = installation.enrolled(folder);
        keys = keys();
    }

    private StaticKeys keys() throws StateException {
        return new StaticKeys(
                new DeviceState(device.state().folder()), device.registration(), device.own(clock), clock);
    }

    @Test
    void endorsementIsValidNowAndForClocksThatAreALittleBehind() throws Exception {
        Endorsement endorsement = keys.current();
        var identity = device.identity().publicKey();
        endorsement.verify(identity, installation.uid, installation.domain, clock.instant());
        endorsement.verify(
                identity, installation.uid, installation.domain, clock.instant().minusSeconds(240));
        assertThat(Duration.between(endorsement.notBefore(), endorsement.notAfter()))
                .isEqualTo(Duration.ofHours(24));
    }

    @Test
    void keyStaysUntilTwoThirdsOfItsTime() throws Exception {
        Endorsement first = keys.current();
        clock.advance(Duration.ofHours(15));
        assertThat(keys.renewIfDue()).isEmpty();
        assertThat(keys.current()).isSameAs(first);
        clock.advance(Duration.ofHours(1));
        Endorsement second = keys.renewIfDue().orElseThrow();
        assertThat(second.counter()).isGreaterThan(first.counter());
        assertThat(second.key()).isNotEqualTo(first.key());
    }

    @Test
    void previousKeyIsAcceptedForAnHour() throws Exception {
        DeviceStaticKey first = acceptedAfter(keys).get(0);
        clock.advance(Duration.ofHours(16));
        assertThat(keys.renewIfDue()).isPresent();
        clock.advance(Duration.ofMinutes(60));
        assertThat(keys.accepted()).hasSize(2).contains(first);
        assertThat(keys.accepted().get(0)).isNotEqualTo(first);
        clock.advance(Duration.ofSeconds(1));
        assertThat(keys.accepted()).hasSize(1).doesNotContain(first);
    }

    private static java.util.List<DeviceStaticKey> acceptedAfter(StaticKeys keys) throws Exception {
        keys.current();
        return keys.accepted();
    }

    @Test
    void counterGrowsOverRestarts() throws Exception {
        long first = keys.current().counter();
        long second = keys().current().counter();
        long third = keys().current().counter();
        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    void counterIsOnDiskBeforeItIsUsed() throws Exception {
        long counter = keys.current().counter();
        assertThat(device.state().folder().readText("counter")).contains(Long.toString(counter));
    }

    /** An earlier version counted from 1. */
    @Test
    void smallCounterOfAnEarlierVersionGrowsToTheTime() throws Exception {
        device.state().folder().write("counter", "57");
        assertThat(keys.current().counter()).isEqualTo(clock.instant().getEpochSecond());
    }

    @Test
    void copyOfTheFolderThatIsPutBackIsAboveWhatWasEndorsedSince() throws Exception {
        keys.current();
        String backup = device.state().folder().readText("counter").orElseThrow();
        long last = 0;
        for (int start = 0; start < 5; start++) {
            clock.advance(Duration.ofSeconds(2));
            StaticKeys running = keys();
            running.current();
            clock.advance(Duration.ofHours(16));
            last = running.renewIfDue().orElseThrow().counter();
        }
        device.state().folder().write("counter", backup);
        clock.advance(Duration.ofSeconds(2));
        assertThat(keys().current().counter()).isGreaterThan(last);
    }

    /** Neither shuts the device out: nobody takes a lower number than the highest seen. */
    @Test
    void clockThatWasInTheFutureOrIsAtItsBeginningNeverTakesTheCounterBack() throws Exception {
        clock.advance(Duration.ofDays(74 * 365));
        long future = keys.current().counter();
        clock.advance(Duration.ofDays(-74 * 365));
        long back = keys().current().counter();
        assertThat(back).isEqualTo(future + 1);
        clock.advance(Duration.between(clock.instant(), Instant.EPOCH));
        assertThat(keys().current().counter()).isEqualTo(back + 1);
    }

    @Test
    void clockSetBackMakesANewEndorsement() throws Exception {
        Endorsement first = keys.current();
        clock.advance(Duration.ofHours(-2));
        assertThat(keys.current()).isNotEqualTo(first);
        keys.current().verify(device.identity().publicKey(), installation.uid, installation.domain, clock.instant());
    }
}
