package org.bascule.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.service.FilePath;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentPolicyTest {

    private final StateFolder folder;

    AgentPolicyTest(@TempDir Path temporary) throws Exception {
        folder = StateFolder.create(temporary.resolve("state"));
    }

    @Test
    void withoutAFileRootIsNotAllowed() throws Exception {
        assertThat(AgentPolicy.load(folder)).isEqualTo(AgentPolicy.DEFAULT);
        assertThat(AgentPolicy.DEFAULT.allowRoot()).isFalse();
    }

    @Test
    void everythingIsReadAndWrittenBack() throws Exception {
        AgentPolicy policy = new AgentPolicy(
                true,
                Optional.of(List.of("service")),
                Operations.of(Operations.EXEC),
                Optional.of(Path.of("/bin/sh")),
                true);
        folder.write(PolicyFile.NAME, policy.toJson());
        assertThat(AgentPolicy.load(folder)).isEqualTo(policy);
    }

    @Test
    void emptyListsAllowNothing() throws Exception {
        folder.write(PolicyFile.NAME, "{\"accounts\":[],\"operations\":[]}");
        assertThat(AgentPolicy.load(folder).allowsAccount("service")).isFalse();
        assertThat(AgentPolicy.load(folder).operations().isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"allowroot\":false}",
                "{\"allowRoot\":\"no\"}",
                "{\"accounts\":\"service\"}",
                "{\"accounts\":[1]}",
                "{\"operations\":[\"TERMINAL\"]}",
                "{\"shell\":\"bash\"}",
                "{\"consent\":\"never\"}",
                "{\"consent\":true}",
                "{\"allowRoot\":true,\"allowRoot\":false}"
            })
    void mistakeIsAnErrorAndNeverADefault(String text) throws Exception {
        folder.write(PolicyFile.NAME, text);
        assertThatThrownBy(() -> AgentPolicy.load(folder))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("policy.json");
    }

    @Test
    void whatIsSaidAboutFilesIsReadStrictlyAndKept(@TempDir Path where) throws Exception {
        StateFolder folder = StateFolder.create(where.resolve("state"));
        assertThat(FilePolicy.load(folder).roots()).isEmpty();
        folder.write(
                PolicyFile.NAME,
                "{\"roots\":[\"/srv//data/\",\"/\"],\"scan\":{\"clamd\":\"/run/clamd\"},\"allowRoot\":true}");
        PolicyFile.write(folder, AgentPolicy.DEFAULT);
        assertThat(FilePolicy.load(folder).roots().orElseThrow())
                .extracting(FilePath::raw)
                .containsExactly("/srv/data", "/");
        assertThat(FilePolicy.load(folder).clamd()).contains("/run/clamd");
        assertThat(AgentPolicy.load(folder).allowRoot()).isFalse();
        assertThat(AgentPolicy.load(folder).operations()).isEqualTo(AgentPolicy.ALL);
        for (String wrong : List.of(
                "{\"roots\":[\"data\"]}",
                "{\"roots\":\"/data\"}",
                "{\"scan\":{}}",
                "{\"scan\":{\"clamd\":\"/x\",\"other\":1}}",
                "{\"rooots\":[]}")) {
            folder.write(PolicyFile.NAME, wrong);
            assertThatThrownBy(() -> AgentPolicy.load(folder)).as(wrong).isInstanceOf(StateException.class);
        }
    }
}
