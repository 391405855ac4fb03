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
        folder.write(AgentPolicy.FILE, "{\"restart\":[\"/sbin/shutdown\",\"-r\",\"now\"],\"allowRoot\":true}");
        assertThat(AgentPolicy.load(folder).allowRoot()).isTrue();
        folder.write(AgentPolicy.FILE, FilePolicy.keptIn(AgentPolicy.DEFAULT.toJson(), folder));
        assertThat(RestartPolicy.load(folder).command()).containsExactly("/sbin/shutdown", "-r", "now");
        for (String wrong : List.of(
                "{\"restart\":[]}",
                "{\"restart\":\"/sbin/reboot\"}",
                "{\"restart\":[\"reboot\"]}",
                "{\"restart\":[1]}")) {
            folder.write(AgentPolicy.FILE, wrong);
            assertThatThrownBy(() -> AgentPolicy.load(folder)).as(wrong).isInstanceOf(StateException.class);
            assertThatThrownBy(() -> RestartPolicy.load(folder)).as(wrong).isInstanceOf(StateException.class);
        }
    }
}
