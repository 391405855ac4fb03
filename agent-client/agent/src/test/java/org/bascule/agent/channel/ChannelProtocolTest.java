package org.bascule.agent.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.trust.DeviceCertificates;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent's protocol against an access server's half made of the same wire classes and real keys. */
class ChannelProtocolTest {

    private static final byte[] NONCE = Sha256.of("server nonce");
    private static final byte[] SPKI = Sha256.of("server certificate");
    private static final String AUTHORITY = "bascule.example:8443";

    private Path folder;
    private final TestInstallation installation = new TestInstallation();
    private final MutableClock time = new MutableClock(Instant.parse("1999-01-01T00:00:00Z"));
    private final ChannelClock clock = new ChannelClock(time, time::nanos);
    private final List<ControlMessage> sent = new ArrayList<>();
    private final List<Object> heard = new ArrayList<>();
    private TestInstallation.Enrolled device;
    private ChannelProtocol protocol;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        connect();
    }

    private void connect() throws Exception {
        device = installation.enrolled(folder);
        DeviceIdentity identity = device.own(clock);
        StaticKeys staticKeys = new StaticKeys(device.state(), device.registration(), identity, clock);
        protocol = new ChannelProtocol(
                new ChannelProtocol.Self(device.registration(), identity, HardwareId.NONE, "1.0", "Linux", () -> 7),
                identity.forConnection(),
                new ChannelProtocol.Connection(AUTHORITY, SPKI),
                device.keySets(),
                staticKeys,
                clock,
                sent::add,
                new Recording());
    }

    private final class Recording implements ChannelListener {
        @Override
        public void ready(ChannelMessage.Welcome welcome, Instant channelStart) {
            heard.add(channelStart);
        }

        @Override
        public void offered(SessionMessage.SessionOffer offer) {
            heard.add(offer);
        }

        @Override
        public void relayed(SessionMessage.SessionRelay relay) {
            heard.add(relay);
        }

        @Override
        public void updated(SessionMessage.SessionUpdate update) {
            heard.add(update);
        }

        @Override
        public void ended(SessionMessage.SessionEnd end) {
            heard.add(end);
        }

        @Override
        public void asked(ConsentMessage.Ask question) {
            heard.add(question);
        }

        @Override
        public void cancelled(ConsentMessage.Cancel cancelled) {
            heard.add(cancelled);
        }

        @Override
        public void reserved(SessionMessage.SessionReserve reserve) {
            heard.add(reserve);
        }

        @Override
        public void transportLost(SessionMessage.SessionLost lost) {
            heard.add(lost);
        }

        @Override
        public void listed(RelayList relays) {
            heard.add(relays);
        }

        @Override
        public void acknowledged(ReportMessage.EventsAck ack) {
            heard.add(ack);
        }

        @Override
        public void assisted(ReportMessage.AssistState state) {
            heard.add(state);
        }

        @Override
        public void refused(ChannelException why) {
            heard.add("refused " + why.code());
        }

        @Override
        public void lost(ChannelException why) {
            heard.add(why);
        }
    }

    private ChannelMessage.Auth hello() throws Exception {
        protocol.received(new ChannelMessage.Hello(NONCE).toJson());
        return (ChannelMessage.Auth) sent.get(0);
    }

    private static ControlTranscript transcript(ChannelMessage.Auth auth) {
        return new ControlTranscript(NONCE, auth.nonce(), AUTHORITY, auth.uid(), SPKI);
    }

    private String welcome(ChannelMessage.Auth auth, ControlSigningKey key, String keySet) {
        return new ChannelMessage.Welcome(
                        key.publicKey().kid(),
                        key.sign(transcript(auth).forServer(TestInstallation.NOW)),
                        TestInstallation.NOW,
                        10,
                        keySet,
                        "service",
                        "press 7")
                .toJson();
    }

    private void becomeReady() throws Exception {
        protocol.received(welcome(hello(), installation.controlKey, installation.keySet(1)));
    }

    private ChannelException failure(String message) {
        return catchThrowableOfType(ChannelException.class, () -> protocol.received(message));
    }

    @Test
    void agentProvesItselfOverTheTranscript() throws Exception {
        ChannelMessage.Auth auth = hello();
        assertThat(auth.server()).isEqualTo(AUTHORITY);
        assertThat(auth.spki()).isEqualTo(SPKI);
        var identity = DeviceCertificates.verify(
                DeviceCertificates.parseChain(auth.chain()),
                device.keySets().current(),
                installation.domain,
                auth.uid(),
                TestInstallation.NOW);
        identity.verify(transcript(auth).forAgent(), auth.signature());
    }

    @Test
    void nonceIsFreshOnEveryConnection() throws Exception {
        byte[] first = hello().nonce();
        connect();
        sent.clear();
        assertThat(hello().nonce()).isNotEqualTo(first);
    }

    @Test
    void provedServerMakesTheDeviceReadyWithAnEndorsedKeyAndTheServersTime() throws Exception {
        becomeReady();
        assertThat(protocol.isReady()).isTrue();
        assertThat(heard).containsExactly(TestInstallation.NOW);
        assertThat(clock.instant()).isEqualTo(TestInstallation.NOW);
        ChannelMessage.Ready ready = (ChannelMessage.Ready) sent.get(1);
        ready.endorsement()
                .verify(device.identity().publicKey(), installation.uid, installation.domain, TestInstallation.NOW);
        assertThat(ready.log()).as("the head that it has seen").isEqualTo(7);
    }

    /** Each echo belongs to the oldest heartbeat that has none. */
    @Test
    void theEchoOfAHeartbeatSaysHowFarTheServerIs() throws Exception {
        becomeReady();
        sent.clear();
        String echo = new ChannelMessage.Heartbeat().toJson();
        protocol.received(echo);
        CompletableFuture<Duration> first = protocol.beat();
        assertThat(sent).containsExactly(new ChannelMessage.Heartbeat());
        time.advance(Duration.ofMillis(20));
        CompletableFuture<Duration> second = protocol.beat();
        time.advance(Duration.ofMillis(10));
        protocol.received(echo);
        assertThat(first).isCompletedWithValue(Duration.ofMillis(30));
        assertThat(second).isNotDone();
        protocol.received(echo);
        assertThat(second).isCompletedWithValue(Duration.ofMillis(10));
    }

    @Test
    void keyThatIsNotInTheSetIsNotTrusted() throws Exception {
        ChannelMessage.Auth auth = hello();
        ChannelException e = failure(welcome(auth, ControlSigningKey.generate(), installation.keySet(1)));
        assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(protocol.isReady()).isFalse();
        assertThat(heard).isEmpty();
    }

    @Test
    void proofOfAnotherTranscriptIsNotTrusted() throws Exception {
        ChannelMessage.Auth auth = hello();
        ControlTranscript other = new ControlTranscript(NONCE, NONCE, AUTHORITY, auth.uid(), SPKI);
        String forged = new ChannelMessage.Welcome(
                        installation.controlKey.publicKey().kid(),
                        installation.controlKey.sign(other.forServer(TestInstallation.NOW)),
                        TestInstallation.NOW,
                        10,
                        installation.keySet(1),
                        "",
                        "press 7")
                .toJson();
        assertThat(failure(forged).reason()).isEqualTo(Reason.NOT_TRUSTED);
    }

    /** A clock that was set back would make a ticket or a control key of yesterday count again. */
    @Test
    void timeThatTheServerDidNotSignIsNotTaken() throws Exception {
        ChannelMessage.Auth auth = hello();
        String forged = new ChannelMessage.Welcome(
                        installation.controlKey.publicKey().kid(),
                        installation.controlKey.sign(transcript(auth).forServer(TestInstallation.NOW)),
                        TestInstallation.NOW.minusMillis(1),
                        10,
                        installation.keySet(1),
                        "",
                        "press 7")
                .toJson();
        assertThat(failure(forged).reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(heard).isEmpty();
    }

    /** Whoever has an old control key signs a time with it at which it was valid. */
    @Test
    void timeWellBeforeThatOfAnEarlierChannelIsNotTaken() throws Exception {
        becomeReady();
        time.advance(ChannelClock.MAX_BACK);
        again();
        becomeReady();
        assertThat(clock.instant()).as("servers that differ a little").isEqualTo(TestInstallation.NOW);

        time.advance(Duration.ofMillis(1));
        again();
        ChannelMessage.Auth auth = hello();
        ChannelException e = failure(welcome(auth, installation.controlKey, installation.keySet(1)));
        assertThat(e.reason()).as("and not in small steps either").isEqualTo(Reason.TIME_BACK);
        assertThat(e).hasMessageContaining("before that of an earlier channel");
        assertThat(protocol.isReady()).isFalse();
        assertThat(clock.instant()).isEqualTo(TestInstallation.NOW.plusMillis(1));
        assertThat(heard).hasSize(2);
    }

    private void again() throws Exception {
        sent.clear();
        connect();
    }

    @Test
    void agentsOwnProofSentBackIsNotTrusted() throws Exception {
        ChannelMessage.Auth auth = hello();
        String reflected = new ChannelMessage.Welcome(
                        installation.controlKey.publicKey().kid(),
                        auth.signature(),
                        TestInstallation.NOW,
                        10,
                        installation.keySet(1),
                        "",
                        "press 7")
                .toJson();
        assertThat(failure(reflected).reason()).isEqualTo(Reason.NOT_TRUSTED);
    }

    @Test
    void keySetOfAnotherRootIsNotTrusted() throws Exception {
        TestInstallation other = new TestInstallation();
        ChannelMessage.Auth auth = hello();
        assertThat(failure(welcome(auth, other.controlKey, other.keySet(9))).reason())
                .isEqualTo(Reason.NOT_TRUSTED);
    }

    @Test
    void keySetOlderThanTheNewestSeenIsNotTrusted() throws Exception {
        device.keySets().offer(installation.keySet(5));
        ChannelMessage.Auth auth = hello();
        ChannelException e = failure(welcome(auth, installation.controlKey, installation.keySet(4)));
        assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED);
        assertThat(e).hasMessageContaining("older than 5");
    }

    @Test
    void offerBeforeTheProofIsAViolation() throws Exception {
        String offer = new SessionMessage.SessionOffer(SessionId.random(), new byte[] {1}, "ticket", "").toJson();
        assertThat(failure(offer).reason()).isEqualTo(Reason.PROTOCOL);
        connect();
        hello();
        assertThat(failure(offer).reason()).isEqualTo(Reason.PROTOCOL);
        assertThat(heard).isEmpty();
    }

    @Test
    void refusalIsPassedOnWithItsCode() throws Exception {
        hello();
        ChannelException e = failure(new ChannelMessage.Refusal("tls-intercepted", "exempt this host").toJson());
        assertThat(e.reason()).isEqualTo(Reason.REFUSED);
        assertThat(e).hasMessage("tls-intercepted: exempt this host");
    }

    @Test
    void refusalIsProvenOnlyAfterTheServersProof() throws Exception {
        String revoked = new ChannelMessage.Refusal("revoked", "").toJson();
        assertThat(failure(revoked).isProven()).isFalse();
        ChannelMessage.Auth auth = hello();
        assertThat(failure(revoked).isProven()).isFalse();
        protocol.received(welcome(auth, installation.controlKey, installation.keySet(1)));
        assertThat(failure(revoked).isProven()).isTrue();
    }

    @Test
    void aListOfRelaysCountsIfTheServerOfThisChannelSignedIt() throws Exception {
        becomeReady();
        RelayList list = new RelayList(
                1,
                TestInstallation.NOW,
                TestInstallation.NOW.plus(RelayList.VALIDITY),
                List.of(new RelayList.Entry(new RelayAddress("r1", "wss://relay.example"), "")),
                "probe");
        protocol.received(new ChannelMessage.Relays(list.sign(installation.controlKey)).toJson());
        assertThat(heard).containsExactly(TestInstallation.NOW, list);
        protocol.received(new ChannelMessage.Relays(list.sign(ControlSigningKey.generate())).toJson());
        protocol.received(new ChannelMessage.Relays("something else").toJson());
        time.advance(RelayList.VALIDITY.plusSeconds(1));
        protocol.received(new ChannelMessage.Relays(list.sign(installation.controlKey)).toJson());
        assertThat(heard).hasSize(2);
        protocol.received(new ChannelMessage.Probe("p1").toJson());
        assertThat(sent).as("the channel stays").contains(new ChannelMessage.ProbeReply("p1"));
    }

    @Test
    void probeIsAnswered() throws Exception {
        becomeReady();
        protocol.received(new ChannelMessage.Probe("p1").toJson());
        assertThat(sent.get(2)).isEqualTo(new ChannelMessage.ProbeReply("p1"));
    }

    @Test
    void heartbeatIsSentOnlyWhenNothingElseWas() throws Exception {
        becomeReady();
        time.advance(Duration.ofSeconds(9));
        protocol.tick();
        assertThat(sent).hasSize(2);
        protocol.received(new ChannelMessage.Probe("p1").toJson());
        time.advance(Duration.ofSeconds(9));
        protocol.tick();
        assertThat(sent).hasSize(3);
        time.advance(Duration.ofSeconds(1));
        protocol.tick();
        assertThat(sent.get(3)).isEqualTo(new ChannelMessage.Heartbeat());
    }

    @Test
    void silenceOfTwentyFiveSecondsEndsTheConnection() throws Exception {
        becomeReady();
        time.advance(Duration.ofSeconds(25));
        protocol.tick();
        protocol.received(new ChannelMessage.Heartbeat().toJson());
        time.advance(Duration.ofSeconds(25));
        protocol.tick();
        time.advance(Duration.ofMillis(1));
        assertThat(catchThrowableOfType(ChannelException.class, () -> protocol.tick())
                        .reason())
                .isEqualTo(Reason.SILENT);
    }

    @Test
    void serverThatNeverSaysHelloIsSilent() {
        time.advance(Duration.ofSeconds(26));
        assertThat(catchThrowableOfType(ChannelException.class, () -> protocol.tick())
                        .reason())
                .isEqualTo(Reason.SILENT);
    }

    @Test
    void unknownTypesAreIgnoredAndMalformedMessagesAreNot() throws Exception {
        becomeReady();
        protocol.received("{\"type\":\"from.the.future\",\"x\":1}");
        assertThat(protocol.isReady()).isTrue();
        for (String bad : List.of("", "[]", "{", "{\"type\":7}", "{\"type\":\"session.offer\"}")) {
            assertThat(failure(bad).reason()).as(bad).isEqualTo(Reason.PROTOCOL);
        }
    }

    @Test
    void staticKeyIsRenewedAfterSixteenHoursAndTheServerIsTold() throws Exception {
        becomeReady();
        time.advance(Duration.ofHours(16));
        protocol.received(new ChannelMessage.Heartbeat().toJson());
        protocol.tick();
        ChannelMessage.Ready first = (ChannelMessage.Ready) sent.get(1);
        ChannelMessage.EndorsementReport second = (ChannelMessage.EndorsementReport) sent.get(2);
        assertThat(second.endorsement().counter())
                .isGreaterThan(first.endorsement().counter());
        assertThat(second.endorsement().key()).isNotEqualTo(first.endorsement().key());
    }

    @Test
    void offersAndTheRestReachTheListener() throws Exception {
        becomeReady();
        SessionId sid = SessionId.random();
        protocol.received(new SessionMessage.SessionOffer(sid, new byte[] {1}, "t", "192.0.2.1").toJson());
        protocol.received(new SessionMessage.SessionEnd(sid, "revoked").toJson());
        protocol.received(new ReportMessage.EventsAck(7).toJson());
        assertThat(heard).hasSize(4);
        assertThat(heard.get(2)).isEqualTo(new SessionMessage.SessionEnd(sid, "revoked"));
        assertThat(heard.get(3)).isEqualTo(new ReportMessage.EventsAck(7));
    }
}
