package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.keycloak.UserCredential;
import org.bascule.domain.realm.SecondFactorRule;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.RealmSessions;
import org.bascule.wire.Json;

/** {@code /api/me/factors}: by what the caller signs in. Changed at the realm, by {@code /account/start}. */
@Path("/me/factors")
@RequestScoped
public class FactorResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private RealmSessions realms;

    @Inject
    private SecondFactorRule rule;

    @GET
    public Response get() throws RefusedException {
        Caller caller = current.get();
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("required", rule.isRequired(caller.domainId(), caller.userId()));
        Answers.put(json, "provedAt", caller.credential().secondFactorAt());
        return Answers.ok(json.add(
                "items", Answers.list(realms.factors(caller, current.identity().subject()), FactorResource::json)));
    }

    private static JsonObjectBuilder json(UserCredential factor) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("id", factor.id()).add("kind", factor.kind());
        Answers.put(json, "label", factor.label());
        Answers.put(json, "created", factor.created());
        return json;
    }
}
