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
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.SignInView;
import org.bascule.domain.token.SignIns;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/me/sign-ins}: where the caller is signed in. */
@Path("/me/sign-ins")
@RequestScoped
public class MySignInResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private SignIns signIns;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return list(signIns, current.get(), current.get().userId(), cursor, limit);
    }

    @DELETE
    @Path("/{id}")
    @Attempts(Operation.SIGN_IN_ENDED)
    public Response end(@PathParam("id") String id) throws RefusedException {
        signIns.end(current.get(), current.get().userId(), id);
        return Response.noContent().build();
    }

    static Response list(SignIns signIns, Caller caller, String user, @Nullable String cursor, @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                signIns.of(caller, user, Parameters.cursor(cursor, SignIns.KEYS, limit)), MySignInResource::json));
    }

    private static JsonObjectBuilder json(SignInView signIn) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", signIn.id())
                .add("client", signIn.client().code())
                .add("address", signIn.address());
        Answers.put(json, "userAgent", signIn.userAgent());
        return json.add("since", signIn.since().toString())
                .add("lastUsed", signIn.lastUsed().toString())
                .add("current", signIn.current());
    }
}
