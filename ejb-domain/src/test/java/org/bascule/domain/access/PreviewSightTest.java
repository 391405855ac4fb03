package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.contract.PlannedConditions;
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

    private long counted(Caller caller, Preview.Request request) throws RefusedException {
        return preview.preview(caller, request).effects().stream()
                .mapToLong(effect -> effect.lost() + effect.gained() + effect.placesLost() + effect.placesGained())
                .sum();
    }

    private static Preview.Request membership(List<Membership> join, List<Membership> leave) {
        return new Preview.Request(
                List.of(), List.of(), Map.of(), Map.of(), join, leave, List.of(), PlannedConditions.Change.NONE);
    }

    /** What he could not do in fact, because he may not pass it on, must not tell him how much there is. */
    @Test
    void whatTheManagerGivesHimselfOpensNothingToHim() throws RefusedException {
        String north = sample.folder(sample.root, "north");
        sample.device(north, "drive");
        String group = sample.group();
        for (Permission permission : List.of(Permission.SEE_RESOURCES, Permission.TERMINAL)) {
            sample.entry(north, group, permission, Effect.ALLOW);
        }
        for (Permission permission : List.of(Permission.SEE_USERS, Permission.MANAGE_USERS)) {
            sample.entry(sample.root, manager.userId(), permission, Effect.ALLOW);
        }
        List<Membership> his = List.of(new Membership(group, manager.userId()));
        assertThat(counted(manager, membership(his, List.of()))).isZero();

        String blind = sample.group(manager.userId());
        sample.entry(line, blind, Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(counted(manager, membership(List.of(), List.of(new Membership(blind, manager.userId())))))
                .isZero();

        sample.entry(north, manager.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        assertThat(counted(
                        manager,
                        new Preview.Request(
                                List.of(new EntryRequest(
                                        north,
                                        manager.userId(),
                                        Set.of(Permission.SEE_RESOURCES),
                                        Effect.ALLOW,
                                        Validity.ALWAYS,
                                        false)),
                                List.of(),
                                Map.of())))
                .isZero();
    }

    @Test
    void whatIsCutOffIsCountedForWhoMayJoinItAgain() throws RefusedException {
        sample.inherit(line, false);
        Preview.Request join = new Preview.Request(List.of(), List.of(), Map.of(line, true));
        assertThat(counted(manager, join))
                .as("he could not pass on what others gain")
                .isZero();
        Caller above = sample.user("holds everything above to pass on");
        for (Permission permission : Permission.values()) {
            sample.delegable(plant, above.userId(), permission);
        }
        assertThat(counted(above, join)).isPositive();
    }
}
