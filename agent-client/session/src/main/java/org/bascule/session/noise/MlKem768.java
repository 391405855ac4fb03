package org.bascule.session.noise;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/** ML-KEM-768 (FIPS 203). */
public final class MlKem768 {

    /** Bytes of an encapsulation key. */
    public static final int EK_LENGTH = 1_184;
    /** Bytes of a ciphertext. */
    public static final int CT_LENGTH = 1_088;
    /** Bytes of a shared secret. */
    public static final int SS_LENGTH = 32;
    /** Bytes of the seed {@code d ‖ z} of a key pair. */
    public static final int SEED_LENGTH = 64;
    /** Bytes of the message {@code m} that encapsulation starts from. */
    public static final int RANDOMNESS_LENGTH = 32;

    private static final int Q = 3_329;
    private static final int POLYNOMIALS_LENGTH = 1_152;

    private MlKem768() {}

    /** A key pair of one handshake; lives in memory. */
    public static final class KeyPair {
        private final MLKEMPrivateKeyParameters key;
        private final byte[] encapsulationKey;

        private KeyPair(MLKEMPrivateKeyParameters key) {
            this.key = key;
            this.encapsulationKey = key.getPublicKey();
        }

        public static KeyPair generate(SecureRandom random) {
            byte[] seed = new byte[SEED_LENGTH];
            random.nextBytes(seed);
            try {
                return fromSeed(seed);
            } finally {
                Arrays.fill(seed, (byte) 0);
            }
        }

        /** ML-KEM.KeyGen_internal(d, z), FIPS 203 algorithm 16. */
        public static KeyPair fromSeed(byte[] seed) {
            if (seed.length != SEED_LENGTH) {
                throw new IllegalArgumentException("a seed has 64 bytes, not " + seed.length);
            }
            return new KeyPair(new MLKEMPrivateKeyParameters(MLKEMParameters.ml_kem_768, seed.clone()));
        }

        /** 1,184 bytes. */
        public byte[] encapsulationKey() {
            return encapsulationKey.clone();
        }

        /** The shared secret, 32 bytes. A ciphertext of the right length always gives one (implicit rejection, FIPS 203 section 6.3). */
        public byte[] decapsulate(byte[] ciphertext) throws NoiseException {
            if (ciphertext.length != CT_LENGTH) {
                throw new NoiseException(NoiseException.Reason.BAD_CIPHERTEXT);
            }
            return new MLKEMExtractor(key).extractSecret(ciphertext);
        }

        @Override
        public String toString() {
            return "MlKem768.KeyPair[REDACTED]";
        }
    }

    /** A shared secret (32 bytes) and its ciphertext (1,088 bytes). */
    public record Encapsulation(byte[] sharedSecret, byte[] ciphertext) {
        @Override
        public String toString() {
            return "Encapsulation[REDACTED]";
        }
    }

    /** ML-KEM.Encaps_internal(ek, m), FIPS 203 algorithm 17: the caller chooses {@code m}, which must be random and used once. */
    public static Encapsulation encapsulate(byte[] encapsulationKey, byte[] m) throws NoiseException {
        checkModulus(encapsulationKey);
        SecretWithEncapsulation result = MLKEMGenerator.internalGenerateEncapsulated(
                new MLKEMPublicKeyParameters(MLKEMParameters.ml_kem_768, encapsulationKey), m);
        return new Encapsulation(result.getSecret(), result.getEncapsulation());
    }

    /** FIPS 203 section 7.2: the length, and every 12-bit coefficient below q. */
    private static void checkModulus(byte[] ek) throws NoiseException {
        if (ek.length != EK_LENGTH) {
            throw new NoiseException(NoiseException.Reason.BAD_ENCAPSULATION_KEY);
        }
        for (int i = 0; i < POLYNOMIALS_LENGTH; i += 3) {
            int first = (ek[i] & 0xff) | (ek[i + 1] & 0x0f) << 8;
            int second = (ek[i + 1] & 0xff) >> 4 | (ek[i + 2] & 0xff) << 4;
            if (first >= Q || second >= Q) {
                throw new NoiseException(NoiseException.Reason.BAD_ENCAPSULATION_KEY);
            }
        }
    }
}
