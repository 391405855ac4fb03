package org.bascule.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.session.noise.MlKem768;
import org.bascule.session.vectors.FixedInstallation;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is done to m1 or m2 on the way: a named refusal at the right end, never keys. */
@Timeout(300)
class HandshakeTamperTest {

    private static final Set<HandshakeException.Reason> CHANGED =
            EnumSet.of(HandshakeException.Reason.BAD_TAG, HandshakeException.Reason.LOW_ORDER_POINT);

    private static final String TICKET = HandshakeVectors.ticket();

    private static HandshakeException.Reason deviceRefuses(byte[] m1) {
        HandshakeException refusal = catchThrowableOfType(HandshakeException.class, () -> HandshakeVectors.device(m1));
        assertThat(refusal).as("m1 must be refused").isNotNull();
        return refusal.reason();
    }

    private static HandshakeException.Reason clientRefuses(byte[] m2, String ticket) {
        HandshakeException refusal = catchThrowableOfType(
                HandshakeException.class, () -> HandshakeVectors.client().finish(m2, ticket));
        assertThat(refusal).as("m2 must be refused").isNotNull();
        return refusal.reason();
    }

    private static HandshakeException.Reason clientRefuses(byte[] m2) {
        return clientRefuses(m2, TICKET);
    }

    private static byte[] flipped(byte[] message, int bit) {
        byte[] changed = message.clone();
        changed[bit / 8] ^= (byte) (1 << bit % 8);
        return changed;
    }

    /** The top bit of an X25519 key is not part of it (RFC 7748 section 5), but it is hashed, so it must be refused like all others. */
    @Test
    void everyBitOfM1() throws Exception {
        byte[] m1 = HandshakeVectors.client().message1();
        IntStream.range(0, m1.length * 8).parallel().forEach(bit -> assertThat(deviceRefuses(flipped(m1, bit)))
                .as("bit %d", bit)
                .isIn(CHANGED));
    }

    @Test
    void everyBitOfM2() throws Exception {
        byte[] m2 = HandshakeVectors.answer().m2();
        String ticket = HandshakeVectors.ticket();
        IntStream.range(0, m2.length * 8).parallel().forEach(bit -> assertThat(clientRefuses(flipped(m2, bit), ticket))
                .as("bit %d", bit)
                .isIn(CHANGED));
    }

    @Test
    void everyLengthOfM1() throws Exception {
        byte[] m1 = HandshakeVectors.client().message1();
        for (int length = 0; length < m1.length; length++) {
            assertThat(deviceRefuses(Arrays.copyOf(m1, length)))
                    .as("length %d", length)
                    .isEqualTo(length < 48 ? HandshakeException.Reason.TOO_SHORT : HandshakeException.Reason.BAD_TAG);
        }
        assertThat(deviceRefuses(Arrays.copyOf(m1, m1.length + 1))).isEqualTo(HandshakeException.Reason.BAD_TAG);
        assertThat(deviceRefuses(new byte[4_097])).isEqualTo(HandshakeException.Reason.TOO_LARGE);
    }

    @Test
    void everyLengthOfM2() throws Exception {
        byte[] m2 = HandshakeVectors.answer().m2();
        for (int length = 0; length < m2.length; length++) {
            HandshakeException.Reason expected = length < MlKem768.CT_LENGTH + 48
                    ? HandshakeException.Reason.TOO_SHORT
                    : HandshakeException.Reason.BAD_TAG;
            assertThat(clientRefuses(Arrays.copyOf(m2, length)))
                    .as("length %d", length)
                    .isEqualTo(expected);
        }
        assertThat(clientRefuses(Arrays.copyOf(m2, m2.length + 1))).isEqualTo(HandshakeException.Reason.BAD_TAG);
        assertThat(clientRefuses(new byte[4_097])).isEqualTo(HandshakeException.Reason.TOO_LARGE);
    }

    /** Points of order 1, 2, 4 and 8 and their non-canonical forms (RFC 7748 section 7 and what is widely listed). */
    static Stream<String> lowOrderPoints() {
        return Stream.of(
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    }

    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void lowOrderPointIsRefusedByBothEnds(String point) throws Exception {
        byte[] low = HexFormat.of().parseHex(point);
        byte[] m1 = HandshakeVectors.client().message1();
        System.arraycopy(low, 0, m1, 0, 32);
        assertThat(deviceRefuses(m1)).isEqualTo(HandshakeException.Reason.LOW_ORDER_POINT);
        byte[] m2 = HandshakeVectors.answer().m2();
        System.arraycopy(low, 0, m2, MlKem768.CT_LENGTH, 32);
        assertThat(clientRefuses(m2)).isEqualTo(HandshakeException.Reason.LOW_ORDER_POINT);
    }

    @ParameterizedTest
    @MethodSource("lowOrderPoints")
    void lowOrderStaticKeyIsRefusedBeforeM1(String point) {
        assertThatThrownBy(() -> ClientHandshake.start(
                        FixedInstallation.prologue(),
                        new org.bascule.wire.keys.DeviceStaticPublicKey(
                                HexFormat.of().parseHex(point)),
                        FixedInstallation.REQUESTED,
                        HandshakeVectors.HEAD))
                .isInstanceOfSatisfying(HandshakeException.class, e -> assertThat(e.reason())
                        .isEqualTo(HandshakeException.Reason.LOW_ORDER_POINT));
    }

    @Test
    void everyPartOfThePrologueMatters() throws Exception {
        Prologue good = FixedInstallation.prologue();
        byte[] m1 = HandshakeVectors.client().message1();
        byte[] otherIdentity = good.identity();
        otherIdentity[31] ^= 1;
        for (Prologue other : List.of(
                new Prologue(
                        SessionId.random(), good.issuer(), good.domain(), good.user(), good.uid(), good.identity()),
                new Prologue(good.sid(), good.issuer() + "x", good.domain(), good.user(), good.uid(), good.identity()),
                new Prologue(good.sid(), good.issuer(), good.uid(), good.user(), good.uid(), good.identity()),
                new Prologue(good.sid(), good.issuer(), good.domain(), good.uid(), good.uid(), good.identity()),
                new Prologue(good.sid(), good.issuer(), good.domain(), good.user(), good.domain(), good.identity()),
                new Prologue(good.sid(), good.issuer(), good.domain(), good.user(), good.uid(), otherIdentity))) {
            assertThatThrownBy(() -> DeviceHandshake.read(other, List.of(FixedInstallation.STATIC), m1))
                    .isInstanceOfSatisfying(HandshakeException.class, e -> assertThat(e.reason())
                            .isEqualTo(HandshakeException.Reason.BAD_TAG));
        }
    }

    @Test
    void partsOfThePrologueCannotBeShifted() {
        byte[] identity = FixedInstallation.identityThumbprint();
        SessionId sid = FixedInstallation.SID;
        assertThat(new Prologue(sid, "ab", "c", "u", "d", identity).bytes())
                .isNotEqualTo(new Prologue(sid, "a", "bc", "u", "d", identity).bytes());
    }

    @Test
    void anotherStaticKeyIsNotAnswered() throws Exception {
        byte[] m1 = HandshakeVectors.client().message1();
        assertThatThrownBy(() ->
                        DeviceHandshake.read(FixedInstallation.prologue(), List.of(DeviceStaticKey.generate()), m1))
                .isInstanceOfSatisfying(HandshakeException.class, e -> assertThat(e.reason())
                        .isEqualTo(HandshakeException.Reason.BAD_TAG));
    }

    @Test
    void previousStaticKeyIsAcceptedWhereTheAgentStillHasIt() throws Exception {
        byte[] m1 = HandshakeVectors.client().message1();
        DeviceHandshake read = DeviceHandshake.read(
                FixedInstallation.prologue(), List.of(DeviceStaticKey.generate(), FixedInstallation.STATIC), m1);
        assertThat(read.staticKey()).isEqualTo(FixedInstallation.STATIC.publicKey());
    }

    @Test
    void m2OfAnotherM1IsRefused() throws Exception {
        ClientHandshake other = ClientHandshake.start(
                FixedInstallation.prologue(),
                FixedInstallation.STATIC.publicKey(),
                FixedInstallation.REQUESTED,
                HandshakeVectors.HEAD);
        assertThatThrownBy(() -> other.finish(HandshakeVectors.answer().m2(), HandshakeVectors.ticket()))
                .isInstanceOfSatisfying(HandshakeException.class, e -> assertThat(e.reason())
                        .isEqualTo(HandshakeException.Reason.BAD_TAG));
    }

    @Test
    void messagesOfOneRoleAreNothingToTheOther() throws Exception {
        assertThat(deviceRefuses(HandshakeVectors.answer().m2())).isIn(CHANGED);
        assertThat(clientRefuses(HandshakeVectors.client().message1())).isIn(CHANGED);
    }

    @Test
    void thereIsOneM2ForAnM1() throws Exception {
        ClientHandshake client = HandshakeVectors.client();
        byte[] m2 = HandshakeVectors.answer().m2();
        client.finish(m2, HandshakeVectors.ticket());
        assertThatThrownBy(() -> client.finish(m2, HandshakeVectors.ticket()))
                .isInstanceOf(IllegalStateException.class);
        ClientHandshake failed = HandshakeVectors.client();
        assertThatThrownBy(() -> failed.finish(flipped(m2, 9_000), HandshakeVectors.ticket()))
                .isInstanceOf(HandshakeException.class);
        assertThatThrownBy(() -> failed.finish(m2, HandshakeVectors.ticket()))
                .isInstanceOf(IllegalStateException.class);
        DeviceHandshake device = HandshakeVectors.device(client.message1());
        device.answer("ticket", FixedInstallation.GRANTED, HandshakeVectors.SEEN);
        assertThatThrownBy(() -> device.answer("ticket", FixedInstallation.GRANTED, HandshakeVectors.SEEN))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void deviceCannotGrantMoreThanRequestedByMistake() throws Exception {
        DeviceHandshake device =
                HandshakeVectors.device(HandshakeVectors.client().message1());
        assertThatThrownBy(() -> device.answer("ticket", Operations.of("desktop"), HandshakeVectors.SEEN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoHandshakesShareNothing() throws Exception {
        ClientHandshake first = start();
        ClientHandshake second = start();
        assertThat(Arrays.copyOf(first.message1(), 32)).isNotEqualTo(Arrays.copyOf(second.message1(), 32));
        byte[] m1 = first.message1();
        DeviceHandshake.Answer one =
                HandshakeVectors.device(m1).answer("ticket", FixedInstallation.GRANTED, HandshakeVectors.SEEN);
        DeviceHandshake.Answer two =
                HandshakeVectors.device(m1).answer("ticket", FixedInstallation.GRANTED, HandshakeVectors.SEEN);
        assertThat(one.keys().revealClientToAgent()).isNotEqualTo(two.keys().revealClientToAgent());
    }

    private static ClientHandshake start() throws HandshakeException {
        return ClientHandshake.start(
                FixedInstallation.prologue(),
                FixedInstallation.STATIC.publicKey(),
                FixedInstallation.REQUESTED,
                HandshakeVectors.HEAD);
    }

    @Test
    void secretsDoNotPrint() throws Exception {
        assertThat(HandshakeVectors.answer().toString() + HandshakeVectors.keys() + FixedInstallation.STATIC)
                .contains("REDACTED")
                .doesNotContain(HexFormat.of().formatHex(HandshakeVectors.keys().revealClientToAgent()));
    }
}
