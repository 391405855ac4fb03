package org.bascule.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartPolicyTest {

    @Test
    void theOwnersCommandIsReadStrictlyAndKept(@TempDir Path where) throws Exception {
        StateFolder folder = StateFolder.create(where.resolve("state"));
        assertThat(RestartPolicy.load(folder).command()).containsExactly("/usr/bin/systemctl", "reboot");
        folder.write(PolicyFile.NAME, "{\"restart\":[\"/sbin/shutdown\",\"-r\",\"now\"],\"allowRoot\":true}");
        assertThat(AgentPolicy.load(folder).allowRoot()).isTrue();
        PolicyFile.write(folder, AgentPolicy.DEFAULT);
        assertThat(RestartPolicy.load(folder).command()).containsExactly("/sbin/shutdown", "-r", "now");
        for (String wrong : List.of(
                "{\"restart\":[]}",
                "{\"restart\":\"/sbin/reboot\"}",
                "{\"restart\":[\"reboot\"]}",
                "{\"restart\":[1]}")) {
            folder.write(PolicyFile.NAME, wrong);
            assertThatThrownBy(() -> AgentPolicy.load(folder)).as(wrong).isInstanceOf(StateException.class);
            assertThatThrownBy(() -> RestartPolicy.load(folder)).as(wrong).isInstanceOf(StateException.class);
        }
    }
}
