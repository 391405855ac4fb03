package org.bascule.agent.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.policy.ForwardPolicy;
import org.bascule.session.service.DeviceProblem;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardRulesTest {

    private static final int PAGE = 5_936;
    private static final String OWN = "192.168.1.2";

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    private static ForwardRules rules(ForwardPolicy.Entry... allow) throws UnknownHostException {
        InetAddress own = address(OWN);
        ForwardPolicy policy = allow.length == 0 ? ForwardPolicy.DEFAULT : new ForwardPolicy(List.of(allow));
        return new ForwardRules(policy, own::equals, port -> port == PAGE);
    }

    private static Optional<String> objection(ForwardRules rules, String to, int port, String... operations)
            throws UnknownHostException {
        return rules.objection(address(to), port, Reach.Purpose.FORWARD.targets(Operations.of(operations)));
    }

    @Test
    void theDeviceItselfIsLoopbackAndItsOwnAddresses() throws Exception {
        assertThat(objection(rules(), "127.0.0.1", 22, "tcp:device")).isEmpty();
        assertThat(objection(rules(), "::1", 22, "tcp:device:22")).isEmpty();
        assertThat(objection(rules(), OWN, 22, "tcp:device:22")).isEmpty();
        assertThat(objection(rules(), "127.0.0.1", 23, "tcp:device:22")).isPresent();
        assertThat(objection(rules(), "192.168.1.7", 22, "tcp:device")).isPresent();
    }

    @Test
    void nobodyComesToTheLocalPage() throws Exception {
        assertThat(objection(rules(), "127.0.0.1", PAGE, "tcp:device"))
                .get()
                .asString()
                .contains("agent itself");
        assertThat(objection(rules(), OWN, PAGE, "tcp:device", "tcp:" + OWN)).isPresent();
    }

    @Test
    void loopbackIsReachedAsTheDeviceAlone() throws Exception {
        assertThat(objection(rules(), "127.0.0.1", 80, "tcp:127.0.0.1:80")).isPresent();
        assertThat(objection(rules(), "127.9.9.9", 80, "tcp:127.9.9.9")).isPresent();
        assertThat(objection(rules(), "::ffff:127.0.0.1", 80, "tcp:192.168.1.7"))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "0.1.2.3"})
    void whatIsNoAddressOfAMachineIsRefused(String to) throws Exception {
        assertThat(rules().objection(
                                address(to),
                                80,
                                Reach.Purpose.FORWARD.targets(
                                        Operations.of("tcp:device", "tcp:0.0.0.0", "tcp:224.0.0.1"))))
                .isPresent();
    }

    @Test
    void aSubDeviceIsReachedAtWhatTheTicketNames() throws Exception {
        assertThat(objection(rules(), "192.168.1.7", 443, "tcp:192.168.1.7:443"))
                .isEmpty();
        assertThat(objection(rules(), "192.168.1.7", 80, "tcp:192.168.1.7:443")).isPresent();
        assertThat(objection(rules(), "192.168.1.8", 443, "tcp:192.168.1.7:443"))
                .isPresent();
        assertThat(objection(rules(), "169.254.3.4", 80, "tcp:169.254.3.4")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "100.100.100.200"})
    void secretsOfACloudNeedTheOwnersWord(String to) throws Exception {
        assertThat(objection(rules(), to, 80, "tcp:" + to)).get().asString().contains("policy");
        assertThat(objection(
                        rules(new ForwardPolicy.Network(address(to), 32, OptionalInt.empty())), to, 80, "tcp:" + to))
                .isEmpty();
    }

    @Test
    void bothTicketAndPolicyHaveToPermit() throws Exception {
        ForwardRules rules = rules(
                new ForwardPolicy.Device(OptionalInt.of(22)),
                new ForwardPolicy.Network(address("10.0.0.0"), 8, OptionalInt.of(443)));
        assertThat(objection(rules, "127.0.0.1", 22, "tcp:device")).isEmpty();
        assertThat(objection(rules, "127.0.0.1", 80, "tcp:device"))
                .get()
                .asString()
                .contains("policy");
        assertThat(objection(rules, "10.9.9.9", 443, "tcp:10.9.9.9")).isEmpty();
        assertThat(objection(rules, "10.9.9.9", 443, "tcp:10.9.9.8")).isPresent();
        assertThat(objection(rules, "192.168.1.7", 443, "tcp:192.168.1.7"))
                .get()
                .asString()
                .contains("policy");
    }

    @Test
    void namesAreResolvedHereAndNumbersAreNone() throws Exception {
        Names names = name -> {
            if (name.equals("plc-1")) {
                return new InetAddress[] {address("192.168.1.7"), address("192.168.1.7"), address("10.0.0.1")};
            }
            throw new UnknownHostException(name);
        };
        assertThat(names.addresses("PLC-1")).containsExactly(address("192.168.1.7"), address("10.0.0.1"));
        assertThat(names.addresses("localhost").get(0).isLoopbackAddress()).isTrue();
        assertThat(names.addresses("evil.localhost").get(0).isLoopbackAddress()).isTrue();
        assertThat(names.addresses("fe80::7")).containsExactly(address("fe80::7"));
        for (String none : List.of("nobody", "2130706433", "127.1", "0x7f000001", "1.2.3.4.5", "::g")) {
            assertThatThrownBy(() -> names.addresses(none))
                    .isInstanceOf(DeviceProblem.class)
                    .hasMessageContaining("does not know the name");
        }
    }

    @Test
    void manyConnectionsToTheSamePlaceAreToldTogether() {
        Tally tally = new Tally();
        Tally.Key plc = new Tally.Key("sid", "192.168.1.7 port 443");
        assertThat(tally.add(plc, 0)).containsExactly(new Tally.Due(plc, 1));
        for (int i = 0; i < 40; i++) {
            assertThat(tally.add(plc, 1)).isEmpty();
        }
        assertThat(tally.due(TimeUnit.SECONDS.toNanos(9))).isEmpty();
        assertThat(tally.due(TimeUnit.SECONDS.toNanos(11))).containsExactly(new Tally.Due(plc, 40));
        assertThat(tally.add(plc, TimeUnit.SECONDS.toNanos(12))).containsExactly(new Tally.Due(plc, 1));
    }
}
