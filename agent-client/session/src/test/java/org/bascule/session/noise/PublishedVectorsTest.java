package org.bascule.session.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.session.vectors.PublishedVectors.bytes;

import jakarta.json.JsonObject;
import java.security.InvalidAlgorithmParameterException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bascule.session.vectors.PublishedVectors;
import org.bascule.session.vectors.PublishedVectors.Case;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PublishedVectorsTest {

    @Test
    void noiseNkPsk2() throws Exception {
        nkPsk2(PublishedVectors.resource("noise-nkpsk2.json"));
    }

    @Test
    void noiseNkPsk2OfTheCompleteSet() throws Exception {
        Optional<JsonObject> file = PublishedVectors.shared("noise/cacophony-aesgcm-sha256.json");
        if (file.isPresent()) {
            nkPsk2(file.get());
        }
    }

    private static void nkPsk2(JsonObject file) throws Exception {
        List<JsonObject> vectors = file.getJsonArray("vectors").getValuesAs(JsonObject.class).stream()
                .filter(vector -> vector.getString("protocol_name").equals(NkPsk2Initiator.NAME))
                .toList();
        assertThat(vectors).isNotEmpty();
        for (JsonObject vector : vectors) {
            nkPsk2Vector(vector);
        }
    }

    private static void nkPsk2Vector(JsonObject vector) throws Exception {
        List<JsonObject> messages = vector.getJsonArray("messages").getValuesAs(JsonObject.class);
        byte[] psk = HexFormat.of().parseHex(vector.getJsonArray("init_psks").getString(0));
        NkPsk2Initiator initiator = new NkPsk2Initiator(
                bytes(vector, "init_prologue"), bytes(vector, "init_remote_static"), bytes(vector, "init_ephemeral"));
        NkPsk2Responder responder = new NkPsk2Responder(
                bytes(vector, "resp_prologue"),
                bytes(vector, "resp_static"),
                X25519.publicOf(bytes(vector, "resp_static")));

        byte[] m1 = initiator.writeMessage1(bytes(messages.get(0), "payload"));
        assertThat(m1).isEqualTo(bytes(messages.get(0), "ciphertext"));
        assertThat(responder.readMessage1(m1)).isEqualTo(bytes(messages.get(0), "payload"));
        NkPsk2Responder.Result sent =
                responder.writeMessage2(bytes(messages.get(1), "payload"), bytes(vector, "resp_ephemeral"), psk);
        assertThat(sent.message()).isEqualTo(bytes(messages.get(1), "ciphertext"));
        NkPsk2Initiator.Result got = initiator.readMessage2(sent.message(), psk);
        assertThat(got.payload()).isEqualTo(bytes(messages.get(1), "payload"));
        assertThat(got.keys().handshakeHash()).isEqualTo(bytes(vector, "handshake_hash"));
        assertThat(sent.keys().handshakeHash()).isEqualTo(bytes(vector, "handshake_hash"));

        CipherState fromInitiator = new CipherState();
        fromInitiator.initialize(got.keys().initiatorToResponder());
        CipherState fromResponder = new CipherState();
        fromResponder.initialize(sent.keys().responderToInitiator());
        for (int i = 2; i < messages.size(); i++) {
            byte[] sealed = (i % 2 == 0 ? fromInitiator : fromResponder)
                    .encrypt(new byte[0], bytes(messages.get(i), "payload"));
            assertThat(sealed).as("message %d", i).isEqualTo(bytes(messages.get(i), "ciphertext"));
        }
    }

    @Test
    void rfc7748() throws Exception {
        JsonObject file = PublishedVectors.resource("rfc7748.json");
        for (JsonObject test : file.getJsonArray("functions").getValuesAs(JsonObject.class)) {
            assertThat(X25519.agree(bytes(test, "scalar"), bytes(test, "u"))).isEqualTo(bytes(test, "out"));
        }
        JsonObject agreement = file.getJsonObject("agreement");
        byte[] alice = bytes(agreement, "alicePrivate");
        byte[] bob = bytes(agreement, "bobPrivate");
        assertThat(X25519.publicOf(alice)).isEqualTo(bytes(agreement, "alicePublic"));
        assertThat(X25519.publicOf(bob)).isEqualTo(bytes(agreement, "bobPublic"));
        assertThat(X25519.agree(alice, X25519.publicOf(bob))).isEqualTo(bytes(agreement, "shared"));
        assertThat(X25519.agree(bob, X25519.publicOf(alice))).isEqualTo(bytes(agreement, "shared"));
        for (JsonObject test : file.getJsonArray("iterated").getValuesAs(JsonObject.class)) {
            assertThat(iterate(test.getInt("times"))).isEqualTo(bytes(test, "out"));
        }
    }

    private static byte[] iterate(int times) throws NoiseException {
        byte[] k = new byte[32];
        k[0] = 9;
        byte[] u = k.clone();
        for (int i = 0; i < times; i++) {
            byte[] next = X25519.agree(k, u);
            u = k;
            k = next;
        }
        return k;
    }

    @Test
    void x25519OfTheCompleteSet() throws Exception {
        for (Case test : PublishedVectors.cases(PublishedVectors.shared("wycheproof/x25519_test.json"))) {
            byte[] expected = test.bytes("shared");
            if (Arrays.equals(expected, new byte[32])) {
                assertThatThrownBy(() -> X25519.agree(test.bytes("private"), test.bytes("public")))
                        .as(test.name())
                        .isInstanceOfSatisfying(NoiseException.class, e -> assertThat(e.reason())
                                .isEqualTo(NoiseException.Reason.LOW_ORDER_POINT));
            } else {
                assertThat(X25519.agree(test.bytes("private"), test.bytes("public")))
                        .as(test.name())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void rfc5869() throws Exception {
        for (JsonObject test :
                PublishedVectors.resource("rfc5869.json").getJsonArray("tests").getValuesAs(JsonObject.class)) {
            byte[] prk = Hkdf.extract(bytes(test, "salt"), bytes(test, "ikm"));
            assertThat(prk).isEqualTo(bytes(test, "prk"));
            assertThat(Hkdf.expand(prk, bytes(test, "info"), test.getInt("length")))
                    .isEqualTo(bytes(test, "okm"));
        }
    }

    @Test
    void hkdfOfTheCompleteSet() throws Exception {
        for (Case test : PublishedVectors.cases(PublishedVectors.shared("wycheproof/hkdf_sha256_test.json"))) {
            int size = test.test().getInt("size");
            if (test.valid()) {
                assertThat(Hkdf.derive(test.bytes("salt"), test.bytes("ikm"), test.bytes("info"), size))
                        .as(test.name())
                        .isEqualTo(test.bytes("okm"));
            } else {
                assertThatThrownBy(() -> Hkdf.derive(test.bytes("salt"), test.bytes("ikm"), test.bytes("info"), size))
                        .as(test.name())
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void aes256Gcm() throws Exception {
        for (JsonObject test : PublishedVectors.resource("aes-256-gcm.json")
                .getJsonArray("tests")
                .getValuesAs(JsonObject.class)) {
            aesGcm(new Case(test, test));
        }
    }

    @Test
    void aesGcmOfTheCompleteSet() throws Exception {
        for (Case test : PublishedVectors.cases(PublishedVectors.shared("wycheproof/aes_gcm_test.json"))) {
            if (test.group().getInt("ivSize") == 96 && test.group().getInt("keySize") == 256) {
                aesGcm(test);
            }
        }
    }

    /** The cipher of the platform, as this project uses it. */
    private static void aesGcm(Case test) throws Exception {
        byte[] ct = test.bytes("ct");
        byte[] tag = test.bytes("tag");
        byte[] sealed = Arrays.copyOf(ct, ct.length + tag.length);
        System.arraycopy(tag, 0, sealed, ct.length, tag.length);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        try {
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    new SecretKeySpec(test.bytes("key"), "AES"),
                    new GCMParameterSpec(128, test.bytes("iv")));
            cipher.updateAAD(test.bytes("aad"));
            assertThat(cipher.doFinal(sealed)).as(test.name()).isEqualTo(test.bytes("msg"));
            assertThat(test.valid()).as(test.name()).isTrue();
        } catch (AEADBadTagException | InvalidAlgorithmParameterException e) {
            assertThat(test.valid()).as(test.name()).isFalse();
        }
    }

    @Test
    void mlKem768() throws Exception {
        JsonObject file = PublishedVectors.resource("ml-kem-768.json");
        for (JsonObject test : file.getJsonArray("keyGeneration").getValuesAs(JsonObject.class)) {
            keyGeneration(new Case(test, test));
        }
        for (JsonObject test : file.getJsonArray("decapsulation").getValuesAs(JsonObject.class)) {
            decapsulation(new Case(test, test));
        }
        for (JsonObject test : file.getJsonArray("encapsulation").getValuesAs(JsonObject.class)) {
            encapsulation(new Case(test, test));
        }
    }

    @Test
    void mlKem768OfTheCompleteSets() throws Exception {
        for (Case test :
                PublishedVectors.cases(PublishedVectors.shared("wycheproof/mlkem_768_keygen_seed_test.json"))) {
            keyGeneration(test);
        }
        for (Case test : PublishedVectors.cases(PublishedVectors.shared("wycheproof/mlkem_768_test.json"))) {
            decapsulation(test);
        }
        for (Case test : PublishedVectors.cases(PublishedVectors.shared("wycheproof/mlkem_768_encaps_test.json"))) {
            encapsulation(test);
        }
    }

    private static void keyGeneration(Case test) {
        assertThat(MlKem768.KeyPair.fromSeed(test.bytes("seed")).encapsulationKey())
                .as(test.name())
                .isEqualTo(test.bytes("ek"));
    }

    private static void decapsulation(Case test) throws NoiseException {
        byte[] seed = test.bytes("seed");
        if (seed.length != MlKem768.SEED_LENGTH) {
            assertThatThrownBy(() -> MlKem768.KeyPair.fromSeed(seed)).isInstanceOf(IllegalArgumentException.class);
            return;
        }
        MlKem768.KeyPair key = MlKem768.KeyPair.fromSeed(seed);
        if (test.valid()) {
            assertThat(key.decapsulate(test.bytes("c"))).as(test.name()).isEqualTo(test.bytes("K"));
        } else {
            assertThatThrownBy(() -> key.decapsulate(test.bytes("c")))
                    .as(test.name())
                    .isInstanceOf(NoiseException.class);
        }
    }

    private static void encapsulation(Case test) throws NoiseException {
        if (test.valid()) {
            MlKem768.Encapsulation result = MlKem768.encapsulate(test.bytes("ek"), test.bytes("m"));
            assertThat(result.ciphertext()).as(test.name()).isEqualTo(test.bytes("c"));
            assertThat(result.sharedSecret()).as(test.name()).isEqualTo(test.bytes("K"));
        } else {
            assertThatThrownBy(() -> MlKem768.encapsulate(test.bytes("ek"), test.bytes("m")))
                    .as(test.name())
                    .isInstanceOfSatisfying(NoiseException.class, e -> assertThat(e.reason())
                            .isEqualTo(NoiseException.Reason.BAD_ENCAPSULATION_KEY));
        }
    }
}
