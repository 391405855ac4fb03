package org.bascule.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardPolicyTest {

    private final StateFolder folder;

    ForwardPolicyTest(@TempDir Path temporary) throws Exception {
        folder = StateFolder.create(temporary.resolve("state"));
    }

    private ForwardPolicy policy(String allow) throws StateException {
        folder.write(PolicyFile.NAME, "{\"forward\":{\"allow\":" + allow + "}}");
        AgentPolicy.load(folder);
        return ForwardPolicy.load(folder);
    }

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void withoutTheSectionTheDeviceAndItsSubDevicesAreAllowed() throws Exception {
        ForwardPolicy policy = ForwardPolicy.load(folder);
        assertThat(policy.allowsDevice(22)).isTrue();
        assertThat(policy.allowsSubDevices()).isTrue();
        assertThat(policy.names(address("192.168.1.7"), 443)).isFalse();
    }

    @Test
    void anEmptyListAllowsNothing() throws Exception {
        ForwardPolicy policy = policy("[]");
        assertThat(policy.allowsDevice(22)).isFalse();
        assertThat(policy.allowsSubDevices()).isFalse();
    }

    @Test
    void namesPortsAddressesAndNetworks() throws Exception {
        ForwardPolicy policy =
                policy("[\"device:22\",\"192.168.1.7\",\"10.1.0.0/20:443\",\"[fd00::]/8:80\",\"[fe80::7]\"]");
        assertThat(policy.allowsDevice(22)).isTrue();
        assertThat(policy.allowsDevice(80)).isFalse();
        assertThat(policy.allowsSubDevices()).isFalse();
        assertThat(policy.names(address("192.168.1.7"), 1)).isTrue();
        assertThat(policy.names(address("192.168.1.8"), 1)).isFalse();
        assertThat(policy.names(address("10.1.15.255"), 443)).isTrue();
        assertThat(policy.names(address("10.1.16.0"), 443)).isFalse();
        assertThat(policy.names(address("10.1.15.255"), 80)).isFalse();
        assertThat(policy.names(address("fdff::1"), 80)).isTrue();
        assertThat(policy.names(address("fe80::7"), 9)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"forward\":[]}",
                "{\"forward\":{}}",
                "{\"forward\":{\"allow\":[],\"deny\":[]}}",
                "{\"forward\":{\"allow\":[\"\"]}}",
                "{\"forward\":{\"allow\":[\"plc-1\"]}}",
                "{\"forward\":{\"allow\":[\"*\"]}}",
                "{\"forward\":{\"allow\":[\"10.0.0.0/33\"]}}",
                "{\"forward\":{\"allow\":[\"[fd00::]/129\"]}}",
                "{\"forward\":{\"allow\":[\"fd00::/8\"]}}",
                "{\"forward\":{\"allow\":[\"device/8\"]}}",
                "{\"forward\":{\"allow\":[\"10.0.0.1:65536\"]}}"
            })
    void whatCannotBeUnderstoodIsAnError(String text) throws Exception {
        folder.write(PolicyFile.NAME, text);
        assertThatThrownBy(() -> AgentPolicy.load(folder)).isInstanceOf(StateException.class);
        assertThatThrownBy(() -> ForwardPolicy.load(folder)).isInstanceOf(StateException.class);
    }

    @Test
    void targetsStandBehindTheOneWord() throws Exception {
        Operations asked = Operations.of("tcp:192.168.1.7:443", "tcp:device", "terminal");
        assertThat(AgentPolicy.DEFAULT.permitted(asked)).isEqualTo(asked);
        assertThat(AgentPolicy.DEFAULT
                        .permitted(Operations.of("tcp", "tcp:plc-1:443"))
                        .isEmpty())
                .isTrue();
        folder.write(PolicyFile.NAME, "{\"operations\":[\"terminal\"]}");
        assertThat(AgentPolicy.load(folder).permitted(asked)).isEqualTo(Operations.of("terminal"));
    }

    @Test
    void theSectionIsKeptWhenThePolicyIsWrittenAnew() throws Exception {
        folder.write(PolicyFile.NAME, "{\"forward\":{\"allow\":[\"device:22\"]}}");
        PolicyFile.write(folder, AgentPolicy.DEFAULT);
        assertThat(ForwardPolicy.load(folder).allowsDevice(80)).isFalse();
    }
}
