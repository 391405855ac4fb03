package org.bascule.domain.pki;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Optional;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The identity of the installation: its key set as signed by the offline root. The signed file is read when it appears and again when it changes.
 */
@ApplicationScoped
public class Installation {

    @Inject
    Settings settings;

    @Inject
    InstallationKeys store;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    /** Set once at the start, before anything else of the application runs. */
    private volatile @Nullable Loaded loaded;

    private record Loaded(LoadedKeys keys, KeySetFile file) {}

    /** Loads the keys, makes them at the first start, and writes the request for the operator where one is needed. */
    public void start() {
        MasterKey master = MasterKey.read(settings.masterKeyFile());
        LoadedKeys keys = store.loadOrCreate(master);
        KeySetFile file = new KeySetFile(settings.keySetFile(), settings.publicUrl(), keys, clock, new Stored());
        loaded = new Loaded(keys, file);
        file.writeRequest();
    }

    private final class Stored implements KeySetFile.Acceptance {
        @Override
        public Optional<byte[]> root() {
            return store.accepted().root();
        }

        @Override
        public long seq() {
            return store.accepted().seq();
        }

        @Override
        public void accept(byte[] root, long seq) {
            transactions.inNew(() -> {
                store.accept(root, seq);
                return true;
            });
        }
    }

    /** The key set in force, or empty until the operator has signed one. */
    public Optional<SignedKeySet> keySet() {
        Loaded now = loaded;
        return now == null ? Optional.empty() : now.file().current();
    }

    /** The key set in force; {@code UNAVAILABLE} until the operator has signed one. */
    public SignedKeySet requireKeySet() throws RefusedException {
        return keySet().orElseThrow(() -> new RefusedException(
                Problem.UNAVAILABLE, "The key set of this installation has not been signed by its offline root yet."));
    }

    /** The unwrapped keys, which show themselves to this package alone. */
    public LoadedKeys keys() {
        Loaded now = loaded;
        if (now == null) {
            throw new IllegalStateException("the keys of the installation are not loaded");
        }
        return now.keys();
    }

    /** The issuer of tickets: the public URL without a trailing slash. */
    public String issuer() {
        return settings.publicUrl();
    }

    /** Version of the product, for {@code GET /api/installation}. */
    public String version() {
        String version = Installation.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
