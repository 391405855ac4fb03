package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.transfer.Exports;
import org.bascule.domain.transfer.Format;
import org.jspecify.annotations.Nullable;

/** {@code /api/export}: the directory as the caller sees it, as a file. */
@Path("/export")
@RequestScoped
public class ExportResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Exports exports;

    @GET
    public Response get(@QueryParam("format") @Nullable String format) {
        Format wanted = Parameters.code("format", format, Format::ofCode);
        Format written = wanted == null ? Format.JSON : wanted;
        Caller caller = current.get();
        StreamingOutput body = out -> exports.write(caller, written, out);
        return Response.ok(body)
                .type(MediaType.valueOf(written.mediaType()).withCharset("utf-8"))
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"directory." + written.code() + "\"")
                .build();
    }
}
