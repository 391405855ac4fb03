package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.directory.Named;
import org.bascule.domain.people.PrincipalQuery;
import org.bascule.domain.people.UserView;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/users}: references to users of the realm. */
@Path("/users")
@RequestScoped
public class UserResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Users users;

    @GET
    public Response list(
            @QueryParam("q") @Nullable String text,
            @QueryParam("folder") @Nullable String folder,
            @QueryParam("group") @Nullable String group,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        PrincipalQuery query = new PrincipalQuery(
                Parameters.text("q", text),
                Parameters.text("folder", folder),
                Parameters.text("group", group),
                Parameters.cursor(cursor, PrincipalQuery.KEYS, limit));
        return Answers.ok(Answers.slice(users.list(current.get(), query), UserResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(StrictJson body) throws RefusedException, WireException {
        return tagged(
                201,
                users.create(current.get(), body.string("folder", 36), body.text("name", FolderResource.MAX_NAME)));
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(200, users.user(current.get(), id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(
                200,
                users.change(
                        current.get(),
                        id,
                        Parameters.revision(ifMatch),
                        body.has("name") ? body.text("name", FolderResource.MAX_NAME) : null,
                        body.has("folder") ? body.string("folder", 36) : null));
    }

    @DELETE
    @Path("/{id}")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        users.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    private static Response tagged(int status, UserView user) {
        return Answers.tagged(status, json(user), user.revision());
    }

    private static JsonObjectBuilder json(UserView user) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("id", user.id()).add("name", user.name());
        folder(json, user.folder());
        Answers.put(json, "lastSignIn", user.lastSignIn());
        return json.add("pending", user.pending())
                .add("groups", Answers.list(user.groups(), group -> Answers.named(group.id(), group.name())))
                .add("owner", user.owner())
                .add("permissions", Answers.permissions(user.permissions()))
                .add("etag", Long.toString(user.revision()));
    }

    static void folder(JsonObjectBuilder json, @Nullable Named folder) {
        if (folder == null) {
            json.addNull("folder");
        } else {
            json.add("folder", Answers.named(folder.id(), folder.name()));
        }
    }
}
