package org.bascule.wire.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;

class P256KeysTest {

    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

    @Test
    void anIdentityIsRestoredFromItsFiles() throws WireException {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        DeviceIdentityKey restored =
                DeviceIdentityKey.restore(key.revealPkcs8(), key.publicKey().spki());
        key.publicKey().verify(MESSAGE, restored.sign(MESSAGE));
        assertThat(restored.publicKey().fingerprint()).matches("([0-9a-f]{4} ){3}[0-9a-f]{4}");
        assertThat(key).hasToString("DeviceIdentityKey[REDACTED]");
    }

    @Test
    void halvesOfTwoIdentitiesAreRefused() {
        DeviceIdentityKey one = DeviceIdentityKey.generate();
        DeviceIdentityKey two = DeviceIdentityKey.generate();
        assertThatThrownBy(() -> DeviceIdentityKey.restore(
                        one.revealPkcs8(), two.publicKey().spki()))
                .isInstanceOf(WireException.class);
    }

    @Test
    void everyFlippedBitOfAPointIsRefusedOrAnotherKey() throws WireException {
        byte[] point = RelayProofKey.generate().publicKey().point();
        RelayProofPublicKey original = RelayProofPublicKey.parse(point);
        for (int bit = 0; bit < point.length * 8; bit++) {
            byte[] flipped = point.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            try {
                assertThat(RelayProofPublicKey.parse(flipped)).isNotEqualTo(original);
            } catch (WireException e) {
                assertThat(e.reason()).isEqualTo(WireException.Reason.MALFORMED);
            }
        }
    }

    @Test
    void refusesThePointZero() {
        byte[] zero = new byte[65];
        zero[0] = 4;
        assertThatThrownBy(() -> RelayProofPublicKey.parse(zero)).isInstanceOf(WireException.class);
    }

    @Test
    void aDerSignatureIsNotAccepted() throws Exception {
        DeviceIdentityKey key = DeviceIdentityKey.generate();
        java.security.Signature signer = java.security.Signature.getInstance("SHA256withECDSA");
        signer.initSign(key.toJca());
        signer.update(MESSAGE);
        byte[] der = signer.sign();
        assertThatThrownBy(() -> key.publicKey().verify(MESSAGE, der)).isInstanceOf(WireException.class);
    }
}
