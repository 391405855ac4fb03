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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.assistance.Assistance;
import org.bascule.domain.assistance.AssistanceView;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.DeviceCounts;
import org.bascule.domain.directory.DeviceDeletion;
import org.bascule.domain.directory.DeviceDeletions;
import org.bascule.domain.directory.DeviceDetail;
import org.bascule.domain.directory.DeviceQuery;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.directory.DeviceSearch;
import org.bascule.domain.directory.DeviceState;
import org.bascule.domain.directory.DeviceView;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.OwnerSwitchView;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.DeviceLifecycle;
import org.bascule.domain.lifecycle.DeviceMark;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.Sessions;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/devices}. */
@Path("/devices")
@RequestScoped
public class DeviceResource {

    private static final int MAX_ACCOUNT = 1_000;
    private static final int MAX_TAGS = 100;

    @Inject
    private CurrentCaller current;

    @Inject
    private Directory directory;

    @Inject
    private BulkChanges bulk;

    @Inject
    private DeviceDeletions deletions;

    @Inject
    private SubDevices subDevices;

    @Inject
    private Sessions sessions;

    @Inject
    private Lifecycle lifecycle;

    @Inject
    private Assistance assistance;

    @GET
    public Response list(
            @QueryParam("folder") @Nullable String folder,
            @QueryParam("q") @Nullable String text,
            @QueryParam("state") @Nullable String state,
            @QueryParam("sort") @Nullable String sort,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        Order wanted = Parameters.code("sort", sort, Order::ofCode);
        Order order = wanted == null ? Order.NAME : wanted;
        Caller caller = current.get();
        Slice<DeviceView> devices = directory.devices(
                caller,
                new DeviceQuery(
                        Parameters.text("folder", folder),
                        DeviceSearch.parse(text),
                        Parameters.code("state", state, DeviceState::ofCode),
                        order,
                        Parameters.cursor(cursor, order.keys(), limit)));
        List<String> uids = devices.items().stream().map(DeviceView::uid).toList();
        Map<String, AssistanceView> calls = assistance.openOf(caller, uids);
        Map<String, DeviceMark> marks = lifecycle.marks(caller, uids);
        return Answers.ok(Answers.slice(devices, device -> marked(device, calls, marks)));
    }

    /** With what is wrong with it; a call for help is shown to who receives those of the device. */
    private static JsonObjectBuilder marked(
            DeviceView device, Map<String, AssistanceView> calls, Map<String, DeviceMark> marks) {
        DeviceMark mark = marks.getOrDefault(device.uid(), DeviceMark.NONE);
        JsonObjectBuilder json = json(device).add("revoked", mark.revoked()).add("hardware", mark.hardware());
        Answers.put(json, "claimed", mark.claimed());
        AssistanceView call = calls.get(device.uid());
        if (call == null || !device.permissions().contains(Permission.RECEIVE_ASSISTANCE_REQUESTS)) {
            return json.addNull("assistance");
        }
        return json.add(
                "assistance",
                Json.createObjectBuilder()
                        .add("id", call.id())
                        .add("state", call.state().code())
                        .add("text", call.text())
                        .add("raised", call.raised().toString()));
    }

    @GET
    @Path("/counts")
    public Response counts(@QueryParam("folder") @Nullable String folder, @QueryParam("q") @Nullable String text)
            throws RefusedException {
        DeviceCounts counts =
                directory.counts(current.get(), Parameters.text("folder", folder), DeviceSearch.parse(text));
        return Answers.ok(Json.createObjectBuilder()
                .add("online", counts.online())
                .add("offline", counts.offline())
                .add("quarantined", counts.quarantined())
                .add("assistance", counts.assistance())
                .add("alarm", counts.alarm())
                .add("total", counts.total()));
    }

    private static List<String> tags(StrictJson body) throws WireException {
        return body.strings("tags", MAX_TAGS, MAX_ACCOUNT);
    }

    /** Each device on its own: what is refused does not keep the others from being changed. */
    @POST
    @Path("/bulk")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.DEVICE_UPDATED, on = "folder")
    public Response bulk(StrictJson body) throws RefusedException, WireException {
        List<BulkChange.Item> items = new ArrayList<>();
        for (StrictJson item : body.children("devices", BulkChange.MAX)) {
            items.add(new BulkChange.Item(
                    item.string("uid", 36), Parameters.revision("\"" + item.string("etag", 18) + "\"")));
        }
        BulkChange.Action action = Parameters.code("action", body.string("action", 10), BulkChange.Action::ofCode);
        BulkChange.Result result = bulk.change(
                current.get(),
                BulkChange.checked(
                        items,
                        Objects.requireNonNull(action),
                        body.has("folder") ? body.string("folder", 36) : null,
                        body.has("tags") ? tags(body) : List.of(),
                        body.has("assistance") ? option(body.child("assistance")) : null));
        return Answers.ok(Json.createObjectBuilder()
                .add("done", Answers.texts(result.done()))
                .add("refused", Answers.list(result.refused(), refusal -> Json.createObjectBuilder()
                        .add("uid", refusal.uid())
                        .add("type", "urn:bascule:problem:" + refusal.problem().code())
                        .add("detail", refusal.sentence().in(current.language())))));
    }

    /** Changes nothing: a body, because the devices are more than an address can name. */
    @POST
    @Path("/deletion")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response deletion(StrictJson body) throws RefusedException, WireException {
        return Answers.ok(json(deletions.of(current.get(), body.strings("devices", BulkChange.MAX, 36))));
    }

    @GET
    @Path("/{uid}/deletion")
    public Response deletion(@PathParam("uid") String uid) throws RefusedException {
        return Answers.ok(json(deletions.of(current.get(), uid)));
    }

    private static JsonObjectBuilder json(DeviceDeletion deletion) {
        return Json.createObjectBuilder()
                .add("devices", deletion.devices())
                .add("subDevices", deletion.subDevices())
                .add("entries", deletion.entries())
                .add("accessRequests", deletion.accessRequests())
                .add("assistance", deletion.assistance())
                .add("settings", deletion.settings())
                .add("sessions", deletion.sessions());
    }

    @GET
    @Path("/{uid}/sub-devices")
    public Response subDevices(
            @PathParam("uid") String uid,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                subDevices.list(current.get(), uid, Parameters.cursor(cursor, SubDevices.KEYS, limit)),
                SubDeviceResource::json));
    }

    @POST
    @Path("/{uid}/sub-devices")
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.SUB_DEVICE_CREATED, on = "uid")
    public Response createSubDevice(@PathParam("uid") String uid, StrictJson body)
            throws RefusedException, WireException {
        SubDevice made = subDevices.create(
                current.get(),
                uid,
                SubDeviceResource.facts(body, new SubDevice.Facts("", null, null, null, List.of())));
        return Answers.tagged(201, SubDeviceResource.json(made), made.revision());
    }

    @GET
    @Path("/{uid}")
    public Response get(@PathParam("uid") String uid) throws RefusedException {
        return tagged(200, directory.device(current.get(), uid));
    }

    /** The answer to whoever has made a device. */
    public Response made(String uid) throws RefusedException {
        return tagged(201, directory.device(current.get(), uid));
    }

    @PATCH
    @Path("/{uid}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.DEVICE_UPDATED, on = "uid")
    public Response change(
            @PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        DeviceChange change = new DeviceChange(
                body.has("name") ? body.text("name", FolderResource.MAX_NAME) : null,
                body.has("account") ? body.text("account", MAX_ACCOUNT) : null,
                Bodies.textOrEmpty(body, "description", FolderResource.MAX_DESCRIPTION),
                body.has("folder") ? body.string("folder", 36) : null,
                body.has("tags") ? tags(body) : null);
        return tagged(
                200,
                assistance.change(
                        current.get(),
                        uid,
                        Parameters.revision(ifMatch),
                        change,
                        body.has("assistance") ? option(body.child("assistance")) : null));
    }

    static DeviceAssistance option(StrictJson option) throws WireException {
        @Nullable JsonValue enabled = option.object().get("enabled");
        if (enabled != JsonValue.TRUE && enabled != JsonValue.FALSE) {
            throw ProblemException.invalid("assistance.enabled", "Neither true nor false.");
        }
        return new DeviceAssistance(
                enabled == JsonValue.TRUE,
                Parameters.time("assistance", option.optionalString("until", 40).orElse(null)));
    }

    @POST
    @Path("/{uid}/revoke")
    @Attempts(value = Operation.DEVICE_REVOKED, on = "uid")
    public Response revoke(@PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        lifecycle.revoke(current.get(), uid, Parameters.optionalRevision(ifMatch));
        return Response.noContent().build();
    }

    @POST
    @Path("/{uid}/release")
    @Attempts(value = Operation.DEVICE_RELEASED, on = "uid")
    public Response release(@PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        lifecycle.release(current.get(), uid, Parameters.optionalRevision(ifMatch));
        return Response.noContent().build();
    }

    @POST
    @Path("/{uid}/rebind")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.DEVICE_REBOUND, on = "uid")
    public Response rebind(
            @PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        lifecycle.rebind(current.get(), uid, body.string("fingerprint", 128), Parameters.optionalRevision(ifMatch));
        return Response.noContent().build();
    }

    @POST
    @Path("/{uid}/acknowledge-claim")
    @Attempts(value = Operation.DEVICE_CLAIM_ACKNOWLEDGED, on = "uid")
    public Response acknowledgeClaim(
            @PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        lifecycle.acknowledgeClaim(current.get(), uid, Parameters.optionalRevision(ifMatch));
        return Response.noContent().build();
    }

    @DELETE
    @Path("/{uid}")
    @Attempts(value = Operation.DEVICE_REMOVED, on = "uid")
    public Response remove(@PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        directory.remove(current.get(), uid, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    @POST
    @Path("/{uid}/clear-quarantine")
    @Attempts(value = Operation.DEVICE_QUARANTINE_CLEARED, on = "uid")
    public Response clearQuarantine(
            @PathParam("uid") String uid, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        directory.clearQuarantine(current.get(), uid, Parameters.optionalRevision(ifMatch));
        return Response.noContent().build();
    }

    @GET
    @Path("/{uid}/sessions")
    public Response sessions(
            @PathParam("uid") String uid,
            @QueryParam("cursor") @Nullable String cursor,
            @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                sessions.ofDevice(current.get(), uid, Parameters.cursor(cursor, SessionResource.KEYS, limit)),
                SessionResource::json));
    }

    private Response tagged(int status, DeviceDetail detail) throws RefusedException {
        DeviceView device = detail.device();
        List<String> uid = List.of(device.uid());
        JsonObjectBuilder json =
                marked(device, assistance.openOf(current.get(), uid), lifecycle.marks(current.get(), uid));
        addLifecycle(json, device.uid());
        Answers.object(json, "inventory", detail.inventory());
        json.add(
                        "certificate",
                        Json.createObjectBuilder()
                                .add("serial", detail.certificate().serial())
                                .add(
                                        "notBefore",
                                        detail.certificate().notBefore().toString())
                                .add("notAfter", detail.certificate().notAfter().toString()))
                .add("addresses", Answers.texts(detail.addresses()));
        return Answers.tagged(status, json, detail.device().revision());
    }

    private void addLifecycle(JsonObjectBuilder json, String uid) throws RefusedException {
        Caller caller = current.get();
        DeviceLifecycle stands = lifecycle.of(caller, uid);
        json.add("thumbprint", stands.thumbprint()).add("words", Answers.texts(stands.words()));
        DeviceAssistance option = assistance.of(caller, uid);
        JsonObjectBuilder assist = Json.createObjectBuilder().add("enabled", option.enabled());
        Answers.put(assist, "until", option.until());
        json.add("assistanceOption", assist);
    }

    private static JsonObjectBuilder ownerSwitch(OwnerSwitchView view) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("on", view.on());
        Answers.put(json, "mode", view.mode());
        Answers.put(json, "until", view.until());
        Answers.put(json, "reason", view.reason());
        return json;
    }

    private static JsonObjectBuilder json(DeviceView device) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("uid", device.uid()).add("name", device.name());
        Answers.put(json, "folder", device.folder());
        Answers.put(json, "folderName", device.folderName());
        json.add("state", device.state().code());
        Answers.put(json, "lastSeen", device.lastSeen());
        Answers.put(json, "version", device.version());
        Answers.put(json, "os", device.os());
        Answers.put(json, "account", device.account());
        Answers.put(json, "description", device.description());
        return json.add("tags", Answers.texts(device.tags()))
                .add("switch", ownerSwitch(device.ownerSwitch()))
                .add("quarantined", device.quarantined())
                .add("fingerprint", device.fingerprint())
                .add("tools", Answers.texts(device.tools()))
                .add("permissions", Answers.permissions(device.permissions()))
                .add("etag", Long.toString(device.revision()));
    }
}
