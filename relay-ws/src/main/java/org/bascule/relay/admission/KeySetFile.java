package org.bascule.relay.admission;

import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.bascule.wire.trust.KeySet;

/**
 * The newest key set in a file, so that a relay that starts while the access server is away admits sessions that go on (REL-4). It is public and signed: whoever changes the file can do no more than put
 * an older set back, which counts until the access server answers. A file that cannot be read or written is reported and does no harm otherwise.
 */
public final class KeySetFile {

    private static final System.Logger LOG = System.getLogger(KeySetFile.class.getName());

    private final Optional<Path> file;

    /** @param file in a folder that exists; empty: nothing is kept */
    public KeySetFile(Optional<Path> file) {
        this.file = file;
    }

    /** The key set as it was written, not verified. */
    Optional<String> read() {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            byte[] text = in.readNBytes(KeySet.MAX_LENGTH + 1);
            return Optional.of(new String(text, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the kept key set cannot be read: {0}", e.toString());
            return Optional.empty();
        }
    }

    /** The old one or the new one is there, whatever happens meanwhile. */
    void write(String text) {
        if (file.isEmpty()) {
            return;
        }
        Path fresh = file.get().resolveSibling(file.get().getFileName() + ".new");
        try {
            Files.writeString(fresh, text, StandardCharsets.US_ASCII);
            Files.move(fresh, file.get(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the key set cannot be kept: {0}", e.toString());
        }
    }
}
