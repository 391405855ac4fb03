package org.bascule.agent.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.TreeHead;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogMemoryTest {

    private final TestInstallation installation = new TestInstallation();
    private final TestTree honest = new TestTree(installation, "entry");
    private final TestTree forked = new TestTree(installation, "forked");
    private final List<String> reported = new ArrayList<>();
    private TestInstallation.Enrolled device;
    private LogMemory memory;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        device = installation.enrolled(folder);
        memory = reopened();
    }

    private StateFolder folder() {
        return device.state().folder();
    }

    private LogMemory reopened() throws StateException {
        return LogMemory.open(
                folder(), device.keySets(), installation.domain, () -> TestInstallation.NOW, reported::add);
    }

    private HeadSeen meet(TreeHead shown, Optional<LogProofs.Growth> proof) {
        return memory.meet(shown, proof);
    }

    @Test
    void whatWasSeenOfAnotherDomainSaysNothing() throws Exception {
        meet(forked.head(5), Optional.empty());
        meet(honest.head(5), Optional.empty());
        assertThat(LogMemory.forks(folder(), installation.domain)).hasSize(1);
        String other = "01900000-0000-7000-8000-0000000000ff";
        LogMemory there = LogMemory.open(folder(), device.keySets(), other, () -> TestInstallation.NOW, reported::add);
        assertThat(there.size()).isZero();
        assertThat(LogMemory.forks(folder(), other)).isEmpty();
    }

    @Test
    void theFirstHeadIsTakenAndALaterOneThatGoesOnFromIt() throws Exception {
        assertThat(memory.size()).isZero();
        assertThat(meet(honest.head(5), Optional.empty())).isEqualTo(HeadSeen.of(honest.head(5)));
        assertThat(meet(honest.head(5), Optional.empty())).isEqualTo(HeadSeen.of(honest.head(5)));
        assertThat(meet(honest.head(9), honest.growth(5, 9))).isEqualTo(HeadSeen.of(honest.head(9)));
        assertThat(memory.size()).isEqualTo(9);
        memory = reopened();
        assertThat(memory.size()).as("from the disk").isEqualTo(9);
        assertThat(reported).isEmpty();
    }

    @Test
    void anEarlierHeadThatIsProvedIsConfirmedAndChangesNothing() {
        meet(honest.head(9), Optional.empty());
        assertThat(meet(honest.head(5), honest.growth(5, 9))).isEqualTo(HeadSeen.of(honest.head(5)));
        assertThat(memory.size()).isEqualTo(9);
    }

    @Test
    void withoutAProofThatFitsItSaysWhatItHasSeen() {
        meet(honest.head(5), Optional.empty());
        assertThat(meet(honest.head(9), Optional.empty())).isEqualTo(HeadSeen.of(honest.head(5)));
        assertThat(meet(honest.head(9), honest.growth(4, 9))).isEqualTo(HeadSeen.of(honest.head(5)));
        assertThat(memory.size()).isEqualTo(5);
        assertThat(reported).as("two sessions at once are no contradiction").isEmpty();
    }

    @Test
    void contradictionsAreKeptAndReportedOnce() throws Exception {
        meet(honest.head(9), Optional.empty());
        HeadSeen seen = HeadSeen.of(honest.head(9));
        assertThat(meet(forked.head(9), Optional.empty())).as("the same size").isEqualTo(seen);
        assertThat(meet(forked.head(9), Optional.empty())).isEqualTo(seen);
        assertThat(meet(forked.head(12), forked.growth(9, 12)))
                .as("a later one")
                .isEqualTo(seen);
        assertThat(meet(forked.head(5), honest.growth(5, 9)))
                .as("an earlier one")
                .isEqualTo(seen);
        assertThat(reported).hasSize(3);
        assertThat(reported.get(0)).startsWith("seen 9:").contains("shown 9:");
        memory = reopened();
        assertThat(meet(forked.head(12), forked.growth(9, 12)))
                .as("after a restart")
                .isEqualTo(seen);
        assertThat(reported).hasSize(3);
        List<LogMemory.Fork> forks = LogMemory.forks(folder(), installation.domain);
        assertThat(forks)
                .extracting(LogMemory.Fork::shown)
                .containsExactly(forked.head(9), forked.head(12), forked.head(5));
        for (LogMemory.Fork fork : forks) {
            fork.seen().verify(device.keySets().current());
            fork.shown().verify(device.keySets().current());
        }
        assertThat(meet(honest.head(12), honest.growth(9, 12)))
                .as("the honest tree goes on")
                .isEqualTo(HeadSeen.of(honest.head(12)));
    }

    @Test
    void whatNobodySignedCountsForNothing() {
        TreeHead lie = forked.head(9, LogSigningKey.generate());
        assertThat(meet(lie, Optional.empty())).isEqualTo(HeadSeen.NONE);
        meet(honest.head(9), Optional.empty());
        assertThat(meet(lie, Optional.empty())).isEqualTo(HeadSeen.of(honest.head(9)));
        assertThat(reported).as("a client alone cannot raise the alarm").isEmpty();
    }

    @Test
    void contradictionsAreBounded() throws Exception {
        meet(honest.head(9), Optional.empty());
        for (int i = 0; i < 40; i++) {
            meet(new TestTree(installation, "fork " + i).head(9), Optional.empty());
        }
        assertThat(reported).hasSize(16);
        assertThat(LogMemory.forks(folder(), installation.domain)).hasSize(16);
        memory = reopened();
        assertThat(memory.size()).isEqualTo(9);
    }

    @Test
    void aDamagedFileIsAnError() throws Exception {
        meet(honest.head(9), Optional.empty());
        Path file = folder().path().resolve("log-head.json");
        Files.writeString(file, Files.readString(file).substring(1));
        assertThatThrownBy(this::reopened).isInstanceOf(StateException.class).hasMessageContaining("damaged");
    }
}
