package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** REL-1: a relay that is set for a device, a folder or a user. The test's configuration has r1 and r2. */
class FixedRelaysTest {

    private final TestDomain domain = new TestDomain().started();
    private final FixedRelays relays = domain.get(FixedRelays.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final String customer = sample.folder(sample.root, "customer");
    private final String plant = sample.folder(customer, "plant");
    private final String device = sample.device(plant, "pump");

    private FixedRelayView put(Caller caller, String id, @Nullable String relay) throws RefusedException {
        long revision = relays.read(owner, id).revision();
        return domain.transactions.inNew(() -> relays.put(caller, id, revision, relay));
    }

    private Optional<String> used() {
        return relays.of(sample.id, device, engineer.userId());
    }

    @Test
    void deviceCountsBeforeItsFoldersAndThoseBeforeTheUser() throws RefusedException {
        assertThat(used()).isEmpty();
        put(owner, engineer.userId(), "r1");
        assertThat(used()).contains("r1");
        put(owner, customer, "r2");
        assertThat(used()).contains("r2");
        put(owner, plant, "r1");
        assertThat(used()).as("the nearest folder").contains("r1");
        put(owner, device, "r2");
        assertThat(used()).contains("r2");
        put(owner, device, null);
        assertThat(used()).contains("r1");
        assertThat(relays.of(sample.id, sample.device(sample.root, "other"), owner.userId()))
                .isEmpty();
    }

    @Test
    void itIsShownWhereItComesFrom() throws RefusedException {
        put(owner, customer, "r2");
        FixedRelayView seen = relays.read(owner, device);
        assertThat(seen.relay()).isEqualTo("r2");
        assertThat(seen.own()).isFalse();
        assertThat(seen.folderName()).isEqualTo("customer");
        sample.entry(device, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        FixedRelayView below = relays.read(engineer, device);
        assertThat(below.relay()).isEqualTo("r2");
        assertThat(below.folderId()).as("a folder that is not seen").isNull();
        assertThat(put(owner, device, "r1").own()).isTrue();
    }

    @Test
    void onlyWhoMayConfigureDevicesOrManageUsersSetsOne() throws RefusedException {
        sample.entry(customer, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(engineer, device, "r1"))
                .returns(Problem.FORBIDDEN, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .as("oneself included")
                .isThrownBy(() -> put(engineer, engineer.userId(), "r1"))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        sample.entry(customer, engineer.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        put(engineer, device, "r1");
        assertThat(used()).contains("r1");
    }

    @Test
    void nobodyElsesResourcesAreSeenOrChanged() throws RefusedException {
        Caller stranger = new Sample(domain).owner();
        put(owner, device, "r1");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> relays.read(stranger, device))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(stranger, device, "r2"))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThat(relays.of(stranger.domainId(), device, engineer.userId())).isEmpty();
    }

    @Test
    void whatIsNoIdNoRelayOrStaleIsRefused() throws RefusedException {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> relays.read(owner, "\u00e9\u202e"))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(owner, device, "r3"))
                .returns(Problem.INVALID, RefusedException::problem);
        put(owner, device, "r1");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> relays.put(owner, device, 0, "r2")))
                .returns(Problem.PRECONDITION_FAILED, RefusedException::problem);
    }

    @Test
    void everyChangeIsInTheLog() throws RefusedException {
        put(owner, device, "r1");
        put(owner, device, "r2");
        assertThat(sample.audited("relay.fix")).hasSize(2);
    }
}
