package org.bascule.wire.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceStaticPublicKey;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.trust.Endorsement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ControlMessageTest {

    private static final List<ReserveRelay> RESERVE =
            List.of(new ReserveRelay(new RelayAddress("r2", "wss://relay-2.example/relay"), "other token"));

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    static Stream<ControlMessage> messages() {
        SessionId sid = SessionId.random();
        Endorsement endorsement = Endorsement.sign(
                DeviceIdentityKey.generate(),
                "uid",
                "domain",
                new DeviceStaticPublicKey(new byte[32]),
                NOW,
                NOW.plusSeconds(10),
                1);
        return Stream.of(
                new ChannelMessage.Hello(new byte[32]),
                new ChannelMessage.Auth(new byte[32], "access.example", "u", new byte[32], List.of("AA"), new byte[64]),
                new ChannelMessage.Welcome("kid", new byte[64], NOW, 10, "set", "", "name"),
                new ChannelMessage.Ready(
                        endorsement,
                        "1",
                        "Linux",
                        Optional.of(Json.createObjectBuilder().add("a", 1).build())),
                new ChannelMessage.Welcome("kid", new byte[64], NOW, 10, "set", "", "name", List.of("AA", "BB")),
                new ChannelMessage.Ready(
                        endorsement,
                        "1",
                        "Linux",
                        Optional.empty(),
                        new HardwareId(
                                Optional.of(HardwareId.Kind.SYSTEM.hash(new byte[32], "1")),
                                Optional.empty(),
                                List.of(HardwareId.Kind.NIC.hash(new byte[32], "2"))),
                        12),
                new ChannelMessage.Renew(new byte[9], new byte[64]),
                new ChannelMessage.Renewed(List.of("AA", "BB")),
                new ReportMessage.Assist(
                        "id", "help", Optional.of("Ada"), Optional.empty(), Optional.of("a@example.org"), NOW),
                new ReportMessage.AssistState("id", "taken", "Ada"),
                new ChannelMessage.Heartbeat(),
                new ChannelMessage.Refusal("clone", "detail"),
                new SessionMessage.SessionOffer(sid, new byte[9], "ticket", "127.0.0.1"),
                new SessionMessage.SessionOffer(
                        sid,
                        new byte[9],
                        "ticket",
                        "127.0.0.1",
                        Optional.of(new RelayAddress("r1", "wss://relay.example/relay")),
                        Optional.of(new LogProofs.Growth(3, 5, List.of(new byte[32])))),
                new SessionMessage.SessionAnswer(
                        sid, new byte[9], RelayProofKey.generate().publicKey(), Map.of("r1", 3L), 5),
                new SessionMessage.SessionRefuse(sid, "busy", ""),
                new SessionMessage.SessionRelay(sid, new RelayAddress("r1", "wss://relay.example/relay"), "token"),
                new SessionMessage.SessionRelay(
                        sid, new RelayAddress("r1", "wss://relay.example/relay"), "token", RESERVE),
                new SessionMessage.SessionRelays(
                        sid, RelayProofKey.generate().publicKey(), List.of("r1", "r2"), List.of("r3")),
                new SessionMessage.SessionReserve(sid, RESERVE),
                new SessionMessage.SessionLost(sid, 7, List.of("r3")),
                new SessionMessage.SessionUpdate(sid, "ticket"),
                new SessionMessage.SessionEnd(sid, "ended"),
                new SessionMessage.SessionEnded(sid, "done", 1, 2, "127.0.0.1"),
                new ReportMessage.Events(
                        7, List.of(new DeviceEvent(NOW, "session.refused", Optional.of(sid), "why", 3))),
                new ReportMessage.EventsAck(8),
                new ReportMessage.InventoryReport(Json.createObjectBuilder().build()),
                new ChannelMessage.EndorsementReport(endorsement),
                new ChannelMessage.Relays("signed list"),
                new ChannelMessage.Probe("p"),
                new ChannelMessage.ProbeReply("p"));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void aMessageComesBackAsItWasWritten(ControlMessage message) throws WireException {
        assertThat(ControlMessage.parse(message.toJson()))
                .get()
                .usingRecursiveComparison()
                .isEqualTo(message);
    }

    @Test
    void everyTypeIsAmongTheMessagesAbove() {
        long types = Stream.of(ControlMessage.class.getPermittedSubclasses())
                .mapToLong(group -> group.getPermittedSubclasses().length)
                .sum();
        assertThat(messages().map(Object::getClass).distinct()).hasSize((int) types);
    }

    @Test
    void anUnknownTypeIsIgnored() throws WireException {
        assertThat(ControlMessage.parse("{\"type\":\"later\",\"x\":1}")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"type\":1}",
                "{\"type\":\"hello\"}",
                "{\"type\":\"hello\",\"nonce\":\"AA\"}",
                "{\"type\":\"session.end\",\"sid\":\"../../etc/passwd\",\"reason\":\"x\"}",
                "{\"type\":\"session.end\",\"sid\":\"00000000000000000000000000000000\",\"reason\":\"\"}",
                "{\"type\":\"events\",\"first\":-1,\"events\":[]}",
                "{\"type\":\"events\",\"first\":0,\"events\":[{\"time\":\"never\",\"code\":\"x\"}]}"
            })
    void refusesWhatIsMalformed(String text) {
        assertThatThrownBy(() -> ControlMessage.parse(text)).isInstanceOf(WireException.class);
    }

    @Test
    void refusesWhatIsTooLong() {
        String text = "{\"type\":\"hb\",\"x\":\"" + "y".repeat(ControlMessage.MAX_LENGTH) + "\"}";
        assertThatThrownBy(() -> ControlMessage.parse(text))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.TOO_LARGE));
    }

    @Test
    void anEndorsementIsBoundToDeviceDomainAndTime() throws WireException {
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        Endorsement endorsement = Endorsement.sign(
                identity, "uid", "domain", new DeviceStaticPublicKey(new byte[32]), NOW, NOW.plusSeconds(10), 4);
        endorsement.verify(identity.publicKey(), "uid", "domain", NOW);
        assertThatThrownBy(() -> endorsement.verify(identity.publicKey(), "other", "domain", NOW))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> endorsement.verify(identity.publicKey(), "uid", "other", NOW))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> endorsement.verify(identity.publicKey(), "uid", "domain", NOW.plusSeconds(11)))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> endorsement.verify(DeviceIdentityKey.generate().publicKey(), "uid", "domain", NOW))
                .isInstanceOf(WireException.class);
    }
}
