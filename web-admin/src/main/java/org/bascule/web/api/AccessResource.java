package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
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
import java.util.List;
import org.bascule.domain.access.AccessEntries;
import org.bascule.domain.access.EffectiveRights;
import org.bascule.domain.access.EntryView;
import org.bascule.domain.access.Preview;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/access}: entries, inheritance, what they amount to, and what a change would do. */
@Path("/access")
@RequestScoped
public class AccessResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private AccessEntries entries;

    @Inject
    private EffectiveRights rights;

    @Inject
    private Preview preview;

    @GET
    @Path("/entries")
    public Response list(
            @QueryParam("resource") @Nullable String resource,
            @QueryParam("inherited") @Nullable String inherited,
            @QueryParam("principal") @Nullable String principal,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                entries.list(
                        current.get(),
                        AccessJson.idOrNull(resource),
                        AccessJson.flag("inherited", inherited),
                        AccessJson.idOrNull(principal),
                        Parameters.cursor(cursor, 1, limit)),
                AccessJson::entry));
    }

    @POST
    @Path("/entries")
    @Consumes(MediaType.APPLICATION_JSON)
    @Creates
    @Attempts(value = Operation.ENTRY_CREATED, on = "resource")
    public Response create(StrictJson body) throws RefusedException, WireException {
        List<EntryView> made = entries.create(current.get(), AccessJson.request(body));
        JsonArrayBuilder items = Json.createArrayBuilder();
        made.forEach(entry -> items.add(AccessJson.entry(entry)));
        return Answers.created(Json.createObjectBuilder().add("items", items));
    }

    @PATCH
    @Path("/entries/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.ENTRY_CHANGED)
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        EntryView changed = entries.change(current.get(), id, Parameters.revision(ifMatch), AccessJson.change(body));
        return Response.fromResponse(Answers.ok(AccessJson.entry(changed)))
                .header(HttpHeaders.ETAG, AccessJson.tag(changed.entry().version()))
                .build();
    }

    @DELETE
    @Path("/entries/{id}")
    @Attempts(Operation.ENTRY_REMOVED)
    public Response remove(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        entries.remove(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    @PUT
    @Path("/inheritance/{resource}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.INHERITANCE_CHANGED, on = "resource")
    public Response inherit(
            @PathParam("resource") String resource,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            StrictJson body)
            throws RefusedException, WireException {
        entries.inherit(
                current.get(), resource, Parameters.revision(ifMatch), AccessJson.requiredFlag(body, "inherit"));
        return Response.noContent().build();
    }

    @POST
    @Path("/preview")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response preview(StrictJson body) throws RefusedException, WireException {
        return Answers.ok(PreviewJson.result(preview.preview(current.get(), PreviewJson.request(body))));
    }

    @GET
    @Path("/effective")
    public Response effective(
            @QueryParam("user") @Nullable String user, @QueryParam("resource") @Nullable String resource)
            throws RefusedException {
        EffectiveRights.Effective effective =
                rights.effective(current.get(), AccessJson.id("user", user), AccessJson.id("resource", resource));
        JsonArrayBuilder items = Json.createArrayBuilder();
        effective.items().forEach(item -> items.add(item(item)));
        return Answers.ok(Json.createObjectBuilder()
                .add(
                        "user",
                        Answers.named(effective.user().id(), effective.user().name()))
                .add("resource", AccessJson.resource(effective.resource()))
                .add("items", items));
    }

    private static JsonObjectBuilder item(EffectiveRights.Item item) {
        JsonArrayBuilder lost = Json.createArrayBuilder();
        item.lost()
                .forEach(one -> lost.add(Json.createObjectBuilder()
                        .add("entry", AccessJson.entry(one.entry()))
                        .add("why", one.why().code())));
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("permission", item.permission().code())
                .add("granted", item.granted());
        if (item.deciding() == null) {
            json.addNull("deciding");
        } else {
            json.add("deciding", AccessJson.entry(item.deciding()));
        }
        return json.add("reason", item.reason().code()).add("lost", lost);
    }

    @GET
    @Path("/everybody")
    public Response everybody(
            @QueryParam("resource") @Nullable String resource,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Cursor from = Parameters.cursor(cursor, 2, limit);
        return Answers.ok(Answers.slice(
                rights.everybody(current.get(), AccessJson.id("resource", resource), from),
                holder -> Json.createObjectBuilder()
                        .add("user", Answers.named(holder.userId(), holder.userName()))
                        .add("permissions", Answers.permissions(holder.permissions()))));
    }

    @GET
    @Path("/person")
    public Response person(
            @QueryParam("user") @Nullable String user,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Cursor from = Parameters.cursor(cursor, 2, limit);
        return Answers.ok(Answers.slice(
                rights.person(current.get(), AccessJson.id("user", user), from), place -> Json.createObjectBuilder()
                        .add("resource", AccessJson.resource(place.resource()))
                        .add("permissions", Answers.permissions(place.permissions()))
                        .add("devices", place.devices())));
    }
}
