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
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.assistance.AssistanceState;
import org.bascule.domain.assistance.AssistanceView;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/assistance}: requests for help that were raised at devices. */
@Path("/assistance")
@RequestScoped
public class AssistanceResource {

    private static final int KEYS = 2;
    private static final int MAX_COMMENT = 1_000;

    @Inject
    private CurrentCaller current;

    @Inject
    private Assistance assistance;

    @GET
    public Response list(
            @QueryParam("state") @Nullable String state,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                assistance.list(
                        current.get(),
                        Parameters.code("state", state, AssistanceState::ofCode),
                        Parameters.cursor(cursor, KEYS, limit)),
                AssistanceResource::json));
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(assistance.get(current.get(), id));
    }

    @POST
    @Path("/{id}/take")
    @Attempts(Operation.ASSISTANCE_TAKEN)
    public Response take(@PathParam("id") String id) throws RefusedException {
        return tagged(assistance.take(current.get(), id));
    }

    @POST
    @Path("/{id}/close")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.ASSISTANCE_CLOSED)
    public Response close(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        return tagged(
                assistance.close(current.get(), id, body.has("comment") ? body.text("comment", MAX_COMMENT) : null));
    }

    private static Response tagged(AssistanceView request) {
        return Response.fromResponse(Answers.ok(json(request)))
                .header(HttpHeaders.ETAG, "\"" + request.revision() + "\"")
                .build();
    }

    static JsonObjectBuilder json(AssistanceView request) {
        JsonObjectBuilder contact = Json.createObjectBuilder();
        Answers.put(contact, "name", request.contactName());
        Answers.put(contact, "phone", request.contactPhone());
        Answers.put(contact, "email", request.contactEmail());
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", request.id())
                .add(
                        "device",
                        Json.createObjectBuilder()
                                .add("uid", request.deviceUid())
                                .add("name", request.deviceName()))
                .add("text", request.text())
                .add("contact", contact)
                .add("state", request.state().code())
                .add("raised", request.raised().toString())
                .add("received", request.received().toString())
                .add("expires", request.expires().toString());
        Answers.put(json, "takenBy", request.takenBy());
        Answers.put(json, "closedBy", request.closedBy());
        Answers.put(json, "comment", request.comment());
        return json.add("etag", Long.toString(request.revision()));
    }
}
