package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.access.AccessRequests;
import org.bascule.domain.access.RequestView;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/access/requests}: access for a limited time, decided about by a second person. */
@Path("/access/requests")
@RequestScoped
public class AccessRequestResource {

    /** More than a reason may have, so that the domain says what is wrong with a long one. */
    private static final int MAX_REASON = 2_000;

    @Inject
    private CurrentCaller current;

    @Inject
    private AccessRequests requests;

    @GET
    public Response list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("mine") @Nullable String mine,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Boolean open = Parameters.code("state", state, AccessRequestResource::isOpen);
        return Answers.ok(Answers.slice(
                requests.list(current.get(), open, AccessJson.flag("mine", mine), Parameters.cursor(cursor, 1, limit)),
                AccessRequestResource::json));
    }

    private static Optional<Boolean> isOpen(String state) {
        return switch (state) {
            case "open" -> Optional.of(true);
            case "decided" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Creates
    @Attempts(value = Operation.ACCESS_REQUESTED, on = "resource")
    public Response create(StrictJson body) throws RefusedException, WireException {
        Instant until = AccessJson.time(body, "until");
        if (until == null) {
            throw ProblemException.invalid("until", "Say until when.");
        }
        return Answers.created(json(requests.create(
                current.get(),
                AccessJson.id("resource", body.string("resource", 36)),
                AccessJson.permissions(body),
                body.text("reason", MAX_REASON),
                until)));
    }

    @POST
    @Path("/{id}/approve")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.ACCESS_APPROVED)
    public Response approve(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        return Answers.ok(json(requests.approve(current.get(), id, AccessJson.time(body, "until"))));
    }

    @POST
    @Path("/{id}/reject")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.ACCESS_REJECTED)
    public Response reject(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        String reason = body.has("reason") ? body.text("reason", 500) : null;
        return Answers.ok(json(requests.reject(current.get(), id, reason)));
    }

    @POST
    @Path("/{id}/withdraw")
    @Attempts(Operation.ACCESS_WITHDRAWN)
    public Response withdraw(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(json(requests.withdraw(current.get(), id)));
    }

    private static JsonObjectBuilder json(RequestView request) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", request.id())
                .add("resource", AccessJson.resource(request.resource()))
                .add("user", Answers.named(request.userId(), request.userName()))
                .add("permissions", Answers.texts(request.permissions()))
                .add("reason", request.reason())
                .add("until", request.until().toString())
                .add("state", request.state());
        Answers.put(json, "decidedBy", request.decidedBy());
        Answers.put(json, "decision", request.decision());
        return json.add("created", request.created().toString()).add("etag", Long.toString(request.version()));
    }
}
