package org.bascule.relay.registry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;

/**
 * The key of this relay in a file: PKCS#8 and the public half in PEM (RFC 7468, RFC 8410), mode 0600. Whoever loses it has another relay, which an operator must approve
 * anew.
 */
public final class RelayKeyFile {

    private static final int MAX_SIZE = 4_096;
    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----\\s*"
                    + "-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----\\s*");

    private final Path file;

    /** @param file in a folder that exists */
    public RelayKeyFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the key, or makes one if there is no such file.
     *
     * @throws IOException if it can be neither read nor made, is no such key, or others may read it
     */
    public RelayIdentityKey readOrMake() throws IOException {
        try {
            return read();
        } catch (NoSuchFileException e) {
            return make();
        }
    }

    private RelayIdentityKey read() throws IOException {
        if (Files.size(file) > MAX_SIZE) {
            throw new IOException(file + " is not the key of a relay");
        }
        if (hasModes() && !OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            throw new IOException("others may use " + file + ": it must have mode 0600");
        }
        Matcher pem = PEM.matcher(Files.readString(file, StandardCharsets.US_ASCII));
        if (!pem.matches()) {
            throw new IOException(file + " is not the key of a relay");
        }
        try {
            return RelayIdentityKey.restore(decoded(pem.group(1)), decoded(pem.group(2)));
        } catch (WireException | IllegalArgumentException e) {
            throw new IOException(file + " is not the key of a relay", e);
        }
    }

    private RelayIdentityKey make() throws IOException {
        RelayIdentityKey key = RelayIdentityKey.generate();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        ByteBuffer text = ByteBuffer.wrap((pem("PRIVATE KEY", key.revealPkcs8()) + pem("PUBLIC KEY", key.spki()))
                .getBytes(StandardCharsets.US_ASCII));
        try (SeekableByteChannel out = Files.newByteChannel(
                fresh, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode())) {
            while (text.hasRemaining()) {
                out.write(text);
            }
        }
        // not over a file that came meanwhile
        Files.move(fresh, file);
        return key;
    }

    private static String pem(String label, byte[] der) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
    }

    private static byte[] decoded(String base64) {
        return Base64.getMimeDecoder().decode(base64);
    }

    private boolean hasModes() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private FileAttribute<?>[] mode() {
        return hasModes()
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
    }
}
