package org.bascule.web.login;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Puts a begun login into the keeping of its browser, which can neither read nor change it: AES-256-GCM (NIST SP 800-38D) with a key that this
 * process makes at its start and never writes anywhere.
 *
 * <p>Guarantee: what {@link #open} returns was sealed here, under this name and with this state. Text form: base64url without padding of nonce
 * (12 bytes), ciphertext and tag (16 bytes).
 */
final class PendingLoginSeal {

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int VERSION = 1;

    private final SecureRandom random = new SecureRandom();
    private final SecretKey key;
    private final Realms realms;

    PendingLoginSeal(Realms realms) {
        this.realms = realms;
        try {
            KeyGenerator keys = KeyGenerator.getInstance("AES");
            keys.init(256, random);
            this.key = keys.generateKey();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-256 is required", e);
        }
    }

    /**
     * Seals everything but the state, which the name holds.
     *
     * @param name under which alone it can be opened
     */
    String seal(String name, PendingLogin login) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, name).doFinal(written(login));
            byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is required", e);
        }
    }

    /** Empty for whatever was not sealed by this process under this name, and for a realm that is not there any more. */
    Optional<PendingLogin> open(String name, String state, String text) {
        try {
            byte[] all = Base64.getUrlDecoder().decode(text);
            if (all.length < NONCE_BYTES + TAG_BITS / 8) {
                return Optional.empty();
            }
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(all, NONCE_BYTES), name);
            return read(state, cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String name) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] written(PendingLogin login) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeUTF(login.realm().issuer());
            out.writeUTF(login.nonce());
            out.writeUTF(login.verifier());
            out.writeUTF(login.next());
            out.writeLong(login.started().getEpochSecond());
            out.writeUTF(login.subject() == null ? "" : login.subject());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Optional<PendingLogin> read(String state, byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != VERSION) {
                return Optional.empty();
            }
            Optional<Realm> realm = realms.ofIssuer(in.readUTF());
            String nonce = in.readUTF();
            String verifier = in.readUTF();
            String next = in.readUTF();
            Instant started = Instant.ofEpochSecond(in.readLong());
            String subject = in.readUTF();
            return realm.map(its ->
                    new PendingLogin(its, state, nonce, verifier, next, started, subject.isEmpty() ? null : subject));
        } catch (IOException e) {
            // what this process sealed is readable
            throw new UncheckedIOException(e);
        }
    }
}
