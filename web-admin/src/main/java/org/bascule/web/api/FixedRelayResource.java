package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.FixedRelayView;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/fixed-relays/{id}}: the relay that is set for a device, a folder or a user. */
@Path("/fixed-relays/{id}")
@RequestScoped
public class FixedRelayResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private FixedRelays relays;

    @GET
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(relays.read(current.get(), id));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.RELAY_FIXED, on = "id")
    public Response put(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(relays.put(
                current.get(),
                id,
                Parameters.revision(ifMatch),
                body.optionalString("relay", 64).orElse(null)));
    }

    private static Response tagged(FixedRelayView view) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        Answers.put(json, "relay", view.relay());
        json.add("own", view.own());
        if (view.folderId() == null) {
            json.addNull("folder");
        } else {
            json.add("folder", Answers.named(view.folderId(), view.folderName()));
        }
        json.add("etag", Long.toString(view.revision()));
        return Response.fromResponse(Answers.ok(json))
                .tag(Long.toString(view.revision()))
                .build();
    }
}
