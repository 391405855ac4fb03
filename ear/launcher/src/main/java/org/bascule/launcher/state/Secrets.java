package org.bascule.launcher.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The secrets of one demo, each in a file of its own, generated at first use.
 *
 * <p>Guarantee: what {@link #password} and {@link #passphrase} make has letters, digits and hyphens only, so that it needs no quoting in SQL,
 * JSON, shell or URL.
 */
public final class Secrets {

    // no 0/O, 1/l/I
    private static final String LOWER = "abcdefghijkmnpqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final String DIGITS = "23456789";

    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    private Secrets(Path folder) {
        this.folder = folder;
    }

    public static Secrets in(Path folder) throws IOException {
        return new Secrets(PrivateFiles.folder(folder));
    }

    /** The file of a secret. It exists after the first call of the method that makes it. */
    public Path file(String name) {
        if (!name.matches("[a-z0-9.-]+")) {
            throw new IllegalArgumentException("secret name " + name + " is not lower case with hyphens");
        }
        return folder.resolve(name);
    }

    /** A password for programs: 40 characters, about 230 bits. */
    public String password(String name) throws IOException {
        return text(name, () -> pick(LOWER + UPPER + DIGITS, 40));
    }

    /**
     * A password for people: four groups of four like {@code kTm7-Qwx3-Zpd9-Hnc4}, about 85 bits, with three of the four classes of
     * characters and a hyphen.
     */
    public String passphrase(String name) throws IOException {
        return text(name, () -> group() + "-" + group() + "-" + group() + "-" + group());
    }

    /** The key of one-time passwords (RFC 6238) as 32 printable characters, each of which is a byte of it. */
    public String totpKey(String name) throws IOException {
        return text(name, () -> pick(LOWER + UPPER + DIGITS, 32));
    }

    /** A random UUID. */
    public String uuid(String name) throws IOException {
        return text(name, () -> UUID.randomUUID().toString());
    }

    /** A file with random bytes. */
    public Path key(String name, int bytes) throws IOException {
        Path file = file(name);
        if (!Files.exists(file)) {
            byte[] key = new byte[bytes];
            random.nextBytes(key);
            PrivateFiles.write(file, key);
        }
        return file;
    }

    /** What was kept under the name, if anything. */
    public Optional<String> kept(String name) throws IOException {
        Path file = file(name);
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    /** Keeps a value that was not made here. */
    public void keep(String name, String value) throws IOException {
        PrivateFiles.write(file(name), value + "\n");
    }

    /** Forgets a value. */
    public void forget(String name) throws IOException {
        Files.deleteIfExists(file(name));
    }

    private String text(String name, Supplier<String> make) throws IOException {
        Optional<String> kept = kept(name);
        if (kept.isPresent()) {
            return kept.get();
        }
        String made = make.get();
        keep(name, made);
        return made;
    }

    private String group() {
        return pick(LOWER, 1) + pick(UPPER, 1) + pick(LOWER, 1) + pick(DIGITS, 1);
    }

    private String pick(String alphabet, int count) {
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }
}
