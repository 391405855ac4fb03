package org.bascule.domain.transfer;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Files that lie between the network and the database, so that neither waits for the other: a body is here before anything is locked, and an export
 * before anything of it is sent. How many there are at once on this node is bounded for each way.
 */
@ApplicationScoped
public class TransferFiles {

    static final int OF_USER = 2;
    static final int OF_DOMAIN = 4;
    static final int OF_ALL = 12;

    /** Nothing that is under way is left alone by its writer for so long; a reader keeps what it has opened. */
    static final Duration ABANDONED = Duration.ofHours(1);

    private static final Logger LOG = System.getLogger(TransferFiles.class.getName());
    private static final String PREFIX = "bascule-transfer-";

    @Inject
    Clock clock;

    /** Guarded by itself. */
    private final Map<String, Integer> present = new HashMap<>();

    /** Where it goes. */
    public enum Way {
        IN,
        OUT
    }

    /** An empty file, readable by the server alone, until it is closed. */
    public final class TransferFile implements AutoCloseable {
        private final Path path;
        private final List<String> places;
        private boolean closed;

        private TransferFile(Path path, List<String> places) {
            this.path = path;
            this.places = places;
        }

        public Path path() {
            return path;
        }

        /** Deletes it, unless somebody moved it away, and makes room for another one. */
        @Override
        public void close() {
            synchronized (present) {
                if (closed) {
                    return;
                }
                closed = true;
                leave(places);
            }
            delete(path);
        }
    }

    /** A new one; {@code TOO_MANY_REQUESTS} where there are too many of the user, the domain, or all together. */
    public TransferFile create(Way way, Caller caller) throws RefusedException, IOException {
        String domain = way + " " + caller.domainId();
        List<String> places = List.of(way.name(), domain, domain + " " + caller.userId());
        enter(places);
        try {
            return new TransferFile(Files.createTempFile(PREFIX, ""), places);
        } catch (IOException | RuntimeException e) {
            synchronized (present) {
                leave(places);
            }
            throw e;
        }
    }

    private void enter(List<String> places) throws RefusedException {
        int[] limits = {OF_ALL, OF_DOMAIN, OF_USER};
        synchronized (present) {
            for (int i = 0; i < limits.length; i++) {
                if (present.getOrDefault(places.get(i), 0) >= limits[i]) {
                    throw new RefusedException(
                            Problem.TOO_MANY_REQUESTS, "Other files are being transferred. Try again in a moment.");
                }
            }
            places.forEach(place -> present.merge(place, 1, Integer::sum));
        }
    }

    private void leave(List<String> places) {
        places.forEach(place -> present.computeIfPresent(place, (key, count) -> count == 1 ? null : count - 1));
    }

    /** Deletes what a process that died left behind. */
    public void sweep() {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        Instant limit = clock.instant().minus(ABANDONED);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                    delete(file);
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "abandoned files could not be looked for in " + folder, e);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "a file could not be deleted: " + file, e);
        }
    }
}
