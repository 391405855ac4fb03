package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/sign-in}: where a native client gets its tokens. Public, limited by address. */
@Path("/sign-in")
@RequestScoped
public class SignInResource {

    private static final String CLIENT = "bascule-cli";

    @Inject
    private Identities identities;

    @GET
    public Response get(@QueryParam("domain") @Nullable String domain) {
        DomainReference found = Optional.ofNullable(Parameters.text("domain", domain))
                .flatMap(identities::domainOfName)
                .orElseThrow(() -> ProblemException.of(ProblemCode.NOT_FOUND, "There is no such domain."));
        return Answers.ok(Json.createObjectBuilder()
                .add("authorizationServer", found.issuer())
                .add("clientId", CLIENT));
    }
}
