package org.bascule.agent.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bascule.agent.MutableClock;
import org.bascule.agent.TestInstallation;
import org.bascule.agent.TestInstallation.TicketBuilder;
import org.bascule.agent.ticket.OfferRefused.Code;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.ticket.Ticket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TicketGateTest {

    private static final byte[] M1 = "the first handshake message".getBytes(StandardCharsets.UTF_8);

    private Path folder;
    private final TestInstallation installation = new TestInstallation();
    private final MutableClock clock = new MutableClock(TestInstallation.NOW);
    private TestInstallation.Enrolled device;
    private TicketGate gate;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        device = installation.enrolled(folder);
        gate = new TicketGate(device.registration(), device.own(clock), device.keySets(), clock);
        gate.channelStarted(clock.instant());
    }

    private TicketBuilder ticket() {
        return installation.ticket(device.identity().publicKey(), M1);
    }

    private OfferRefused refusal(String ticket) {
        return catchThrowableOfType(OfferRefused.class, () -> gate.admit(ticket, M1));
    }

    @Test
    void rightTicketIsAdmitted() throws Exception {
        TicketBuilder builder = ticket();
        Ticket admitted = gate.admit(builder.sign(), M1);
        assertThat(admitted.sid()).isEqualTo(builder.sid);
        assertThat(admitted.account()).isEqualTo("service");
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                row("another issuer", t -> t.issuer = "https://other.example", Code.TICKET_FOREIGN),
                row("another device", t -> t.device = UUID.randomUUID().toString(), Code.TICKET_FOREIGN),
                row("another domain", t -> t.domain = UUID.randomUUID().toString(), Code.TICKET_FOREIGN),
                row(
                        "another identity key",
                        t -> t.thumbprint =
                                DeviceIdentityKey.generate().publicKey().thumbprint(),
                        Code.TICKET_FOREIGN),
                row("another m1", t -> t.cnf = Sha256.of("other"), Code.TICKET_FOREIGN),
                row("a key that is not in the set", t -> t.key = TicketSigningKey.generate(), Code.TICKET_INVALID),
                row(
                        "expired",
                        t -> {
                            t.issuedAt = TestInstallation.NOW.minusSeconds(20);
                            t.start = Duration.ofSeconds(-11);
                        },
                        Code.TICKET_EXPIRED),
                row(
                        "issued in the future",
                        t -> t.issuedAt = TestInstallation.NOW.plusSeconds(31),
                        Code.TICKET_INVALID),
                row("not yet valid", t -> t.notBefore = TestInstallation.NOW.plusSeconds(31), Code.TICKET_INVALID),
                row(
                        "issued before the channel began",
                        t -> t.issuedAt = TestInstallation.NOW.minusSeconds(31),
                        Code.TICKET_REPLAYED),
                row("a lease that is over", t -> t.lease = Duration.ofSeconds(-31), Code.TICKET_EXPIRED),
                row(
                        "a session that is over",
                        t -> t.sessionExpires = TestInstallation.NOW.minusSeconds(31),
                        Code.TICKET_EXPIRED),
                row(
                        "a session longer than 12 hours",
                        t -> t.sessionExpires = TestInstallation.NOW.plus(Duration.ofHours(13)),
                        Code.TICKET_INVALID));
    }

    private static Arguments row(String name, Consumer<TicketBuilder> change, Code code) {
        return Arguments.of(name, change, code);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void wrongTicketIsRefused(String name, Consumer<TicketBuilder> change, Code code) {
        TicketBuilder builder = ticket();
        change.accept(builder);
        assertThat(refusal(builder.sign())).isNotNull();
        builder.jti = UUID.randomUUID().toString();
        assertThat(refusal(builder.sign()).code()).isEqualTo(code);
    }

    @Test
    void forgedSignatureIsInvalid() {
        String forged = TestInstallation.withBrokenSignature(ticket().sign());
        assertThat(refusal(forged).code()).isEqualTo(Code.TICKET_INVALID);
    }

    @Test
    void changedCharacterIsRefusedWhereverItIs() {
        String right = ticket().sign();
        for (int i = 0; i < right.length(); i += 7) {
            char other = right.charAt(i) == 'A' ? 'B' : 'A';
            String changed = right.substring(0, i) + other + right.substring(i + 1);
            assertThat(refusal(changed)).as("character %d", i).isNotNull();
        }
    }

    @Test
    void ticketWorksOnce() throws Exception {
        String ticket = ticket().sign();
        gate.admit(ticket, M1);
        assertThat(refusal(ticket).code()).isEqualTo(Code.TICKET_REPLAYED);
    }

    @Test
    void handshakeMessageWorksOnceEvenWithAnotherTicket() throws Exception {
        gate.admit(ticket().sign(), M1);
        OfferRefused refused = refusal(ticket().sign());
        assertThat(refused.code()).isEqualTo(Code.TICKET_REPLAYED);
        assertThat(refused.detail()).contains("handshake message");
    }

    @Test
    void ticketIsRememberedUntilTwoMinutesAfterItsEnd() throws Exception {
        gate.admit(ticket().sign(), M1);
        clock.advance(Duration.ofSeconds(60 + 119));
        TicketBuilder later = ticket();
        later.issuedAt = clock.instant();
        later.notBefore = clock.instant();
        assertThat(refusal(later.sign()).code()).isEqualTo(Code.TICKET_REPLAYED);
        clock.advance(Duration.ofSeconds(2));
        later.issuedAt = clock.instant();
        later.jti = UUID.randomUUID().toString();
        assertThat(gate.admit(later.sign(), M1)).isNotNull();
    }

    @Test
    void nothingIsAdmittedBeforeTheFirstChannel() throws Exception {
        TicketGate fresh = new TicketGate(device.registration(), device.own(clock), device.keySets(), clock);
        String ticket = ticket().sign();
        assertThat(catchThrowableOfType(OfferRefused.class, () -> fresh.admit(ticket, M1))
                        .code())
                .isEqualTo(Code.TICKET_REPLAYED);
    }

    @Test
    void renewalNeedsAHigherNumberAndTheSameSession() throws Exception {
        TicketBuilder first = ticket();
        Ticket current = gate.admit(first.sign(), M1);
        TicketBuilder second = ticket();
        second.sid = first.sid;
        second.seq = 2;
        second.operations = Operations.of(Operations.EXEC);
        Ticket renewed = gate.renew(second.sign(), current);
        assertThat(renewed.operations()).isEqualTo(Operations.of(Operations.EXEC));

        assertThat(renewalRefusal(t -> t.seq = 2, first.sid, renewed)).isEqualTo(Code.TICKET_REPLAYED);
        assertThat(renewalRefusal(t -> t.sid = SessionId.random(), first.sid, renewed))
                .isEqualTo(Code.TICKET_FOREIGN);
        assertThat(renewalRefusal(t -> t.cnf = Sha256.of("other"), first.sid, renewed))
                .isEqualTo(Code.TICKET_FOREIGN);
        assertThat(renewalRefusal(t -> t.account = "other", first.sid, renewed)).isEqualTo(Code.TICKET_FOREIGN);
        assertThat(renewalRefusal(t -> t.user = UUID.randomUUID().toString(), first.sid, renewed))
                .isEqualTo(Code.TICKET_FOREIGN);
    }

    private Code renewalRefusal(Consumer<TicketBuilder> change, SessionId sid, Ticket current) {
        TicketBuilder builder = ticket();
        builder.sid = sid;
        builder.seq = 3;
        change.accept(builder);
        return catchThrowableOfType(OfferRefused.class, () -> gate.renew(builder.sign(), current))
                .code();
    }
}
