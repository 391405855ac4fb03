package org.bascule.keycloak;

import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;

/** Refuses passwords that a client sends by itself, whatever the client's settings say: such a sign-in knows no second factor. */
public final class DirectGrantStep extends Step {

    public DirectGrantStep() {
        super("bascule-no-direct-grant", "Refuses passwords that a client sends by itself.");
    }

    @Override
    public boolean requiresUser() {
        return false;
    }

    @Override
    public void authenticate(AuthenticationFlowContext context) {
        context.failure(
                AuthenticationFlowError.ACCESS_DENIED,
                Response.status(Response.Status.BAD_REQUEST)
                        .type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(
                                "{\"error\":\"unauthorized_client\",\"error_description\":\"Sign in with the browser.\"}")
                        .build());
    }
}
