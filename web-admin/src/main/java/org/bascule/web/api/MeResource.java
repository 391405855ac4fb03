package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.identity.Caller;
import org.bascule.web.login.SignedIn;
import org.bascule.wire.Json;

/** {@code /api/me}: who is signed in. */
@Path("/me")
@RequestScoped
public class MeResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Authorization authorization;

    @Inject
    private Operators operators;

    @GET
    public Response get() {
        Caller caller = current.get();
        JsonObjectBuilder authentication = Json.createObjectBuilder();
        Answers.put(authentication, "acr", caller.acr());
        Answers.put(authentication, "authTime", caller.authTime());
        Answers.put(authentication, "secondFactorAt", caller.credential().secondFactorAt());
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("user", Answers.named(caller.userId(), caller.userName()))
                .add("domain", Answers.named(caller.domainId(), caller.domainName()));
        Answers.put(json, "csrf", current.login().map(SignedIn::csrf).orElse(null));
        return Answers.ok(json.add("authentication", authentication)
                .add("administer", authorization.administers(caller))
                .add("operator", operators.isOperator(caller))
                .add(
                        "permissions",
                        Json.createObjectBuilder()
                                .add("domain", Answers.permissions(authorization.onDomain(caller)))
                                .add("anywhere", Answers.permissions(authorization.anywhere(caller)))));
    }
}
