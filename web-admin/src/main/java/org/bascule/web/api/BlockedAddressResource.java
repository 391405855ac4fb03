package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.guard.BlockedAddress;
import org.bascule.domain.guard.BlockedAddresses;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/blocked-addresses}: who was shut out because of failed attempts. */
@Path("/blocked-addresses")
@RequestScoped
public class BlockedAddressResource {

    /** Sort keys of the list: time and network. */
    private static final int KEYS = 2;

    @Inject
    private CurrentCaller current;

    @Inject
    private BlockedAddresses addresses;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                addresses.list(current.get(), Parameters.cursor(cursor, KEYS, limit)), BlockedAddressResource::json));
    }

    @DELETE
    @Path("/{address}")
    @Attempts(Operation.ADDRESS_UNBLOCKED)
    public Response lift(@PathParam("address") String address) throws RefusedException {
        addresses.lift(current.get(), address);
        return Response.noContent().build();
    }

    private static JsonObjectBuilder json(BlockedAddress blocked) {
        return Json.createObjectBuilder()
                .add("address", blocked.address())
                .add("bits", blocked.bits())
                .add("since", blocked.since().toString())
                .add("until", blocked.until().toString())
                .add("failures", blocked.failures())
                .add("attempts", Answers.list(blocked.attempts(), BlockedAddressResource::json));
    }

    private static JsonObjectBuilder json(BlockedAddress.Failure failure) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("time", failure.time().toString())
                .add("kind", failure.kind());
        Answers.put(json, "userName", failure.userName());
        if (failure.domainId() == null) {
            return json.addNull("domain");
        }
        return json.add("domain", Answers.named(failure.domainId(), failure.domainName()));
    }
}
