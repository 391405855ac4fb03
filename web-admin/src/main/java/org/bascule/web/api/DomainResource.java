package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.realm.DomainCreations;
import org.bascule.domain.realm.DomainView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/domains}: the domains of the installation, for its operator. */
@Path("/domains")
@RequestScoped
public class DomainResource {

    /** Sort keys of the list: name and id. */
    private static final int KEYS = 2;

    private static final int MAX_NAME = 300;

    @Inject
    private CurrentCaller current;

    @Inject
    private DomainCreations creations;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                creations.list(current.get(), Parameters.cursor(cursor, KEYS, limit)), DomainResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.DOMAIN_REQUESTED)
    public Response create(StrictJson body) throws RefusedException, WireException {
        StrictJson owner = body.child("owner");
        DomainCreations.Begun begun = creations.begin(
                current.get(),
                body.text("name", MAX_NAME),
                owner.text("name", MAX_NAME),
                owner.has("email") ? owner.text("email", MAX_NAME) : null,
                OptionsResource.flag(owner, "invite", false));
        JsonObjectBuilder json = json(begun.domain());
        Answers.put(json, "firstPassword", begun.firstPassword());
        return Answers.json(202, json.build().toString());
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(json(creations.domain(current.get(), id)));
    }

    @POST
    @Path("/{id}/cancel")
    @Attempts(Operation.DOMAIN_CANCELLED)
    public Response cancel(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(json(creations.cancel(current.get(), id)));
    }

    private static JsonObjectBuilder json(DomainView domain) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", domain.id())
                .add("name", domain.name())
                .add("realm", domain.realmName())
                .add("created", domain.created().toString());
        Answers.put(json, "owner", domain.owner());
        json.add("state", domain.state());
        Answers.put(json, "step", domain.step());
        json.add("attempts", domain.attempts());
        Answers.put(json, "error", domain.error());
        if (domain.realm() == null) {
            return json.addNull("realmState");
        }
        return json.add("realmState", SignInSettingsResource.state(domain.realm()));
    }
}
