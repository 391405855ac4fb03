package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.ApiTokenCreated;
import org.bascule.domain.token.ApiTokenView;
import org.bascule.domain.token.ApiTokens;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** {@code /api/me/tokens}: the caller's API tokens. */
@Path("/me/tokens")
@RequestScoped
public class MyTokenResource {

    private static final int MAX_CODES = 64;
    private static final int MAX_FOLDERS = 50;

    @Inject
    private CurrentCaller current;

    @Inject
    private ApiTokens tokens;

    @GET
    public Response list() throws RefusedException {
        return list(tokens.of(current.get(), current.get().userId()));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.API_TOKEN_CREATED)
    public Response create(StrictJson body) throws RefusedException, WireException {
        long seconds = body.number("expiresIn", Long.MIN_VALUE, Long.MAX_VALUE);
        if (seconds < ApiTokens.MIN_VALIDITY.toSeconds() || seconds > ApiTokens.MAX_VALIDITY.toSeconds()) {
            throw ProblemException.invalid("expiresIn", "Between %,d and %,d seconds.", 60, 31_622_400);
        }
        ApiTokenCreated created = tokens.create(
                current.get(),
                body.text("name", FolderResource.MAX_NAME),
                body.strings("permissions", MAX_CODES, 64),
                body.strings("folders", MAX_FOLDERS, 36),
                Duration.ofSeconds(seconds));
        return Answers.created(
                json(created.view()).add("token", created.secret().reveal()));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(Operation.API_TOKEN_REVOKED)
    public Response revoke(@PathParam("id") String id) throws RefusedException {
        tokens.revoke(current.get(), current.get().userId(), id);
        return Response.noContent().build();
    }

    static Response list(List<ApiTokenView> views) {
        return Answers.ok(Answers.slice(new Slice<>(views, null), MyTokenResource::json));
    }

    private static JsonObjectBuilder json(ApiTokenView token) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", token.id())
                .add("name", token.name())
                .add("permissions", Answers.texts(token.permissions()))
                .add("folders", Answers.list(token.folders(), folder -> Answers.named(folder.id(), folder.name())))
                .add("created", token.created().toString())
                .add("expires", token.expires().toString());
        Answers.put(json, "lastUsed", token.lastUsed());
        Answers.put(json, "lastAddress", token.lastAddress());
        return json;
    }
}
