package org.bascule.domain.pki;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.RootPublicKey;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.KeySetRequest;
import org.jspecify.annotations.Nullable;

/**
 * The signed key set on disk, and the request beside it. The file is looked at no more than once a second, and read when its time or size has
 * changed. A file that is not acceptable is reported once and leaves the last acceptable one in force.
 */
final class KeySetFile {

    private static final Logger LOG = System.getLogger(KeySetFile.class.getName());
    private static final String REQUEST = "key-request.json";
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final String issuer;
    private final LoadedKeys keys;
    private final InstantSource clock;
    private final Acceptance acceptance;

    // guarded by this
    private Instant looked = Instant.MIN;
    private @Nullable FileTime seenTime;
    private long seenSize = -1;
    private @Nullable SignedKeySet inForce;

    /** What was accepted earlier, in the database. */
    interface Acceptance {
        Optional<byte[]> root();

        long seq();

        void accept(byte[] root, long seq);
    }

    KeySetFile(Path file, String issuer, LoadedKeys keys, InstantSource clock, Acceptance acceptance) {
        this.file = file;
        this.issuer = issuer;
        this.keys = keys;
        this.clock = clock;
        this.acceptance = acceptance;
    }

    synchronized Optional<SignedKeySet> current() {
        Instant now = clock.instant();
        if (now.isBefore(looked) || !now.isBefore(looked.equals(Instant.MIN) ? now : looked.plus(PAUSE))) {
            looked = now;
            look();
        }
        return Optional.ofNullable(inForce);
    }

    private void look() {
        try {
            if (!Files.isRegularFile(file)) {
                return;
            }
            FileTime time = Files.getLastModifiedTime(file);
            long size = Files.size(file);
            if (time.equals(seenTime) && size == seenSize) {
                return;
            }
            try {
                if (size > KeySet.MAX_LENGTH + 2) {
                    throw new WireException(WireException.Reason.TOO_LARGE, "the file is too long");
                }
                accept(Files.readString(file, StandardCharsets.US_ASCII).strip());
            } catch (WireException e) {
                LOG.log(Level.WARNING, "the key set file {0} is not acceptable: {1}", file, e.getMessage());
            }
            // what could not be read, or not be noted in the database, is tried again
            seenTime = time;
            seenSize = size;
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the key set file {0} cannot be read: {1}", file, e.getMessage());
        }
    }

    private void accept(String text) throws WireException {
        RootPublicKey root = RootPublicKey.parse(Jws.parse(text, KeySet.TYP, KeySet.MAX_LENGTH)
                .unverifiedClaims()
                .bytes("root", RootPublicKey.LENGTH));
        Optional<byte[]> known = acceptance.root();
        if (known.isPresent() && !new RootPublicKey(known.get()).equals(root)) {
            throw refused("another root signed it than the one that agents have pinned");
        }
        KeySet set = KeySet.verify(text, root);
        if (!set.issuer().equals(issuer)) {
            throw refused("it is for another public URL");
        }
        if (set.seq() < acceptance.seq()) {
            throw refused("a newer one was in force already");
        }
        Set<String> kids = new HashSet<>();
        set.keys().forEach(key -> kids.add(key.role().text() + " " + key.kid()));
        if (!keys.entries().stream().allMatch(key -> kids.contains(key.role().text() + " " + key.kid()))
                || !set.certificateAuthorities().contains(keys.ca())) {
            throw refused("keys of this server are missing in it; sign the present " + REQUEST);
        }
        acceptance.accept(root.raw(), set.seq());
        inForce = new SignedKeySet(set, text);
        LOG.log(Level.INFO, "key set {0} of root {1} is in force", set.seq(), root.kid());
    }

    private static WireException refused(String message) {
        return new WireException(WireException.Reason.FOREIGN, message);
    }

    /** Writes the request for the operator, unless the key set in force covers everything. */
    void writeRequest() {
        if (current().isPresent()) {
            return;
        }
        KeySetRequest request = new KeySetRequest(issuer, acceptance.seq() + 1, keys.entries(), List.of(keys.ca()));
        Path target = file.resolveSibling(REQUEST);
        try {
            Path directory = target.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            Path temporary = target.resolveSibling(REQUEST + ".tmp");
            Files.writeString(temporary, request.toJson());
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            LOG.log(
                    Level.WARNING,
                    "the key set must be signed offline: sign {0} and put the result at {1}",
                    target,
                    file);
        } catch (IOException e) {
            throw new IllegalStateException("the key request " + target + " cannot be written", e);
        }
    }
}
