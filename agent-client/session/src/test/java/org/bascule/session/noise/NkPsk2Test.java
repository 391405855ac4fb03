package org.bascule.session.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NkPsk2Test {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PROLOGUE = "prologue".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PAYLOAD = "payload".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PSK = new byte[32];

    private final byte[] responderStatic = X25519.generatePrivate(RANDOM);
    private final byte[] responderPublic = X25519.publicOf(responderStatic);

    private NkPsk2Initiator initiator(byte[] prologue) {
        return new NkPsk2Initiator(prologue, responderPublic, X25519.generatePrivate(RANDOM));
    }

    private NkPsk2Responder responder() {
        return new NkPsk2Responder(PROLOGUE, responderStatic, responderPublic);
    }

    @Test
    void bothEndsGetTheSameKeys() throws Exception {
        NkPsk2Initiator initiator = initiator(PROLOGUE);
        NkPsk2Responder responder = responder();
        assertThat(responder.readMessage1(initiator.writeMessage1(PAYLOAD))).isEqualTo(PAYLOAD);
        NkPsk2Responder.Result sent = responder.writeMessage2(PAYLOAD, X25519.generatePrivate(RANDOM), PSK);
        NkPsk2Initiator.Result got = initiator.readMessage2(sent.message(), PSK);
        assertThat(got.payload()).isEqualTo(PAYLOAD);
        assertThat(got.keys().initiatorToResponder()).isEqualTo(sent.keys().initiatorToResponder());
        assertThat(got.keys().responderToInitiator()).isEqualTo(sent.keys().responderToInitiator());
        assertThat(got.keys().initiatorToResponder()).isNotEqualTo(got.keys().responderToInitiator());
        assertThat(got.keys().handshakeHash()).isEqualTo(sent.keys().handshakeHash());
    }

    @Test
    void anotherPskIsABadTag() throws Exception {
        NkPsk2Initiator initiator = initiator(PROLOGUE);
        NkPsk2Responder responder = responder();
        responder.readMessage1(initiator.writeMessage1(PAYLOAD));
        byte[] m2 = responder
                .writeMessage2(PAYLOAD, X25519.generatePrivate(RANDOM), PSK)
                .message();
        byte[] other = PSK.clone();
        other[31] = 1;
        refuses(NoiseException.Reason.BAD_TAG, () -> initiator.readMessage2(m2, other));
    }

    @Test
    void anotherPrologueIsABadTag() throws Exception {
        byte[] m1 = initiator(PAYLOAD).writeMessage1(PAYLOAD);
        refuses(NoiseException.Reason.BAD_TAG, () -> responder().readMessage1(m1));
    }

    @Test
    void ownMessage1SentBackIsRefused() throws Exception {
        NkPsk2Initiator initiator = initiator(PROLOGUE);
        byte[] m1 = initiator.writeMessage1(PAYLOAD);
        refuses(NoiseException.Reason.BAD_TAG, () -> initiator.readMessage2(m1, PSK));
    }

    @Test
    void stepsComeInOrderAndOnce() throws Exception {
        NkPsk2Initiator initiator = initiator(PROLOGUE);
        assertThatThrownBy(() -> initiator.readMessage2(new byte[100], PSK)).isInstanceOf(IllegalStateException.class);
        byte[] m1 = initiator.writeMessage1(PAYLOAD);
        assertThatThrownBy(() -> initiator.writeMessage1(PAYLOAD)).isInstanceOf(IllegalStateException.class);
        NkPsk2Responder responder = responder();
        assertThatThrownBy(() -> responder.writeMessage2(PAYLOAD, PSK, PSK)).isInstanceOf(IllegalStateException.class);
        responder.readMessage1(m1);
        assertThatThrownBy(() -> responder.readMessage1(m1)).isInstanceOf(IllegalStateException.class);
        byte[] m2 = responder
                .writeMessage2(PAYLOAD, X25519.generatePrivate(RANDOM), PSK)
                .message();
        initiator.readMessage2(m2, PSK);
        assertThatThrownBy(() -> initiator.readMessage2(m2, PSK)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failedResponderCannotAnswer() throws Exception {
        NkPsk2Responder responder = responder();
        byte[] m1 = initiator(PROLOGUE).writeMessage1(PAYLOAD);
        m1[40] ^= 1;
        refuses(NoiseException.Reason.BAD_TAG, () -> responder.readMessage1(m1));
        assertThatThrownBy(() -> responder.writeMessage2(PAYLOAD, PSK, PSK)).isInstanceOf(IllegalStateException.class);
    }

    private interface Step {
        Object run() throws NoiseException;
    }

    private static void refuses(NoiseException.Reason reason, Step step) {
        assertThatThrownBy(step::run).isInstanceOfSatisfying(NoiseException.class, e -> assertThat(e.reason())
                .isEqualTo(reason));
    }
}
