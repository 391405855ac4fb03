package org.bascule.domain.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.DeviceState;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.OwnerSwitchView;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.TestRelayHost;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.OwnerMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceChannelsTest {

    private final TestDomain domain = new TestDomain().started();
    private final DeviceChannels channels = domain.get(DeviceChannels.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @BeforeEach
    void enrol() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
    }

    private DeviceState state() throws RefusedException {
        return domain.get(Directory.class).device(owner, agent.uid()).device().state();
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    @Test
    void bothProveThemselvesAndTheDeviceIsOnline() throws Exception {
        TestAgent.Socket socket = agent.open();
        ChannelMessage.Auth auth = agent.auth(socket);
        socket.receive(auth);
        ChannelMessage.Welcome welcome = socket.sent(ChannelMessage.Welcome.class);
        KeySet keys = KeySet.verify(welcome.keySet(), agent.enrolled.root());
        ControlTranscript transcript = new ControlTranscript(
                socket.sent(ChannelMessage.Hello.class).nonce(), auth.nonce(), auth.server(), auth.uid(), auth.spki());
        keys.controlKey(welcome.kid(), domain.clock.instant())
                .verify(transcript.forServer(welcome.time()), welcome.signature());
        assertThat(channels.isOnline(agent.uid())).isFalse();

        socket.receive(agent.ready());
        assertThat(state()).isEqualTo(DeviceState.ONLINE);
        assertThat(channels.isOnline(agent.uid())).isTrue();
        socket.lose();
        assertThat(state()).isEqualTo(DeviceState.OFFLINE);
        assertThat(domain.live)
                .filteredOn(LiveEvent.DeviceChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.DeviceChanged) event).state())
                .containsExactly("online", "offline");
    }

    @Test
    void theOwnersSwitchIsShownAndToldOnce() throws Exception {
        TestAgent.Socket socket = agent.online();
        assertThat(ownerSwitch()).isEqualTo(new OwnerSwitchView(true, null, null, null));
        domain.live.clear();
        Instant until = domain.clock.instant().plus(Duration.ofHours(8)).truncatedTo(ChronoUnit.MILLIS);
        OwnerMessage.Switch off = new OwnerMessage.Switch(false, "as-left", Optional.of(until), "welding\u202e\n");
        socket.receive(off);
        socket.receive(off);
        assertThat(ownerSwitch()).isEqualTo(new OwnerSwitchView(false, "as-left", until, "welding"));
        assertThat(domain.live)
                .filteredOn(LiveEvent.DeviceChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.DeviceChanged) event).state())
                .containsExactly("online");
        socket.lose();
        assertThat(ownerSwitch().on())
                .as("it stays off whether it is online or not")
                .isFalse();
        agent.online().receive(new OwnerMessage.Switch(true, "what", Optional.of(until), "x"));
        assertThat(ownerSwitch()).isEqualTo(new OwnerSwitchView(true, null, null, null));
    }

    private OwnerSwitchView ownerSwitch() throws RefusedException {
        return domain.get(Directory.class).device(owner, agent.uid()).device().ownerSwitch();
    }

    @Test
    void refusalsHaveTheirCodesAndAreAudited() {
        refused("wrong-server", agent.open(), "evil.example", TestDomain.SPKI, agent.identity);
        refused("tls-intercepted", agent.open(), "bascule.example", "B".repeat(42) + "A", agent.identity);
        refused("bad-proof", agent.open(), "bascule.example", TestDomain.SPKI, DeviceIdentityKey.generate());
        assertThat(audited("device.channel"))
                .extracting(AuditEntry::detail)
                .containsExactly("bad-proof", "tls-intercepted", "wrong-server");
        assertThat(audited("device.channel"))
                .allSatisfy(row -> assertThat(row.outcome()).isEqualTo("denied"));
    }

    private void refused(String code, TestAgent.Socket socket, String server, String spki, DeviceIdentityKey key) {
        socket.receive(agent.auth(socket, server, spki, key));
        assertThat(socket.closed).contains(code);
        assertThat(socket.has(ChannelMessage.Welcome.class)).isFalse();
    }

    @Test
    void repeatedRefusalsAreOneRowAMinute() {
        for (int i = 0; i < 50; i++) {
            refused("wrong-server", agent.open(), "evil.example", TestDomain.SPKI, agent.identity);
        }
        assertThat(audited("device.channel")).hasSize(1);
        domain.clock.advance(Duration.ofSeconds(61));
        channels.sweep();
        assertThat(audited("device.channel"))
                .extracting(AuditEntry::detail)
                .containsExactly("wrong-server (49 times)", "wrong-server");
    }

    @Test
    void replayedProofIsWorthNothing() {
        TestAgent.Socket first = agent.open();
        ChannelMessage.Auth auth = agent.auth(first);
        TestAgent.Socket second = agent.open();
        second.receive(auth);
        assertThat(second.closed).contains("bad-proof");
    }

    @Test
    void silenceOfMoreThan25SecondsIsOffline() throws Exception {
        TestAgent.Socket socket = agent.online();
        domain.clock.advance(Duration.ofSeconds(20));
        socket.receive(new ChannelMessage.Heartbeat());
        assertThat(socket.has(ChannelMessage.Heartbeat.class)).isTrue();
        domain.clock.advance(Duration.ofSeconds(25));
        channels.sweep();
        assertThat(state()).isEqualTo(DeviceState.ONLINE);
        domain.clock.advance(Duration.ofSeconds(1));
        channels.sweep();
        assertThat(state()).isEqualTo(DeviceState.OFFLINE);
        assertThat(socket.closed).isPresent();
    }

    /** A server that was suspended, or whose clock was set, has heard nobody meanwhile. */
    @Test
    void whoWasSilentWhileTheServerStoodStillHasTimeAgain() throws Exception {
        TestAgent.Socket socket = agent.online();
        channels.sweep();
        domain.clock.advance(Duration.ofSeconds(60));
        channels.sweep();
        assertThat(socket.closed).isEmpty();
        for (int i = 0; i < 26; i++) {
            domain.clock.advance(Duration.ofSeconds(1));
            channels.sweep();
        }
        assertThat(socket.closed).as("it still says nothing").contains("protocol");
    }

    @Test
    void proofThatWaitsForItsTurnIsNotLate() throws Exception {
        TestAgent.Socket socket = agent.open();
        ChannelMessage.Auth auth = agent.auth(socket);
        channels.heard(socket);
        domain.clock.advance(Duration.ofSeconds(39));
        channels.sweep();
        assertThat(socket.closed).isEmpty();
        socket.receive(auth);
        assertThat(socket.has(ChannelMessage.Welcome.class)).isTrue();

        TestAgent.Socket idler = agent.open();
        channels.heard(idler);
        domain.clock.advance(Duration.ofSeconds(41));
        channels.sweep();
        assertThat(idler.closed).as("whatever it said was no proof").contains("protocol");
    }

    @Test
    void whoDoesNotProveItselfIsClosed() {
        TestAgent.Socket socket = agent.open();
        domain.clock.advance(Duration.ofSeconds(11));
        channels.sweep();
        assertThat(socket.closed).contains("protocol");
        TestAgent.Socket eager = agent.open();
        eager.receive(agent.ready());
        assertThat(eager.closed).contains("protocol");
    }

    @Test
    void silentOlderChannelIsReplacedAfterFiveSeconds() throws Exception {
        TestAgent.Socket older = agent.online();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        assertThat(older.has(ChannelMessage.Probe.class)).isTrue();
        assertThat(newer.has(ChannelMessage.Welcome.class)).isFalse();
        domain.clock.advance(Duration.ofSeconds(4));
        channels.sweep();
        assertThat(newer.has(ChannelMessage.Welcome.class)).isFalse();
        domain.clock.advance(Duration.ofSeconds(1));
        channels.sweep();
        assertThat(older.closed).contains("busy");
        newer.receive(agent.ready());
        assertThat(state()).isEqualTo(DeviceState.ONLINE);
        older.lose();
        assertThat(state()).as("the end of the older channel changes nothing").isEqualTo(DeviceState.ONLINE);
    }

    @Test
    void newerChannelNeedNotWaitWhenTheOlderOneEnds() throws Exception {
        TestAgent.Socket older = agent.online();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        older.lose();
        assertThat(newer.has(ChannelMessage.Welcome.class)).isTrue();
        newer.receive(agent.ready());
        assertThat(state()).isEqualTo(DeviceState.ONLINE);
    }

    @Test
    void twoThatAnswerAreClonesUntilSomebodyClearsIt() throws Exception {
        TestAgent.Socket older = agent.online();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        older.receive(new ChannelMessage.ProbeReply("guessed"));
        assertThat(older.closed).isEmpty();
        older.receive(new ChannelMessage.ProbeReply(
                older.sent(ChannelMessage.Probe.class).id()));
        assertThat(older.closed).contains("clone");
        assertThat(newer.closed).contains("clone");
        assertThat(state()).isEqualTo(DeviceState.QUARANTINED);
        assertThat(audited("device.clone")).hasSize(1);
        assertThat(domain.live).contains(new LiveEvent.DeviceAlarm(sample.id, agent.uid(), "clone"));
        TestAgent.Socket again = agent.open();
        again.receive(agent.auth(again));
        assertThat(again.closed).contains("clone");
        domain.transactions.run(() -> domain.get(Directory.class).clearQuarantine(owner, agent.uid(), null));
        agent.online();
        assertThat(state()).isEqualTo(DeviceState.ONLINE);
        assertThat(audited("device.clear-quarantine")).hasSize(1);
    }

    @Test
    void revocationRefusesEveryChannelOfTheDeviceTheChallengerToo() throws Exception {
        TestAgent other = TestAgent.enrolled(domain, owner, sample.root);
        TestAgent.Socket bystander = other.online();
        TestAgent.Socket older = agent.online();
        TestAgent.Socket newer = agent.open();
        newer.receive(agent.auth(newer));
        domain.transactions.run(() -> domain.get(Lifecycle.class).revoke(owner, agent.uid(), null));
        assertThat(older.closed).contains("revoked");
        assertThat(newer.closed).contains("revoked");
        older.lose();
        assertThat(newer.has(ChannelMessage.Welcome.class)).isFalse();
        assertThat(bystander.closed).isEmpty();
    }

    @Test
    void batchThatIsSentAgainIsStoredOnce() {
        TestAgent.Socket socket = agent.online();
        SessionId sid = SessionId.random();
        socket.receive(new ReportMessage.Events(0, List.of(event("a", sid), event("b", sid))));
        assertThat(socket.sent(ReportMessage.EventsAck.class).next()).isEqualTo(2);
        socket.receive(new ReportMessage.Events(0, List.of(event("a", sid), event("b", sid))));
        assertThat(socket.sent(ReportMessage.EventsAck.class).next()).isEqualTo(2);
        socket.receive(new ReportMessage.Events(1, List.of(event("b", sid), event("c", sid))));
        assertThat(socket.sent(ReportMessage.EventsAck.class).next()).isEqualTo(3);
        assertThat(audited("device.report"))
                .extracting(AuditEntry::detail)
                .containsExactly("c: text", "b: text", "a: text");
        assertThat(audited("device.report")).allSatisfy(row -> {
            assertThat(row.sid()).isEqualTo(sid.hex());
            assertThat(row.resourceId()).isEqualTo(agent.uid());
        });
    }

    private DeviceEvent event(String code, SessionId sid) {
        return new DeviceEvent(domain.clock.instant(), code, Optional.of(sid), "text", 1);
    }

    @Test
    void endorsementsNeverGoBack() {
        TestAgent.Socket socket = agent.online();
        long counter = domain.clock.instant().getEpochSecond() + 10;
        socket.receive(new ChannelMessage.EndorsementReport(agent.endorsement(counter)));
        socket.lose();
        TestAgent.Socket again = agent.open();
        again.receive(agent.auth(again));
        again.receive(new ChannelMessage.Ready(agent.endorsement(counter - 1), "0.1", "Debian", Optional.empty()));
        assertThat(again.closed).contains("bad-proof");
    }

    @Test
    void endorsementThatIsStoredIsTakenAgainAsLongAsItIsValid() {
        Endorsement endorsement = agent.endorsement(10);
        for (int i = 0; i < 2; i++) {
            TestAgent.Socket socket = proved();
            socket.receive(new ChannelMessage.Ready(endorsement, "0.1", "Debian", Optional.empty()));
            socket.receive(new ChannelMessage.Heartbeat());
            assertThat(socket.closed).isEmpty();
            socket.lose();
        }
        byte[] signature = endorsement.signature();
        signature[0] ^= 1;
        TestAgent.Socket forged = proved();
        forged.receive(new ChannelMessage.Ready(
                new Endorsement(
                        endorsement.key(),
                        endorsement.notBefore(),
                        endorsement.notAfter(),
                        endorsement.counter(),
                        signature),
                "0.1",
                "Debian",
                Optional.empty()));
        assertThat(forged.closed).contains("bad-proof");
        domain.clock.advance(Duration.ofHours(24));
        TestAgent.Socket late = proved();
        late.receive(new ChannelMessage.Ready(endorsement, "0.1", "Debian", Optional.empty()));
        assertThat(late.closed).contains("bad-proof");
    }

    private TestAgent.Socket proved() {
        TestAgent.Socket socket = agent.open();
        socket.receive(agent.auth(socket));
        return socket;
    }

    @Test
    void inventoryIsShown() throws Exception {
        TestAgent.Socket socket = agent.online();
        socket.receive(new ReportMessage.InventoryReport(
                Json.createObjectBuilder().add("cpu", "old <b>one</b>").build()));
        assertThat(domain.get(Directory.class).device(owner, agent.uid()).inventory())
                .isEqualTo("{\"cpu\":\"old <b>one</b>\"}");
    }

    @Test
    void withoutASignedKeySetNobodyGetsIn() {
        TestDomain unsigned = new TestDomain();
        unsigned.get(Installation.class).start();
        TestAgent.Socket socket = agent.new Socket();
        unsigned.get(DeviceChannels.class).opened(socket);
        unsigned.get(DeviceChannels.class).received(socket, agent.auth(socket));
        assertThat(socket.closed).contains("busy");
    }

    /** Within a second, with every change, and no more often. */
    @Test
    void devicesThatAreOnlineAreToldOfTheRelays() throws Exception {
        TestAgent.Socket socket = agent.online();
        for (int i = 0; i < 3; i++) {
            channels.sweep();
        }
        assertThat(relays(socket)).isEqualTo(1);
        new TestRelayHost(domain, "r9").approved();
        TestAgent.Socket greeted = agent.open();
        channels.sweep();
        channels.sweep();
        assertThat(relays(socket)).isEqualTo(2);
        assertThat(relays(greeted)).as("one that has not proved itself").isZero();
    }

    private static long relays(TestAgent.Socket socket) {
        return socket.sent.stream()
                .filter(ChannelMessage.Relays.class::isInstance)
                .count();
    }
}
