package org.bascule.relay.admission;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.bascule.wire.WireException;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/**
 * The key set of the installation: fetched when it is first needed, again when a token names a key that is not in it, at most once in
 * {@link #PAUSE}, and in any case every {@link #REFRESH}, so that a key that was withdrawn does not count for longer. Only a set that the pinned root signed and that is not older than the present one is accepted. It is kept in a file, with which the next start begins, until
 * the access server answers.
 */
public final class InstallationKeys {

    /** Between two fetches, whether they succeed or not. */
    public static final Duration PAUSE = Duration.ofSeconds(2);

    /** After so long it is fetched without need. */
    public static final Duration REFRESH = Duration.ofMinutes(2);

    private static final System.Logger LOG = System.getLogger(InstallationKeys.class.getName());

    private final byte[] rootHash;
    private final InstallationSource source;
    private final KeySetFile file;
    private final Executor executor;
    private final InstantSource clock;

    private volatile @Nullable KeySet current;
    private volatile boolean confirmed;

    // guarded by this
    private @Nullable CompletableFuture<KeySet> fetching;
    private Instant lastFetch = Instant.MIN;
    private String reported = "";

    /**
     * @param rootHash SHA-256 of the installation root's public key
     * @param file where the set is kept
     * @param executor where fetching may block
     */
    public InstallationKeys(
            byte[] rootHash, InstallationSource source, KeySetFile file, Executor executor, InstantSource clock) {
        this.rootHash = rootHash.clone();
        this.source = source;
        this.file = file;
        this.executor = executor;
        this.clock = clock;
        this.current = kept(file, rootHash);
    }

    private static @Nullable KeySet kept(KeySetFile file, byte[] rootHash) {
        Optional<String> text = file.read();
        try {
            return text.isPresent() ? KeySet.verify(text.get(), rootHash) : null;
        } catch (WireException e) {
            LOG.log(Level.WARNING, "the kept key set does not count: {0}", e.getMessage());
            return null;
        }
    }

    /** Whether it should be fetched though nobody needs it: until the access server has answered, and then now and then. */
    public synchronized boolean isDue() {
        return !confirmed || hasPassed(REFRESH);
    }

    /** Since the last fetch; a clock that was set back says nothing of it. */
    private boolean hasPassed(Duration time) {
        return Duration.between(lastFetch, clock.instant()).abs().compareTo(time) >= 0;
    }

    /** The set as it is now, without fetching. */
    public Optional<KeySet> current() {
        return Optional.ofNullable(current);
    }

    /** The set, fetched if that key is not in it. Fails with {@link IOException} if there is no set and none can be had now. */
    public CompletionStage<KeySet> forRelayTokenKey(String kid) {
        KeySet set = current;
        if (set != null && holds(set, kid)) {
            return CompletableFuture.completedFuture(set);
        }
        return refresh();
    }

    private static boolean holds(KeySet set, String kid) {
        return set.keys().stream()
                .anyMatch(key ->
                        key.role() == KeySet.Role.RELAY_TOKEN && key.kid().equals(kid));
    }

    /** Fetches, joins a fetch that is under way, or answers with what there is if the last one was just now. */
    public CompletionStage<KeySet> refresh() {
        CompletableFuture<KeySet> mine;
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            if (!hasPassed(PAUSE)) {
                KeySet set = current;
                return set != null ? CompletableFuture.completedFuture(set) : failed();
            }
            lastFetch = clock.instant();
            mine = new CompletableFuture<>();
            fetching = mine;
        }
        try {
            executor.execute(() -> fetch(mine));
        } catch (RejectedExecutionException e) {
            done(mine, null, e);
        }
        return mine;
    }

    private static CompletableFuture<KeySet> failed() {
        return CompletableFuture.failedFuture(new IOException("no key set of the installation yet"));
    }

    private void fetch(CompletableFuture<KeySet> mine) {
        try {
            String text = source.fetchKeySet();
            done(mine, accept(KeySet.verify(text, rootHash), text), null);
        } catch (Throwable e) {
            // whatever it was: who waits must hear of it, and the next need fetches again
            done(mine, null, e);
        }
    }

    private KeySet accept(KeySet fetched, String text) throws WireException {
        KeySet set = current;
        if (set != null && fetched.seq() < set.seq()) {
            throw new WireException(
                    WireException.Reason.REPLAYED, "key set %d is older than %d".formatted(fetched.seq(), set.seq()));
        }
        current = fetched;
        confirmed = true;
        if (set == null || set.seq() != fetched.seq()) {
            file.write(text);
        }
        return fetched;
    }

    private void done(CompletableFuture<KeySet> mine, @Nullable KeySet fetched, @Nullable Throwable failure) {
        synchronized (this) {
            fetching = null;
            report(fetched, failure);
        }
        KeySet set = current;
        if (set != null) {
            mine.complete(set);
        } else {
            mine.completeExceptionally(new IOException("no key set of the installation", failure));
        }
    }

    /** Says once what is wrong, and once that it works (again). */
    private void report(@Nullable KeySet fetched, @Nullable Throwable failure) {
        String news =
                fetched != null ? "key set " + fetched.seq() + " of " + fetched.issuer() : String.valueOf(failure);
        if (news.equals(reported)) {
            return;
        }
        reported = news;
        if (fetched != null) {
            LOG.log(Level.INFO, "{0}", news);
        } else {
            LOG.log(Level.WARNING, "no new key set from the access server: {0}", news);
        }
    }
}
