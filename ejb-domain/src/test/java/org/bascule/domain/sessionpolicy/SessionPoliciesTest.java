package org.bascule.domain.sessionpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** DEV-6: the nearest policy counts, as a whole. */
class SessionPoliciesTest {

    private static final SessionPolicy DEVICE = new SessionPolicy(Optional.of(Consent.DEVICE), false, true, 20);
    private static final SessionPolicy APPROVER = new SessionPolicy(Optional.of(Consent.APPROVER), true, false, 60);

    private final TestDomain domain = new TestDomain().started();
    private final SessionPolicies policies = domain.get(SessionPolicies.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final String customer = sample.folder(sample.root, "customer");
    private final String plant = sample.folder(customer, "plant");
    private final String device = sample.device(plant, "pump");

    private SessionPolicyView put(Caller caller, String id, @Nullable SessionPolicy policy) throws RefusedException {
        long revision = policies.read(owner, id).revision();
        return domain.transactions.inNew(() -> policies.put(caller, id, revision, policy));
    }

    @Test
    void theNearestCountsAndNothingElseOfTheOthers() throws RefusedException {
        assertThat(policies.of(sample.id, device)).isEqualTo(SessionPolicy.DEFAULT);
        put(owner, customer, APPROVER);
        assertThat(policies.of(sample.id, device)).isEqualTo(APPROVER);
        put(owner, plant, DEVICE);
        assertThat(policies.of(sample.id, device)).isEqualTo(DEVICE);
        put(owner, device, SessionPolicy.DEFAULT);
        assertThat(policies.of(sample.id, device))
                .as("never, though folders ask")
                .isEqualTo(SessionPolicy.DEFAULT);
        put(owner, device, null);
        assertThat(policies.of(sample.id, device)).isEqualTo(DEVICE);
        assertThat(policies.of(sample.id, sample.device(sample.root, "other"))).isEqualTo(SessionPolicy.DEFAULT);
    }

    @Test
    void itIsShownWhereItComesFrom() throws RefusedException {
        assertThat(policies.read(owner, device).set()).isFalse();
        put(owner, customer, APPROVER);
        SessionPolicyView seen = policies.read(owner, device);
        assertThat(seen.policy()).isEqualTo(APPROVER);
        assertThat(seen.own()).isFalse();
        assertThat(seen.set()).isTrue();
        assertThat(seen.folderName()).isEqualTo("customer");
        sample.entry(device, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(policies.read(engineer, device).folderId())
                .as("a folder that is not seen")
                .isNull();
        assertThat(put(owner, device, DEVICE).own()).isTrue();
    }

    @Test
    void itNeedsItsPermission() throws RefusedException {
        sample.entry(customer, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(customer, engineer.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(engineer, device, DEVICE))
                .returns(Problem.FORBIDDEN, RefusedException::problem);
        sample.entry(customer, engineer.userId(), Permission.SET_CONSENT_POLICY, Effect.ALLOW);
        put(engineer, device, DEVICE);
        assertThat(policies.of(sample.id, device)).isEqualTo(DEVICE);
    }

    private void move(Caller caller, String uid, long revision, String folder) throws RefusedException {
        domain.transactions.inNew(() -> domain.get(Directory.class)
                .change(caller, uid, revision, new DeviceChange(null, null, null, folder, null)));
    }

    /** Otherwise a move would end the question and the log, and another one bring the device back. */
    @Test
    void nobodyMovesADeviceOutOfWhatHeMayNotSet() throws RefusedException {
        String uid = TestAgent.enrolled(domain, owner, plant).uid();
        String free = sample.folder(sample.root, "free");
        String asking = sample.folder(sample.root, "asking");
        put(owner, customer, APPROVER);
        put(owner, asking, new SessionPolicy(Optional.of(Consent.DEVICE), true, true, 20));
        Caller mover = sample.user("mover");
        for (String folder : List.of(plant, free, asking)) {
            for (Permission permission : Permission.values()) {
                sample.delegable(folder, mover.userId(), permission);
            }
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> move(mover, uid, 0, free))
                .returns(Problem.FORBIDDEN, RefusedException::problem);
        BulkChange all =
                BulkChange.checked(List.of(new BulkChange.Item(uid, 0)), BulkChange.Action.MOVE, free, List.of(), null);
        assertThat(domain.transactions
                        .inNew(() -> domain.get(BulkChanges.class).change(mover, all))
                        .refused())
                .extracting(BulkChange.Refusal::problem)
                .containsExactly(Problem.FORBIDDEN);
        assertThat(policies.of(sample.id, uid)).isEqualTo(APPROVER);

        move(mover, uid, 0, asking);
        assertThat(policies.of(sample.id, uid).consent())
                .as("more is asked there")
                .contains(Consent.DEVICE);
        move(mover, uid, 1, free);
        assertThat(policies.of(sample.id, uid))
                .as("he may set the policy of that folder")
                .isEqualTo(SessionPolicy.DEFAULT);
    }

    @Test
    void lessIsAskedWhereLessIsAsked() {
        SessionPolicy logged = new SessionPolicy(Optional.empty(), false, true, 60);
        assertThat(SessionPolicy.DEFAULT.isLooserThan(APPROVER)).isTrue();
        assertThat(DEVICE.isLooserThan(APPROVER)).as("no reason").isTrue();
        assertThat(APPROVER.isLooserThan(DEVICE)).as("an approver, no log").isTrue();
        assertThat(APPROVER.askingAtDevice().isLooserThan(APPROVER)).isFalse();
        assertThat(SessionPolicy.DEFAULT.isLooserThan(logged)).isTrue();
        assertThat(DEVICE.isLooserThan(logged)).isFalse();
    }

    @Test
    void nobodyElsesResourcesAreSeenOrChanged() throws RefusedException {
        Caller stranger = new Sample(domain).owner();
        put(owner, device, DEVICE);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> policies.read(stranger, device))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(stranger, device, APPROVER))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThat(policies.of(stranger.domainId(), device)).isEqualTo(SessionPolicy.DEFAULT);
    }

    @Test
    void whatIsNoIdOrStaleIsRefused() throws RefusedException {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> policies.read(owner, "\u00e9\u202e"))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .as("a user has none")
                .isThrownBy(() -> policies.read(owner, engineer.userId()))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        put(owner, device, DEVICE);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> policies.put(owner, device, 0, APPROVER)))
                .returns(Problem.PRECONDITION_FAILED, RefusedException::problem);
    }

    @Test
    void everyChangeIsInTheLogWithBeforeAndAfter() throws RefusedException {
        put(owner, device, APPROVER);
        put(owner, device, DEVICE);
        assertThat(sample.audited("session-policy.set")).hasSize(2).anySatisfy(row -> assertThat(row.changes())
                .contains("\"consent\":{\"before\":\"approver\",\"after\":\"device\"}")
                .contains("\"fullLog\":{\"before\":\"false\",\"after\":\"true\"}"));
    }
}
