package org.bascule.web.api;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.nio.file.Files;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transfer.Exports;
import org.bascule.domain.transfer.Format;
import org.bascule.domain.transfer.TransferFiles;
import org.bascule.domain.transfer.TransferFiles.TransferFile;
import org.jspecify.annotations.Nullable;

/** {@code /api/export}: the directory as the caller sees it, as a file. */
@Path("/export")
@RequestScoped
public class ExportResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Exports exports;

    @Inject
    private TransferFiles files;

    private @Nullable TransferFile file;

    /** When it was sent, or could not be. */
    @PreDestroy
    void end() {
        if (file != null) {
            file.close();
        }
    }

    @GET
    public Response get(@QueryParam("format") @Nullable String format) throws RefusedException, IOException {
        Format wanted = Parameters.code("format", format, Format::ofCode);
        Format written = wanted == null ? Format.JSON : wanted;
        Caller caller = current.get();
        TransferFile created = files.create(TransferFiles.Way.OUT, caller);
        file = created;
        exports.write(caller, written, created.path());
        StreamingOutput body = out -> Files.copy(created.path(), out);
        return Response.ok(body)
                .type(MediaType.valueOf(written.mediaType()).withCharset("utf-8"))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"directory." + written.code() + "\"")
                .build();
    }
}
