package org.bascule.wire.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.KeySetRequest;
import org.bascule.wire.trust.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TicketTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final RootSigningKey ROOT = RootSigningKey.generate();
    private static final TicketSigningKey KEY = TicketSigningKey.generate();
    private static final ControlSigningKey CONTROL = ControlSigningKey.generate();
    private static final RelayTokenSigningKey RELAY = RelayTokenSigningKey.generate();

    private static String keySetText() {
        return new KeySetRequest(
                        "https://access.example",
                        1,
                        List.of(
                                entry(KeySet.Role.TICKET, KEY.publicKey().raw()),
                                entry(KeySet.Role.CONTROL, CONTROL.publicKey().raw()),
                                entry(KeySet.Role.RELAY_TOKEN, RELAY.publicKey().raw())),
                        List.of(TestCa.certificate()))
                .sign(ROOT, NOW);
    }

    private static KeySet.Entry entry(KeySet.Role role, byte[] raw) {
        return new KeySet.Entry(role, raw, NOW.minusSeconds(1), NOW.plus(Duration.ofDays(1)));
    }

    private static KeySet keySet() throws WireException {
        return KeySet.verify(keySetText(), ROOT.publicKey());
    }

    private static Ticket ticket() {
        return ticket(Demands.NONE);
    }

    private static Ticket ticket(Demands demands) {
        return new Ticket(
                "https://access.example",
                "01990000-0000-7000-8000-000000000001",
                new byte[32],
                "01990000-0000-7000-8000-000000000002",
                "01990000-0000-7000-8000-000000000003",
                "engineer",
                SessionId.random(),
                "jti-1",
                1,
                new byte[32],
                Operations.of("terminal"),
                "service",
                Optional.of("2"),
                Optional.of(NOW),
                Optional.of("why"),
                NOW,
                NOW,
                NOW.plusSeconds(60),
                NOW.plusSeconds(300),
                NOW.plusSeconds(3600),
                demands);
    }

    @Test
    void aTicketComesBackAsItWasSigned() throws WireException {
        Ticket ticket = ticket();
        Ticket read = Ticket.verify(ticket.sign(KEY), keySet(), NOW);
        assertThat(read).usingRecursiveComparison().isEqualTo(ticket);
    }

    @ParameterizedTest
    @MethodSource
    void soDoWhatThePolicyDemands(Demands demands) throws WireException {
        Ticket read = Ticket.verify(ticket(demands).sign(KEY), keySet(), NOW);
        assertThat(read.demands()).isEqualTo(demands);
    }

    static Stream<Demands> soDoWhatThePolicyDemands() {
        return Stream.of(
                Demands.NONE,
                new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false),
                new Demands(Optional.of(Consent.APPROVER), Optional.of("Anna <b>\u202e\"\n"), true),
                new Demands(Optional.empty(), Optional.empty(), true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"consent\":\"nobody\"}",
                "{\"consent\":1}",
                "{\"approver\":\"Anna\"}",
                "{\"consent\":\"device\",\"approver\":\"Anna\"}",
                "{\"log\":\"yes\"}"
            })
    void aDemandThatIsNotUnderstoodOpensNothing(String extra) throws WireException {
        Jws whole = Jws.parse(ticket().sign(KEY), Ticket.TYP, Ticket.MAX_LENGTH);
        JsonObjectBuilder claims =
                Json.createObjectBuilder(whole.unverifiedClaims().object());
        claims.addAll(Json.createObjectBuilder(StrictJson.parse(extra, 100).object()));
        String text = Jws.sign(Ticket.TYP, claims.build(), KEY);
        assertThatThrownBy(() -> Ticket.verify(text, keySet(), NOW))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.MALFORMED));
    }

    @Test
    void aKeyOfAnotherRoleDoesNotSignTickets() {
        String forged = Jws.sign(
                Ticket.TYP,
                jakarta.json.Json.createObjectBuilder().add("iss", "x").build(),
                CONTROL);
        assertThatThrownBy(() -> Ticket.verify(forged, keySet(), NOW))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.BAD_SIGNATURE));
    }

    @Test
    void aKeyOutsideItsTimeDoesNotSignTickets() {
        String text = ticket().sign(KEY);
        assertThatThrownBy(() -> Ticket.verify(text, keySet(), NOW.plus(Duration.ofDays(1))))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> Ticket.verify(text, keySet(), NOW.minusSeconds(2)))
                .isInstanceOf(WireException.class);
    }

    @Test
    void aRelayTokenIsNoTicketAndExpires() throws WireException {
        RelayToken token = new RelayToken(
                "r1",
                SessionId.random(),
                RelayRole.CLIENT,
                0,
                NOW,
                NOW.plusSeconds(60),
                "jti",
                RelayProofKey.generate().publicKey(),
                "tag");
        String text = token.sign(RELAY);
        assertThat(text.length()).isLessThan(2_048);
        assertThat(RelayToken.verify(text, keySet(), NOW)).isEqualTo(token);
        assertThatThrownBy(() -> Ticket.verify(text, keySet(), NOW)).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> RelayToken.verify(text, keySet(), NOW.plusSeconds(61)))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.EXPIRED));
    }

    @Test
    void aKeySetOfAnotherRootIsRefused() {
        RootSigningKey other = RootSigningKey.generate();
        assertThatThrownBy(() -> KeySet.verify(keySetText(), other.publicKey()))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.BAD_SIGNATURE));
    }

    @Test
    void aKeySetRequestSurvivesItsText() throws WireException {
        KeySetRequest request = new KeySetRequest(
                "https://access.example",
                3,
                List.of(entry(KeySet.Role.LOG, new byte[32])),
                List.of(TestCa.certificate()));
        KeySetRequest read = KeySetRequest.parse(request.toJson());
        assertThat(read.seq()).isEqualTo(3);
        assertThat(read.certificateAuthorities()).isEqualTo(request.certificateAuthorities());
        assertThat(KeySet.verify(read.sign(ROOT, NOW), ROOT.publicKey().hash()).issuer())
                .isEqualTo("https://access.example");
    }
}
