package org.bascule.domain.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.session.SessionStore;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.B64;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.Endorsement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RenewalsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Renewals renewals = domain.get(Renewals.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private TestAgent agent;

    @BeforeEach
    void enrol() throws Exception {
        agent = TestAgent.enrolled(domain, owner, sample.root);
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    private ChannelMessage.Renew request(DeviceIdentityKey signer, DeviceIdentityKey next) {
        return new ChannelMessage.Renew(
                TestAgent.csr(next),
                Continuity.sign(signer, agent.uid(), sample.id, next.publicKey())
                        .signature());
    }

    private DeviceIdentityPublicKey certified(List<String> chain) throws Exception {
        return DeviceIdentityPublicKey.parse(
                DeviceCertificates.parseChain(chain).get(0).getPublicKey().getEncoded());
    }

    private DeviceIdentityPublicKey inForce() throws Exception {
        byte[] certificate = domain.get(SessionStore.class)
                .chain(sample.id, agent.uid())
                .orElseThrow()
                .get(0);
        return certified(List.of(B64.encode(certificate), agent.chain.get(1)));
    }

    private void use(DeviceIdentityKey key, List<String> chain) {
        agent.identity = key;
        agent.chain = chain;
    }

    @Test
    void nextKeyIsInForceFromItsFirstProofAndTheOldOneUntilThen() throws Exception {
        DeviceIdentityKey first = agent.identity;
        List<String> firstChain = agent.chain;
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        socket.receive(request(first, next));
        List<String> chain = socket.sent(ChannelMessage.Renewed.class).chain();
        assertThat(certified(chain)).isEqualTo(next.publicKey());
        assertThat(inForce()).isEqualTo(first.publicKey());
        assertThat(renewals.continuity(sample.id, agent.uid())).isEmpty();
        socket.lose();

        // the answer was lost: asked again, the same certificate
        TestAgent.Socket again = agent.online();
        again.receive(request(first, next));
        assertThat(again.sent(ChannelMessage.Renewed.class).chain()).isEqualTo(chain);
        again.lose();

        use(next, chain);
        TestAgent.Socket renewed = agent.online();
        assertThat(renewed.closed).isEmpty();
        assertThat(inForce()).isEqualTo(next.publicKey());
        assertThat(Continuity.leads(
                        renewals.continuity(sample.id, agent.uid()),
                        agent.uid(),
                        sample.id,
                        first.publicKey().thumbprint(),
                        next.publicKey()))
                .isTrue();
        assertThat(audited("device.renew")).singleElement().satisfies(row -> assertThat(row.changes())
                .contains(first.publicKey().fingerprint(), next.publicKey().fingerprint()));
        renewed.lose();

        use(first, firstChain);
        TestAgent.Socket old = agent.open();
        old.receive(agent.auth(old));
        assertThat(old.closed).contains("revoked");
    }

    @Test
    void whatTheOldKeyEndorsedIsWorthNothingWithTheNewOne() throws Exception {
        DeviceIdentityKey first = agent.identity;
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        Endorsement old = agent.endorsement(domain.clock.instant().getEpochSecond() + 100);
        socket.receive(new ChannelMessage.EndorsementReport(old));
        socket.receive(request(first, next));
        List<String> chain = socket.sent(ChannelMessage.Renewed.class).chain();
        socket.lose();
        use(next, chain);
        TestAgent.Socket renewed = agent.open();
        renewed.receive(agent.auth(renewed));
        renewed.receive(new ChannelMessage.Ready(old, "0.1", "Debian", Optional.empty()));
        assertThat(renewed.closed).contains("bad-proof");
    }

    @Test
    void clientsFollowSeveralRenewals() throws Exception {
        DeviceIdentityKey first = agent.identity;
        for (int i = 0; i < 3; i++) {
            DeviceIdentityKey next = DeviceIdentityKey.generate();
            TestAgent.Socket socket = agent.online();
            socket.receive(request(agent.identity, next));
            List<String> chain = socket.sent(ChannelMessage.Renewed.class).chain();
            socket.lose();
            use(next, chain);
            agent.online().lose();
            domain.clock.advance(Duration.ofDays(60));
        }
        List<Continuity> links = renewals.continuity(sample.id, agent.uid());
        assertThat(links).hasSize(3);
        byte[] remembered = first.publicKey().thumbprint();
        assertThat(Continuity.leads(links, agent.uid(), sample.id, remembered, agent.identity.publicKey()))
                .isTrue();
        assertThat(Continuity.leads(
                        links.subList(1, 3), agent.uid(), sample.id, remembered, agent.identity.publicKey()))
                .isFalse();
        assertThat(Continuity.leads(links, agent.uid(), agent.uid(), remembered, agent.identity.publicKey()))
                .isFalse();
    }

    @Test
    void onlyThePresentKeySignsTheNextOne() throws Exception {
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        socket.receive(request(next, next));
        socket.receive(new ChannelMessage.Renew(new byte[] {1}, new byte[64]));
        assertThat(socket.has(ChannelMessage.Renewed.class)).isFalse();
        assertThat(socket.closed).isEmpty();
        socket.receive(request(agent.identity, agent.identity));
        assertThat(socket.has(ChannelMessage.Renewed.class)).isFalse();
        assertThat(audited("device.channel")).isNotEmpty();
        socket.lose();
        // a certificate that was never issued for it
        TestAgent.Socket forged = agent.open();
        forged.receive(agent.auth(forged, "bascule.example", TestDomain.SPKI, next));
        assertThat(forged.closed).contains("bad-proof");
    }

    @Test
    void keyThatWasNeverUsedGivesWayToAnother() throws Exception {
        DeviceIdentityKey forgotten = DeviceIdentityKey.generate();
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        socket.receive(request(agent.identity, forgotten));
        List<String> unused = socket.sent(ChannelMessage.Renewed.class).chain();
        socket.receive(request(agent.identity, next));
        List<String> chain = socket.sent(ChannelMessage.Renewed.class).chain();
        socket.lose();
        DeviceIdentityKey first = agent.identity;
        List<String> firstChain = agent.chain;
        use(forgotten, unused);
        TestAgent.Socket refused = agent.open();
        refused.receive(agent.auth(refused));
        assertThat(refused.closed).contains("revoked");
        use(first, firstChain);
        agent.online().lose();
        use(next, chain);
        assertThat(agent.online().closed).isEmpty();
        assertThat(renewals.continuity(sample.id, agent.uid())).hasSize(1);
    }

    @Test
    void certificatesOfADeviceAreFewInADay() throws Exception {
        TestAgent.Socket socket = agent.online();
        for (int i = 0; i < 2 * Renewals.MAX_PER_DAY; i++) {
            socket.receive(request(agent.identity, DeviceIdentityKey.generate()));
        }
        assertThat(socket.sent.stream().filter(ChannelMessage.Renewed.class::isInstance))
                .hasSize(Renewals.MAX_PER_DAY - 1);
    }

    @Test
    void deviceThatWasOffForMonthsComesBackWithItsKey() throws Exception {
        domain.clock.advance(Duration.ofDays(90).plus(Duration.ofDays(500)));
        TestAgent.Socket socket = agent.online();
        assertThat(socket.closed).isEmpty();
        List<String> chain = socket.sent(ChannelMessage.Welcome.class).chain();
        assertThat(certified(chain)).isEqualTo(agent.identity.publicKey());
        assertThat(inForce()).isEqualTo(agent.identity.publicKey());
        assertThat(audited("device.renew")).singleElement().satisfies(row -> assertThat(row.detail())
                .contains("absence"));
        socket.lose();
        agent.chain = chain;
        TestAgent.Socket again = agent.online();
        assertThat(again.closed).isEmpty();
        assertThat(again.sent(ChannelMessage.Welcome.class).chain()).isEmpty();
    }

    private List<String> comesBack() {
        TestAgent.Socket socket = agent.online();
        assertThat(socket.closed).isEmpty();
        socket.lose();
        return socket.sent(ChannelMessage.Welcome.class).chain();
    }

    @Test
    void expiredCertificateCountsUntilTheNewOneWasUsed() {
        domain.clock.advance(Duration.ofDays(100));
        List<String> expired = agent.chain;
        List<String> lost = comesBack();
        assertThat(comesBack()).as("the answer was lost: the same again").isEqualTo(lost);
        assertThat(audited("device.renew")).hasSize(1);
        agent.chain = lost;
        assertThat(comesBack()).isEmpty();
        agent.chain = expired;
        TestAgent.Socket old = agent.open();
        old.receive(agent.auth(old));
        assertThat(old.closed).contains("revoked");
        agent.chain = lost;
        assertThat(comesBack()).isEmpty();
    }

    @Test
    void copyOnAnotherMachineShutsTheDeviceThatWasOffNotOut() throws Exception {
        agent = TestAgent.enrolled(domain, owner, sample.root, TestAgent.machine(domain.ids.next()));
        domain.clock.advance(Duration.ofDays(100));
        TestAgent copy = agent.copiedTo(TestAgent.machine(domain.ids.next()));
        TestAgent.Socket first = copy.online();
        assertThat(first.closed).contains("hardware-changed");
        first.lose();
        copy.chain = first.sent(ChannelMessage.Welcome.class).chain();
        TestAgent.Socket second = copy.online();
        assertThat(second.closed).contains("hardware-changed");
        second.lose();
        comesBack();
    }

    @Test
    void deviceInQuarantineGetsNoCertificateAndKeepsTheOneItHas() throws Exception {
        TestAgent.Socket older = agent.online();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        older.receive(new ChannelMessage.ProbeReply(
                older.sent(ChannelMessage.Probe.class).id()));
        domain.clock.advance(Duration.ofDays(100));
        TestAgent.Socket refused = agent.open();
        refused.receive(agent.auth(refused));
        assertThat(refused.closed).contains("clone");
        assertThat(audited("device.renew")).isEmpty();
        domain.transactions.run(() -> domain.get(Directory.class).clearQuarantine(owner, agent.uid(), null));
        assertThat(comesBack()).isNotEmpty();
    }

    @Test
    void nextKeyOfADeviceInQuarantineIsNotAdopted() throws Exception {
        DeviceIdentityKey first = agent.identity;
        List<String> firstChain = agent.chain;
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        socket.receive(request(first, next));
        List<String> chain = socket.sent(ChannelMessage.Renewed.class).chain();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        socket.receive(new ChannelMessage.ProbeReply(
                socket.sent(ChannelMessage.Probe.class).id()));
        use(next, chain);
        TestAgent.Socket refused = agent.open();
        refused.receive(agent.auth(refused));
        assertThat(refused.closed).isPresent();
        assertThat(inForce()).isEqualTo(first.publicKey());
        domain.transactions.run(() -> domain.get(Directory.class).clearQuarantine(owner, agent.uid(), null));
        use(first, firstChain);
        assertThat(comesBack()).isEmpty();
    }

    @Test
    void revokedDeviceGetsNoCertificateThroughTheChannelThatIsBeingClosed() throws Exception {
        TestAgent.Socket socket = agent.online();
        domain.transactions.run(() -> domain.get(Lifecycle.class).revoke(owner, agent.uid(), null));
        socket.receive(request(agent.identity, DeviceIdentityKey.generate()));
        assertThat(socket.has(ChannelMessage.Renewed.class)).isFalse();
        assertThat(audited("device.channel")).first().satisfies(row -> assertThat(row.detail())
                .contains("renewal"));
    }

    @Test
    void deviceThatWasOffForTooLongOrWasRevokedStaysOut() throws Exception {
        TestAgent revoked = TestAgent.enrolled(domain, owner, sample.root);
        domain.transactions.run(() -> domain.get(Lifecycle.class).revoke(owner, revoked.uid(), null));
        domain.clock.advance(Duration.ofDays(100));
        TestAgent.Socket socket = revoked.open();
        socket.receive(revoked.auth(socket));
        assertThat(socket.closed).contains("revoked");
        domain.clock.advance(Renewals.ABSENCE);
        TestAgent.Socket late = agent.open();
        late.receive(agent.auth(late));
        assertThat(late.closed).contains("bad-proof");
    }
}
