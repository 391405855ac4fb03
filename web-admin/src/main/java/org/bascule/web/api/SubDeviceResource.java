package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.directory.SubDevices;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/sub-devices}: what is behind devices, by its own id. */
@Path("/sub-devices")
@RequestScoped
public class SubDeviceResource {

    private static final int MAX_TEXT = 200;
    private static final int MAX_SERVICES = 100;

    @Inject
    private CurrentCaller current;

    @Inject
    private SubDevices subDevices;

    @GET
    @Path("/{id}")
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(subDevices.subDevice(current.get(), id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.SUB_DEVICE_UPDATED, on = "id")
    public Response change(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        long revision = Parameters.revision(ifMatch);
        SubDevice.Facts before = SubDevices.factsOf(subDevices.subDevice(current.get(), id));
        String device = body.has("device") ? body.string("device", 36) : null;
        return tagged(subDevices.change(current.get(), id, revision, facts(body, before), device));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(value = Operation.SUB_DEVICE_DELETED, on = "id")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        subDevices.delete(current.get(), id, Parameters.revision(ifMatch));
        return Response.noContent().build();
    }

    private static Response tagged(SubDevice subDevice) {
        return Answers.tagged(200, json(subDevice), subDevice.revision());
    }

    /** What the body says; what it does not mention stays as it was. */
    static SubDevice.Facts facts(StrictJson body, SubDevice.Facts before) throws WireException {
        return new SubDevice.Facts(
                body.has("name") ? body.text("name", FolderResource.MAX_NAME) : before.name(),
                text(body, "mac", MAX_TEXT, before.mac()),
                text(body, "ip", MAX_TEXT, before.ip()),
                text(body, "description", FolderResource.MAX_DESCRIPTION, before.description()),
                body.has("services") ? services(body) : before.services());
    }

    private static @Nullable String text(StrictJson body, String name, int max, @Nullable String before)
            throws WireException {
        String given = Bodies.textOrEmpty(body, name, max);
        return given == null ? before : given;
    }

    private static List<SubDevice.Service> services(StrictJson body) throws WireException {
        List<SubDevice.Service> services = new ArrayList<>();
        for (StrictJson service : body.children("services", MAX_SERVICES)) {
            SubDevice.Service.Kind kind =
                    Parameters.code("services", service.string("kind", MAX_TEXT), SubDevice.Service.Kind::ofCode);
            services.add(new SubDevice.Service(Objects.requireNonNull(kind), (int) service.number("port", 1, 65_535)));
        }
        return services;
    }

    static JsonObjectBuilder json(SubDevice each) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", each.id())
                .add("device", each.device())
                .add("name", each.name());
        Answers.put(json, "mac", each.mac());
        Answers.put(json, "ip", each.ip());
        Answers.put(json, "description", each.description());
        return json.add("services", Answers.list(each.services(), service -> Json.createObjectBuilder()
                        .add("kind", service.kind().code())
                        .add("port", service.port())))
                .add("etag", Long.toString(each.revision()));
    }
}
