package org.bascule.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.bascule.control.installation.InstallationException;
import org.bascule.control.installation.KeySetSigner;
import org.bascule.control.installation.RootKeyFile;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.wire.keys.RootSigningKey;

/** The key ceremony of an operator, with the root key beside the demo instead of in a safe. */
final class InstallationRoot {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path folder;
    private final RootSigningKey key;

    private InstallationRoot(Path folder, RootSigningKey key) {
        this.folder = folder;
        this.key = key;
    }

    /** Reads the root key in the folder, or makes it. */
    static InstallationRoot in(Path folder) throws IOException, DemoException {
        PrivateFiles.folder(folder);
        Path file = folder.resolve("root.key");
        RootKeyFile root = new RootKeyFile(file);
        try {
            return new InstallationRoot(folder, Files.exists(file) ? root.read() : root.create());
        } catch (InstallationException e) {
            throw new DemoException("the installation root cannot be used: " + e.getMessage(), e);
        }
    }

    /** base64url SHA-256 of the public key. */
    String hash() {
        return key.publicKey().kid();
    }

    Path keySet() {
        return folder.resolve("keyset.jws");
    }

    /** Signs what the access server asks for, unless that was done already. */
    void sign() throws IOException, InterruptedException, DemoException {
        Path request = folder.resolve("key-request.json");
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!Files.exists(request)) {
            if (Instant.now().isAfter(deadline)) {
                throw new DemoException(
                        "the access server did not write " + request + " within " + PATIENCE.toSeconds() + " s");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        if (Files.exists(keySet())
                && Files.getLastModifiedTime(keySet()).compareTo(Files.getLastModifiedTime(request)) >= 0) {
            return;
        }
        try {
            new KeySetSigner(key, InstantSource.system()).sign(request, keySet());
        } catch (InstallationException e) {
            throw new DemoException("the key set cannot be signed: " + e.getMessage(), e);
        }
    }
}
