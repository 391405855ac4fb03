package org.bascule.control.installation;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.bascule.control.files.PrivateFile;
import org.bascule.wire.keys.Ed25519SigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * The installation root key in a file: PKCS#8 in PEM (RFC 5958, RFC 7468, RFC 8410), as {@code openssl genpkey -algorithm ed25519} writes it,
 * with mode 0600.
 */
public final class RootKeyFile {

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");
    private static final int SEED = 32;

    private final PrivateFile file;

    public RootKeyFile(Path path) {
        this.file = new PrivateFile(path);
    }

    /** Makes a new key. Never overwrites: fails with {@link java.nio.file.FileAlreadyExistsException} if there is a file. */
    public RootSigningKey create() throws IOException {
        RootSigningKey key = RootSigningKey.generate();
        file.create(pem(key));
        return key;
    }

    /** Reads the key. A file that others than its owner may read is refused. */
    public RootSigningKey read() throws IOException, InstallationException {
        Optional<String> content = file.read();
        if (content.isEmpty()) {
            throw new InstallationException("there is no root key in " + file.path());
        }
        if (file.isOpenToOthers()) {
            throw new InstallationException("others may read " + file.path() + ": it must have mode 0600");
        }
        try {
            return parse(content.get());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InstallationException(file.path() + " is not an Ed25519 key in PKCS#8 PEM", e);
        }
    }

    private static String pem(RootSigningKey key) {
        byte[] encoded = key.revealEncoded();
        byte[] pkcs8 = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + SEED);
        System.arraycopy(encoded, 0, pkcs8, PKCS8_PREFIX.length, SEED);
        return BEGIN + "\n" + Base64.getEncoder().encodeToString(pkcs8) + "\n" + END + "\n";
    }

    private static RootSigningKey parse(String pem) throws GeneralSecurityException {
        String text = pem.strip();
        if (!text.startsWith(BEGIN) || !text.endsWith(END)) {
            throw new GeneralSecurityException("no PEM of a private key");
        }
        byte[] pkcs8 = Base64.getMimeDecoder().decode(text.substring(BEGIN.length(), text.length() - END.length()));
        if (pkcs8.length != PKCS8_PREFIX.length + SEED
                || !Arrays.equals(pkcs8, 0, PKCS8_PREFIX.length, PKCS8_PREFIX, 0, PKCS8_PREFIX.length)) {
            throw new GeneralSecurityException("not an Ed25519 key");
        }
        byte[] encoded = new byte[Ed25519SigningKey.ENCODED_LENGTH];
        System.arraycopy(pkcs8, PKCS8_PREFIX.length, encoded, 0, SEED);
        Ed25519.generatePublicKey(encoded, 0, encoded, SEED);
        return new RootSigningKey(encoded);
    }
}
