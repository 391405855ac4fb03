package org.bascule.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Security;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class NativeCryptoTest {

    private static final String NAME = "AmazonCorrettoCryptoProvider";
    private static final HexFormat HEX = HexFormat.of();

    @BeforeAll
    static void installed() {
        assertThat(NativeCrypto.install(true)).isNull();
    }

    @Test
    void comesBeforeTheJdk() throws Exception {
        assertThat(Security.getProviders()[0].getName()).isEqualTo(NAME);
        assertThat(Signature.getInstance("SHA256withECDSA").getProvider().getName())
                .isEqualTo(NAME);
        assertThat(KeyAgreement.getInstance("ECDH").getProvider().getName()).isEqualTo(NAME);
        assertThat(Cipher.getInstance("AES/GCM/NoPadding").getProvider().getName())
                .isEqualTo(NAME);
    }

    /** RFC 6979, A.2.5, P-256 with SHA-256, message "sample". */
    @Test
    void verifiesThePublishedSignature() throws Exception {
        ECPublicKey key = p256(
                "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
                "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
        byte[] signature = HEX.parseHex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        assertThat(verifies(key, "sample", signature)).isTrue();
        assertThat(verifies(key, "samples", signature)).isFalse();
        signature[40] ^= 1;
        assertThat(verifies(key, "sample", signature)).isFalse();
    }

    private static boolean verifies(ECPublicKey key, String message, byte[] signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(key);
        verifier.update(message.getBytes(StandardCharsets.US_ASCII));
        return verifier.verify(signature);
    }

    private static ECPublicKey p256(String x, String y) throws GeneralSecurityException {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec("secp256r1"));
        return (ECPublicKey) KeyFactory.getInstance("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(new BigInteger(x, 16), new BigInteger(y, 16)),
                        parameters.getParameterSpec(ECParameterSpec.class)));
    }

    /** McGrew and Viega, The Galois/Counter Mode of Operation, test case 16: AES-256. */
    @Test
    void opensThePublishedRecord() throws Exception {
        byte[] sealed = HEX.parseHex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
        assertThat(opened(sealed))
                .isEqualTo(HEX.parseHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"));
        sealed[0] ^= 1;
        Assertions.assertThatExceptionOfType(AEADBadTagException.class).isThrownBy(() -> opened(sealed));
    }

    private static byte[] opened(byte[] sealed) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(
                        HEX.parseHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), "AES"),
                new GCMParameterSpec(128, HEX.parseHex("cafebabefacedbaddecaf888")));
        cipher.updateAAD(HEX.parseHex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));
        return cipher.doFinal(sealed);
    }

    /** Where programs may not be run from the temporary folder, or it is full, or the machine is another one. */
    @Test
    void aJvmThatCannotLoadItGoesOnWithoutIt() throws Exception {
        Ran ran = java(List.of("-Djava.io.tmpdir=/proc/nowhere"), System.getProperty("java.class.path"));
        assertThat(ran.output())
                .startsWith("bascule-crypto: the JDK's own cryptography is used, for its library cannot be loaded")
                .endsWith("SunEC");
        assertThat(ran.exit()).isZero();
    }

    @Test
    void soDoesOneWithoutTheLibrary() throws Exception {
        Ran ran = java(List.of(), classes(NativeCrypto.class) + ":" + classes(NativeCryptoTest.class));
        assertThat(ran.output())
                .startsWith(
                        "bascule-crypto: the JDK's own cryptography is used, for AmazonCorrettoCryptoProvider.jar is not beside it")
                .endsWith("SunEC");
        assertThat(ran.exit()).isZero();
    }

    /** A program that installs it and prints who signs. */
    static final class Program {

        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws GeneralSecurityException {
            NativeCrypto.premain(null);
            System.err.println(
                    Signature.getInstance("SHA256withECDSA").getProvider().getName());
        }
    }

    private record Ran(int exit, String output) {}

    private static Ran java(List<String> options, String classPath) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, Program.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.exitValue(), output.strip());
    }

    private static String classes(Class<?> type) throws IOException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }
}
