package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.SignIns;
import org.jspecify.annotations.Nullable;

/** {@code /api/users/{id}/sign-ins}: where a user is signed in, for administrators. */
@Path("/users/{id}/sign-ins")
@RequestScoped
public class UserSignInResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private SignIns signIns;

    @GET
    public Response list(
            @PathParam("id") String id,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return MySignInResource.list(signIns, current.get(), id, cursor, limit);
    }

    @DELETE
    @Path("/{signIn}")
    @Attempts(value = Operation.SIGN_IN_ENDED, on = "id")
    public Response end(@PathParam("id") String id, @PathParam("signIn") String signIn) throws RefusedException {
        signIns.end(current.get(), id, signIn);
        return Response.noContent().build();
    }
}
