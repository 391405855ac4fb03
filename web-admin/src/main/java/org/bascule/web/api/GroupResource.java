package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.people.GroupView;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.PrincipalDeletions;
import org.bascule.domain.people.PrincipalQuery;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/groups}: groups and their members. */
@Path("/groups")
@RequestScoped
public class GroupResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Groups groups;

    @Inject
    private PrincipalDeletions deletions;

    @GET
    public Response list(
            @QueryParam("q") @Nullable String text,
            @QueryParam("folder") @Nullable String folder,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        PrincipalQuery query = new PrincipalQuery(
                Parameters.text("q", text),
                Parameters.text("folder", folder),
                null,
                Parameters.cursor(cursor, PrincipalQuery.KEYS, limit));
        return Answers.ok(Answers.slice(groups.list(current.get(), query), GroupResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.GROUP_CREATED, on = "folder")
    public Response create(StrictJson body) throws RefusedException, WireException {
        return tagged(
                201,
                groups.create(
                        current.get(),
                        body.string("folder", 36),
                        body.text("name", FolderResource.MAX_NAME),
                        Bodies.textOrEmpty(body, "description", FolderResource.MAX_DESCRIPTION)));
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(200, groups.group(current.get(), id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.GROUP_UPDATED, on = "id")
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(
                200,
                groups.change(
                        current.get(),
                        id,
                        Parameters.revision(ifMatch),
                        body.has("name") ? body.text("name", FolderResource.MAX_NAME) : null,
                        Bodies.textOrEmpty(body, "description", FolderResource.MAX_DESCRIPTION),
                        body.has("folder") ? body.string("folder", 36) : null));
    }

    @GET
    @Path("/{id}/deletion")
    public Response deletion(@PathParam("id") String id) throws RefusedException {
        return Answers.ok(UserResource.json(deletions.ofGroup(current.get(), id)));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(value = Operation.GROUP_DELETED, on = "id")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        groups.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    @GET
    @Path("/{id}/members")
    public Response members(
            @PathParam("id") String id,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                groups.members(current.get(), id, Parameters.cursor(cursor, PrincipalQuery.KEYS, limit)),
                member -> Answers.named(member.id(), member.name()).add("kind", member.kind())));
    }

    @PUT
    @Path("/{id}/members/{member}")
    @Attempts(value = Operation.MEMBER_ADDED, on = "id")
    public Response addMember(@PathParam("id") String id, @PathParam("member") String member) throws RefusedException {
        groups.addMember(current.get(), id, member);
        return Response.noContent().build();
    }

    @DELETE
    @Path("/{id}/members/{member}")
    @Attempts(value = Operation.MEMBER_REMOVED, on = "id")
    public Response removeMember(@PathParam("id") String id, @PathParam("member") String member)
            throws RefusedException {
        groups.removeMember(current.get(), id, member);
        return Response.noContent().build();
    }

    private static Response tagged(int status, GroupView group) {
        return Answers.tagged(status, json(group), group.revision());
    }

    private static JsonObjectBuilder json(GroupView group) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("id", group.id()).add("name", group.name());
        Answers.put(json, "description", group.description());
        UserResource.folder(json, group.folder());
        return json.add("builtIn", group.builtIn())
                .add("members", group.members())
                .add("permissions", Answers.permissions(group.permissions()))
                .add("etag", Long.toString(group.revision()));
    }
}
