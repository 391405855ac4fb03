package org.bascule.agent.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A bash that reads no start-up files: what the person who runs the tests has there can take longer than a test waits, and is not theirs to break off.
 */
public final class TestShell {

    /** Executable by every account. */
    public static final Path PLAIN = make();

    private TestShell() {}

    private static Path make() {
        try {
            Path file = Files.createTempFile("bascule-shell", "");
            Files.writeString(file, "#!/bin/sh\nexec /bin/bash --noprofile --norc \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
