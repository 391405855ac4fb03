package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
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
import java.util.stream.Stream;
import org.bascule.domain.access.CutOffs;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.FolderDeletion;
import org.bascule.domain.directory.FolderDeletions;
import org.bascule.domain.directory.FolderQuery;
import org.bascule.domain.directory.FolderView;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/folders}: the tree that devices are in. */
@Path("/folders")
@RequestScoped
public class FolderResource {

    /** More than a name may have, so that the domain says what is wrong with a long one. */
    static final int MAX_NAME = 1_000;

    static final int MAX_DESCRIPTION = 4_000;

    private static final int MAX_QUOTA = 100_000;

    @Inject
    private CurrentCaller current;

    @Inject
    private Folders folders;

    @Inject
    private FolderDeletions deletions;

    @Inject
    private CutOffs cutOffs;

    @GET
    public Response list(
            @QueryParam("parent") @Nullable String parent,
            @QueryParam("q") @Nullable String text,
            @QueryParam("all") @Nullable String all,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        FolderQuery query = query(parent, text, all, Parameters.cursor(cursor, FolderQuery.KEYS, limit));
        return Answers.ok(Answers.slice(folders.list(current.get(), query), FolderResource::json));
    }

    private static FolderQuery query(
            @Nullable String parent, @Nullable String text, @Nullable String all, Cursor cursor) {
        String folder = Parameters.text("parent", parent);
        String search = Parameters.text("q", text);
        boolean everything = Parameters.flag("all", all);
        if (Stream.of(folder != null, search != null, everything)
                        .filter(given -> given)
                        .count()
                > 1) {
            throw ProblemException.invalid("q", "Ask by one of parent, q and all.");
        }
        if (folder != null) {
            return FolderQuery.childrenOf(folder, cursor);
        }
        if (search != null) {
            return FolderQuery.containing(search.strip(), cursor);
        }
        return everything ? FolderQuery.all(cursor) : FolderQuery.top(cursor);
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.FOLDER_CREATED, on = "parent")
    public Response create(StrictJson body) throws RefusedException, WireException {
        FolderView folder = folders.create(
                current.get(),
                body.string("parent", 36),
                body.text("name", MAX_NAME),
                body.has("description") ? body.text("description", MAX_DESCRIPTION) : null);
        return tagged(201, folder);
    }

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(200, folders.folder(current.get(), id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.FOLDER_UPDATED, on = "id")
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        long revision = Parameters.revision(ifMatch);
        FolderChange change = new FolderChange(
                body.has("name") ? body.text("name", MAX_NAME) : null,
                Bodies.textOrEmpty(body, "description", MAX_DESCRIPTION),
                body.has("parent") ? body.string("parent", 36) : null,
                quota(body));
        return tagged(200, folders.change(current.get(), id, revision, change));
    }

    private static FolderChange.@Nullable Quota quota(StrictJson body) throws WireException {
        if (!body.object().containsKey("quota")) {
            return null;
        }
        return new FolderChange.Quota(body.has("quota") ? (int) body.number("quota", 1, MAX_QUOTA) : null);
    }

    @GET
    @Path("/{id}/cut-off")
    public Response cutOff(
            @PathParam("id") String id,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                cutOffs.below(current.get(), id, Parameters.cursor(cursor, CutOffs.KEYS, limit)),
                one -> Answers.named(one.id(), one.name())
                        .add("kind", one.kind())
                        .add("etag", Long.toString(one.version()))));
    }

    @GET
    @Path("/{id}/deletion")
    public Response deletion(@PathParam("id") String id) throws RefusedException {
        FolderDeletion deletion = deletions.of(current.get(), id);
        return Answers.ok(UserResource.json(deletion.people())
                .add("folders", deletion.folders())
                .add("devices", deletion.devices())
                .add("subDevices", deletion.subDevices())
                .add("users", deletion.users())
                .add("groups", deletion.groups())
                .add("tokens", deletion.tokens())
                .add("assistance", deletion.assistance())
                .add("settings", deletion.settings())
                .add("contracts", deletion.contracts())
                .add("limitedTokens", deletion.limitedTokens())
                .add("partnerFolders", deletion.partnerFolders())
                .add("names", Answers.texts(deletion.names())));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(value = Operation.FOLDER_DELETED, on = "id")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        folders.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    private static Response tagged(int status, FolderView folder) {
        return Answers.tagged(status, json(folder), folder.revision());
    }

    private static JsonObjectBuilder json(FolderView folder) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("id", folder.id()).add("name", folder.name());
        Answers.put(json, "description", folder.description());
        Answers.put(json, "parent", folder.parent());
        return json.add("path", Answers.list(folder.path(), each -> Answers.named(each.id(), each.name())))
                .add("children", folder.children())
                .add("devices", folder.devices())
                .add("permissions", Answers.permissions(folder.permissions()))
                .add("inherit", folder.inherit())
                .add("quota", folder.quota() == null ? JsonValue.NULL : Json.createValue(folder.quota()))
                .add("etag", Long.toString(folder.revision()));
    }
}
