package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ClientKind;
import org.bascule.domain.session.Sessions;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.Test;

/** A preview counts what the manager sees, and is no attempt at what he does not see. */
class PreviewSightTest {

    private final TestDomain domain = new TestDomain().started();
    private final Preview preview = domain.get(Preview.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller ann = sample.user("ann");
    private final Caller manager = sample.user("manager");
    private final String plant = sample.folder(sample.root, "plant");
    private final String line = sample.folder(plant, "line");
    private final TestAgent agent;

    PreviewSightTest() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, line);
        TestAgent.Socket socket = agent.online();
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.TERMINAL)) {
            sample.entry(plant, ann.userId(), permission, Effect.ALLOW);
        }
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS)) {
            sample.entry(plant, manager.userId(), permission, Effect.ALLOW);
        }
        Sessions sessions = domain.get(Sessions.class);
        SessionId sid = domain.transactions
                .inNew(() -> sessions.open(
                        ann,
                        new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.empty()),
                        ClientKind.BROWSER))
                .sid();
        RelayProofPublicKey key = RelayProofKey.generate().publicKey();
        sessions.handshake(ann, sid, new HandshakeRequest(new byte[] {1}, key, Map.of()), ClientKind.BROWSER);
        socket.receive(new SessionMessage.SessionAnswer(sid, new byte[] {2}, key, Map.of()));
    }

    private Preview.Result cuttingOff(String folder) throws RefusedException {
        return preview.preview(manager, new Preview.Request(List.of(), List.of(), Map.of(folder, false)));
    }

    private long devicesLost() throws RefusedException {
        return cuttingOff(line).effects().stream()
                .filter(effect ->
                        effect.permission() == Permission.TERMINAL || effect.permission() == Permission.SEE_RESOURCES)
                .mapToLong(Preview.EffectView::lost)
                .sum();
    }

    @Test
    void sessionOfSomebodyHiddenIsNoAttemptToSeeHim() throws RefusedException {
        String beside = sample.folder(plant, "beside");
        assertThat(cuttingOff(beside).sessionsEnding()).isZero();
        assertThat(cuttingOff(line).sessionsEnding()).isEqualTo(1);
        assertThat(domain.sql
                        .in(sample.id)
                        .statement(
                                "select count(*) from bascule_audit.audit_event where domain_id = :domain and code = 'access'")
                        .number())
                .isZero();
    }

    @Test
    void hiddenDeviceAndItsSessionAreNotCounted() throws RefusedException {
        assertThat(devicesLost()).isEqualTo(1);
        sample.entry(agent.uid(), manager.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(devicesLost()).isZero();
        assertThat(cuttingOff(line).sessionsEnding()).isZero();
    }
}
