package org.bascule.agent.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.policy.AgentPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountRulesTest {

    private final AccountDirectory directory = new AccountDirectory();
    private final AccountRules rules = new AccountRules(directory);

    private static AgentPolicy policy(boolean allowRoot, String... accounts) {
        return new AgentPolicy(
                allowRoot,
                accounts.length == 0 ? Optional.empty() : Optional.of(List.of(accounts)),
                AgentPolicy.ALL,
                Optional.empty(),
                false);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "")
    void noAccountIsSet(String account) {
        assertThatThrownBy(() -> rules.resolve(account, AgentPolicy.DEFAULT))
                .isInstanceOf(AccountException.class)
                .hasMessage("no account is set for this device");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-rf",
                "a b",
                "a;id",
                "$(id)",
                "../etc",
                "Root",
                "a\nb",
                "a\u0000",
                "é",
                "0",
                "a:b",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            })
    void nameThatIsNoneIsRefused(String account) {
        assertThatThrownBy(() -> rules.resolve(account, AgentPolicy.DEFAULT))
                .isInstanceOf(AccountException.class)
                .hasMessageContaining("not one that this device accepts");
        assertThatThrownBy(() -> directory.find(account)).isInstanceOf(AccountException.class);
    }

    @Test
    void rootNeedsThePolicysWord() throws Exception {
        assertThatThrownBy(() -> rules.resolve("root", AgentPolicy.DEFAULT))
                .isInstanceOf(AccountException.class)
                .hasMessage("the device's policy does not allow root");
        assertThatThrownBy(() -> rules.resolve("root", policy(false, "root"))).isInstanceOf(AccountException.class);
        assumeTrue(AccountDirectory.ownUid() == 0, "only an agent that is root may run anything as root");
        assertThat(rules.resolve("root", policy(true)).isRoot()).isTrue();
    }

    @Test
    void accountWithAnotherNameAndUidZeroIsRoot() {
        assertThat(AccountDirectory.parse("toor:x:0:0::/root:/bin/sh")
                        .orElseThrow()
                        .isRoot())
                .isTrue();
    }

    @Test
    void listedAccountsAloneAreAllowed() throws Exception {
        assertThatThrownBy(() -> rules.resolve("nobody", policy(true, "service")))
                .isInstanceOf(AccountException.class)
                .hasMessage("the device's policy does not allow the account nobody");
    }

    @Test
    void rootMayBecomeAnotherAndOthersMayNot() throws Exception {
        if (AccountDirectory.ownUid() == 0) {
            assertThat(rules.resolve("nobody", AgentPolicy.DEFAULT).name()).isEqualTo("nobody");
        } else {
            assertThatThrownBy(() -> rules.resolve("nobody", AgentPolicy.DEFAULT))
                    .hasMessageContaining("only its own account is possible");
            String own = directory.own().name();
            assertThat(rules.resolve(own, AgentPolicy.DEFAULT).name()).isEqualTo(own);
        }
    }

    @Test
    void linesOfThePasswordFileAreReadStrictly() {
        assertThat(AccountDirectory.parse("ada:x:1000:1001:Ada,,,:/home/ada:/bin/bash"))
                .contains(new Account("ada", 1000, 1001, Path.of("/home/ada"), Path.of("/bin/bash")));
        assertThat(AccountDirectory.parse("ada:x:1000:1001::relative:").orElseThrow())
                .isEqualTo(new Account("ada", 1000, 1001, Path.of("/"), Path.of("/bin/sh")));
        for (String bad : List.of("", "ada", "ada:x:-1:0::/:/bin/sh", "ada:x:1:2:3:4:5:6", "ada:x:0x0:0::/:/bin/sh")) {
            assertThat(AccountDirectory.parse(bad)).as(bad).isEmpty();
        }
    }
}
