package org.bascule.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.OptionalInt;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.TcpTarget;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VncPolicyTest {

    private static VncPolicy parse(String text) throws WireException {
        return VncPolicy.parse(StrictJson.parse(text, 10_000));
    }

    private static AgentPolicy whole(String text) throws WireException {
        return AgentPolicy.parse(StrictJson.parse(text, 10_000));
    }

    @Test
    void hasPasswordsByTheirPlaceInAnyTextForIt() throws Exception {
        VncPolicy policy = parse("{\"vnc\":{\"passwords\":{\"device:5900\":\"one\",\"[fe80::7]:5901\":\"two\"}}}");
        assertThat(policy.password(TcpTarget.device(OptionalInt.of(5_900)))).contains("one");
        assertThat(policy.password(
                        TcpTarget.parseVnc("vnc:[fe80:0:0:0:0:0:0:7]:5901").orElseThrow()))
                .contains("two");
        assertThat(policy.password(TcpTarget.device(OptionalInt.of(5_901)))).isEmpty();
        assertThat(policy.toString()).doesNotContain("one");
        assertThat(parse("{}").passwords()).isEmpty();
        assertThat(policy.withoutBanner()).isFalse();
        assertThat(parse("{\"vnc\":{\"withoutBanner\":true}}").withoutBanner()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"vnc\":{}}",
                "{\"vnc\":{\"passwords\":{},\"more\":1}}",
                "{\"vnc\":{\"withoutBanner\":\"yes\"}}",
                "{\"vnc\":{\"passwords\":{\"device\":\"x\"}}}",
                "{\"vnc\":{\"passwords\":{\"panel:5900\":\"x\"}}}",
                "{\"vnc\":{\"passwords\":{\"device:5900\":\"\"}}}",
                "{\"vnc\":{\"passwords\":{\"device:5900\":1}}}"
            })
    void aMistakeAllowsNothing(String text) {
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> parse(text));
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> whole(text));
    }

    @Test
    void theOwnersWordIsNeeded() throws Exception {
        Operations asked = Operations.of("desktop-view", "vnc:device:5900");
        assertThat(AgentPolicy.DEFAULT.permitted(asked)).isEqualTo(asked);
        assertThat(whole("{\"operations\":[\"desktop-view\",\"tcp\"]}").permitted(asked))
                .isEqualTo(Operations.of("desktop-view"));
        assertThat(whole("{\"operations\":[\"vnc\"]}").permitted(asked)).isEqualTo(Operations.of("vnc:device:5900"));
        assertThat(AgentPolicy.DEFAULT.permitted(Operations.of("vnc")).isEmpty())
                .isTrue();
    }
}
