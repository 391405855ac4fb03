package org.bascule.agent.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.agent.forward.Reach.Purpose.FORWARD;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.DeviceProblem;
import org.bascule.wire.Operations;
import org.bascule.wire.TcpTarget;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PresentRulesTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final Operations PERMITTED =
            Operations.of(TcpTarget.parsePlain("device:22").orElseThrow().operation());

    private StateFolder folder;
    private PresentRules rules;

    @BeforeEach
    void create(@TempDir Path path) throws Exception {
        folder = StateFolder.create(path.resolve("agent"));
        rules = new PresentRules(folder);
    }

    private String awaitObjection() throws InterruptedException {
        while (true) {
            Optional<String> why = rules.objection(FORWARD, LOOPBACK, 22, PERMITTED);
            if (why.isPresent()) {
                return why.get();
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Test
    void whatTheOwnerForbidsEndsWhatWasPermitted() throws Exception {
        assertThat(rules.now(FORWARD).objection(LOOPBACK, 22, FORWARD.targets(PERMITTED)))
                .isEmpty();
        assertThat(rules.objection(FORWARD, LOOPBACK, 22, PERMITTED)).isEmpty();
        folder.write(PolicyFile.NAME, "{\"forward\":{\"allow\":[\"device:23\"]}}");
        assertThat(awaitObjection()).isNotBlank();
        folder.write(PolicyFile.NAME, "{\"operations\":[\"exec\"]}");
        assertThatThrownBy(() -> rules.now(FORWARD)).isInstanceOf(DeviceProblem.class);
    }

    @Test
    void aFileThatCannotBeUnderstoodPermitsNothing() throws Exception {
        assertThat(rules.objection(FORWARD, LOOPBACK, 22, PERMITTED)).isEmpty();
        folder.write(PolicyFile.NAME, "{\"forwards\":{}}");
        assertThat(awaitObjection()).contains("policy.json", "forwards");
    }

    @Test
    void portsThatAreKeptAreNoTargets() throws Exception {
        rules.keepAwayFrom(port -> port == 22);
        assertThat(rules.now(FORWARD).objection(LOOPBACK, 22, FORWARD.targets(PERMITTED)))
                .isPresent();
    }
}
