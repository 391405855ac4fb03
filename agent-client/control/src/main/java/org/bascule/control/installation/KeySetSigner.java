package org.bascule.control.installation;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.KeySetRequest;

/** Signs what the access server asks for ({@code key-request.json}) with the installation root. */
public final class KeySetSigner {

    private final RootSigningKey root;
    private final InstantSource clock;

    public KeySetSigner(RootSigningKey root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /** The key set as signed text, checked once more with the root's public half. */
    public String sign(String request) throws InstallationException {
        try {
            String signed = KeySetRequest.parse(request).sign(root, clock.instant());
            KeySet.verify(signed, root.publicKey());
            return signed;
        } catch (WireException e) {
            throw new InstallationException("the request is not a key request: " + e.getMessage(), e);
        }
    }

    /** Reads a request from a file and puts the signed key set into another, which appears complete or not at all. */
    public KeySet sign(Path request, Path out) throws IOException, InstallationException {
        if (Files.size(request) > KeySet.MAX_LENGTH) {
            throw new InstallationException(request + " is too large for a key request");
        }
        String signed = sign(Files.readString(request));
        Path target = out.toAbsolutePath();
        Path fresh = target.resolveSibling(target.getFileName() + ".new");
        Files.writeString(
                fresh,
                signed,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SYNC);
        try {
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            return KeySet.verify(signed, root.publicKey());
        } catch (WireException e) {
            throw new IllegalStateException("it was verified when it was signed", e);
        }
    }
}
