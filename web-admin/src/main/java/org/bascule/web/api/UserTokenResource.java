package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.ApiTokens;

/** {@code /api/users/{id}/tokens}: a user's API tokens, for administrators. */
@Path("/users/{id}/tokens")
@RequestScoped
public class UserTokenResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private ApiTokens tokens;

    @GET
    public Response list(@PathParam("id") String id) throws RefusedException {
        return MyTokenResource.list(tokens.of(current.get(), id));
    }

    @DELETE
    @Path("/{token}")
    @Attempts(value = Operation.API_TOKEN_REVOKED, on = "id")
    public Response revoke(@PathParam("id") String id, @PathParam("token") String token) throws RefusedException {
        tokens.revoke(current.get(), id, token);
        return Response.noContent().build();
    }
}
