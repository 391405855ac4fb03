package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardRulesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @SuppressWarnings("NullAway.Init")
    private SubDevice plc;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        socket = agent.online();
        sample.entry(sample.root, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, engineer.userId(), Permission.FORWARDING, Effect.ALLOW);
        plc = add("plc-1", "192.168.1.7", new SubDevice.Service(SubDevice.Service.Kind.HTTPS, 443));
        add("hmi", "fe80::7");
    }

    private SubDevice add(String name, String ip, SubDevice.Service... services) throws RefusedException {
        return domain.transactions.inNew(() -> domain.get(SubDevices.class)
                .create(owner, agent.uid(), new SubDevice.Facts(name, null, ip, null, List.of(services))));
    }

    private SessionId open(Caller caller, String... operations) throws RefusedException {
        return domain.transactions
                .inNew(() -> sessions.open(
                        caller,
                        new SessionRequest(agent.uid(), Operations.of(operations), Optional.empty()),
                        ClientKind.NATIVE))
                .sid();
    }

    private SessionId running(String... operations) throws RefusedException {
        SessionId sid = open(engineer, operations);
        sessions.handshake(
                engineer,
                sid,
                new HandshakeRequest(
                        new byte[] {1, 2, 3}, RelayProofKey.generate().publicKey(), Map.of()),
                ClientKind.NATIVE);
        socket.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {4}, RelayProofKey.generate().publicKey(), Map.of()));
        return sid;
    }

    private Operations permittedIn(SessionId sid) {
        StoredSession session =
                domain.get(SessionStore.class).runningOn(agent.uid(), sid).orElseThrow();
        return domain.get(ForwardRules.class).listed(session.domainId(), session.deviceUid(), session.operations());
    }

    @Test
    void theDeviceAndItsSubDevicesAreReached() throws Exception {
        assertThat(open(engineer, "tcp:device")).isNotNull();
        assertThat(open(engineer, "tcp:device:22", "tcp:192.168.1.7:443", "tcp:[fe80:0:0:0:0:0:0:7]"))
                .isNotNull();
        assertThat(open(engineer, "tcp:[fe80:0:0:0:0:0:0:7]:9")).isNotNull();
    }

    @Test
    void aVncServerIsReachedAtServicesOfItsKindWithThePermissionToView() throws Exception {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(engineer, "vnc:device:5900"))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        sample.entry(sample.root, engineer.userId(), Permission.VIEW_DESKTOP, Effect.ALLOW);
        add(
                "panel",
                "192.168.1.9",
                new SubDevice.Service(SubDevice.Service.Kind.VNC, 5_901),
                new SubDevice.Service(SubDevice.Service.Kind.HTTP, 80));
        assertThat(open(engineer, "desktop-view", "vnc:device:5900")).isNotNull();
        assertThat(open(engineer, "desktop-view", "vnc:192.168.1.9:5901")).isNotNull();
        assertThat(open(engineer, "desktop-view", "vnc:[fe80:0:0:0:0:0:0:7]:5900"))
                .as("one that lists no services")
                .isNotNull();
        for (String other :
                List.of("vnc:192.168.1.9:80", "vnc:192.168.1.9:5900", "vnc:192.168.1.8:5900", "vnc:192.168.1.7:443")) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> open(engineer, "desktop-view", other))
                    .withMessageContaining("no sub-device");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:192.168.1.8:443", "tcp:192.168.1.7:80", "tcp:192.168.1.7", "tcp:127.0.0.1:22"})
    void nothingElseIs(String operation) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(engineer, operation))
                .matches(e -> e.problem() == Problem.FORBIDDEN)
                .withMessageContaining("no sub-device");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(engineer, "tcp:device", operation))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tcp:plc-1:443", "tcp:device:0", "tcp:[fe80::7]"})
    void whatIsNoTargetIsNoOperation(String operation) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(engineer, operation))
                .matches(e -> e.problem() == Problem.INVALID);
    }

    @Test
    void thePermissionIsNeeded() throws Exception {
        Caller other = sample.user("other");
        sample.entry(sample.root, other.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, other.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(other, "tcp:device"))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void whatIsRemovedIsNotReachedAnyMore() throws Exception {
        SessionId sid = running("tcp:192.168.1.7:443", "tcp:device");
        SessionId alone = running("tcp:192.168.1.7:443");
        assertThat(permittedIn(sid)).isEqualTo(Operations.of("tcp:192.168.1.7:443", "tcp:device"));
        domain.transactions.run(() -> domain.get(SubDevices.class).delete(owner, plc.id(), plc.revision()));
        domain.get(RightsWatch.class).sweep();
        assertThat(permittedIn(sid)).isEqualTo(Operations.of("tcp:device"));
        assertThat(domain.get(SessionStore.class).runningOn(agent.uid(), sid)).isPresent();
        assertThat(domain.get(SessionStore.class).runningOn(agent.uid(), alone)).isEmpty();
    }

    @Test
    void whatIsMovedIsReachedThroughTheOtherDeviceAlone() throws Exception {
        TestAgent other = TestAgent.enrolled(domain, owner, sample.root);
        other.online();
        SessionId sid = running("tcp:192.168.1.7:443", "tcp:device");
        SessionId alone = running("tcp:192.168.1.7:443");
        domain.transactions.inNew(() -> domain.get(SubDevices.class)
                .change(owner, plc.id(), plc.revision(), SubDevices.factsOf(plc), other.uid()));
        domain.get(RightsWatch.class).sweep();
        assertThat(permittedIn(sid)).isEqualTo(Operations.of("tcp:device"));
        assertThat(domain.get(SessionStore.class).runningOn(agent.uid(), sid)).isPresent();
        assertThat(domain.get(SessionStore.class).runningOn(agent.uid(), alone)).isEmpty();
        Operations plcAlone = Operations.of("tcp:192.168.1.7:443");
        assertThat(domain.get(ForwardRules.class).listed(sample.id, other.uid(), plcAlone))
                .isEqualTo(plcAlone);
    }
}
