package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.Language;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transfer.Format;
import org.bascule.domain.transfer.ImportChange;
import org.bascule.domain.transfer.ImportProblem;
import org.bascule.domain.transfer.ImportRequest;
import org.bascule.domain.transfer.ImportView;
import org.bascule.domain.transfer.Imports;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/imports}: files that say what the directory is to be. */
@Path("/imports")
@RequestScoped
public class ImportResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Imports imports;

    /** The import begins when the job is stored. */
    @POST
    @Creates
    @Consumes({MediaType.APPLICATION_JSON, "text/csv"})
    @Attempts(Operation.IMPORTED)
    public Response start(
            @QueryParam("format") @Nullable String format,
            @QueryParam("dryRun") @Nullable String dryRun,
            @QueryParam("unknownDevices") @Nullable String unknownDevices,
            Upload upload)
            throws RefusedException {
        Format read = Parameters.code("format", format, Format::ofCode);
        ImportRequest request = new ImportRequest(
                read == null ? Format.JSON : read,
                Boolean.TRUE.equals(Parameters.code("dryRun", dryRun, ImportResource::flag)),
                Boolean.TRUE.equals(Parameters.code("unknownDevices", unknownDevices, ImportResource::skips)));
        ImportView view = imports.start(current.get(), request, upload.path());
        return Answers.json(202, json(view, current.language()).build().toString());
    }

    private static Optional<Boolean> flag(String text) {
        return text.equals("true") || text.equals("false") ? Optional.of(text.equals("true")) : Optional.empty();
    }

    private static Optional<Boolean> skips(String text) {
        return text.equals("skip") || text.equals("refuse") ? Optional.of(text.equals("skip")) : Optional.empty();
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(json(imports.find(current.get(), id), current.language()));
    }

    @GET
    @Path("/{id}/changes")
    public Response changes(
            @PathParam("id") String id,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                imports.changes(current.get(), id, Parameters.cursor(cursor, 1, limit)), ImportResource::json));
    }

    private static JsonObjectBuilder json(ImportChange change) {
        return Json.createObjectBuilder()
                .add("line", change.line())
                .add("action", change.action())
                .add("kind", change.kind())
                .add("path", change.path())
                .add("detail", change.detail());
    }

    private static JsonObjectBuilder json(ImportView view, Language language) {
        ImportView.Counts counts = view.counts();
        JsonArrayBuilder problems = Json.createArrayBuilder();
        for (ImportProblem problem : view.problems()) {
            problems.add(Json.createObjectBuilder()
                    .add("line", problem.line())
                    .add("column", problem.column())
                    .add("reason", problem.sentence().in(language)));
        }
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", view.id())
                .add("format", view.format())
                .add("dryRun", view.dryRun())
                .add("state", view.state())
                .add("phase", view.phase())
                .add("done", view.done())
                .add("total", view.total())
                .add(
                        "changes",
                        Json.createObjectBuilder()
                                .add("created", counts.created())
                                .add("updated", counts.updated())
                                .add("moved", counts.moved())
                                .add("deleted", counts.deleted())
                                .add("unchanged", counts.unchanged())
                                .add("skipped", counts.skipped()))
                .add("problems", problems)
                .add("created", view.created().toString());
        Answers.put(json, "finished", view.finished());
        return json;
    }
}
