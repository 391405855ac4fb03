package org.bascule.web.api;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transfer.Imports;
import org.bascule.domain.transfer.TransferFiles;
import org.bascule.domain.transfer.TransferFiles.TransferFile;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** The file of an import, on the disk before its operation begins; it goes with the request, unless the import has taken it. */
@RequestScoped
public class Upload {

    private static final int BUFFER = 65_536;

    @Inject
    CurrentCaller current;

    @Inject
    Imports imports;

    @Inject
    TransferFiles files;

    private @Nullable TransferFile file;

    void read(InputStream body) throws RefusedException, IOException {
        imports.requireAnyRight(current.get());
        TransferFile created = files.create(TransferFiles.Way.IN, current.get());
        file = created;
        store(body, created.path());
    }

    static void store(InputStream body, Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            long stored = 0;
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                stored += count;
                if (stored > BodyLimit.IMPORT) {
                    throw ProblemException.of(ProblemCode.TOO_LARGE);
                }
                out.write(buffer, 0, count);
            }
        }
    }

    Path path() {
        if (file == null) {
            throw new IllegalStateException("nothing was read");
        }
        return file.path();
    }

    @PreDestroy
    void end() {
        if (file != null) {
            file.close();
        }
    }
}
