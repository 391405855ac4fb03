package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.KnownRelay;
import org.bascule.domain.relay.RelayDistances;
import org.bascule.domain.relay.RelayOperations;
import org.bascule.domain.relay.RelayView;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/installation/relays}: the relays of the installation, for its operator. */
@Path("/installation/relays")
@RequestScoped
public class InstallationRelayResource {

    /** Sort keys of the list: the id. */
    private static final int KEYS = 1;

    @Inject
    private CurrentCaller current;

    @Inject
    private RelayOperations operations;

    @Inject
    private RelayDistances distances;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(
                Answers.slice(operations.list(current.get(), Parameters.cursor(cursor, KEYS, limit)), this::json));
    }

    @POST
    @Path("/{id}/approve")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.RELAY_APPROVED)
    public Response approve(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        operations.approve(current.get(), id, body.string("words", 200));
        return Response.noContent().build();
    }

    @POST
    @Path("/{id}/refuse")
    @Attempts(Operation.RELAY_REFUSED)
    public Response refuse(@PathParam("id") String id) throws RefusedException {
        operations.refuse(current.get(), id);
        return Response.noContent().build();
    }

    @DELETE
    @Path("/{id}")
    @Attempts(Operation.RELAY_REMOVED)
    public Response remove(@PathParam("id") String id) throws RefusedException {
        operations.remove(current.get(), id);
        return Response.noContent().build();
    }

    @PUT
    @Path("/{id}/drain")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.RELAY_DRAINED)
    public Response drain(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        if (!body.has("drain")) {
            throw WireException.malformed("'drain' is neither true nor false");
        }
        operations.drain(current.get(), id, body.optionalFlag("drain"));
        return Response.noContent().build();
    }

    private JsonObjectBuilder json(RelayView view) {
        KnownRelay known = view.known();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", view.id())
                .add("url", view.url())
                .add("nativeUrl", view.nativeUrl())
                .add("configured", view.configured())
                .add("state", known == null ? "configured" : known.state().text());
        Answers.put(json, "name", known == null ? null : known.relay().name());
        Answers.put(json, "region", known == null ? null : known.relay().region());
        Answers.put(json, "version", known == null ? null : known.relay().version());
        Answers.put(json, "words", known == null ? null : known.words());
        Answers.put(json, "address", known == null ? null : known.address());
        Answers.put(json, "firstSeen", known == null ? null : known.firstSeen());
        Answers.put(json, "lastHeartbeat", known == null ? null : known.lastHeartbeat());
        Answers.number(json, "capacity", known == null ? null : known.load().capacity());
        Answers.number(json, "sessions", known == null ? null : known.load().sessions());
        Answers.number(
                json, "bytesPerSecond", known == null ? null : known.load().bytesPerSecond());
        Answers.number(
                json, "processor", known == null ? null : (long) known.load().processor());
        return json.add("drain", known != null && known.drain())
                .add("draining", known != null && known.load().draining())
                .add("silent", view.silent())
                .add("regions", Answers.list(distances.to(view.id()), InstallationRelayResource::distance));
    }

    private static JsonObjectBuilder distance(RelayDistances.Distance distance) {
        return Json.createObjectBuilder()
                .add("region", distance.region())
                .add("ms", distance.millis())
                .add("count", distance.count());
    }
}
