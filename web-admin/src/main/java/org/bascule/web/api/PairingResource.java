package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.enrolment.PairingView;
import org.bascule.domain.enrolment.Pairings;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** {@code /api/pairings}: machines that wait to be accepted, found by the code that they show. */
@Path("/pairings")
@RequestScoped
public class PairingResource {

    private static final int MAX_FINGERPRINT = 128;

    @Inject
    private CurrentCaller current;

    @Inject
    private Pairings pairings;

    @Inject
    private DeviceResource devices;

    @GET
    @Path("/{code}")
    public Response get(@PathParam("code") String code) throws RefusedException {
        PairingView pairing = pairings.find(current.get(), code);
        return Answers.ok(Json.createObjectBuilder()
                .add("code", pairing.code())
                .add("name", pairing.name())
                .add("os", pairing.os())
                .add("version", pairing.version())
                .add("fingerprint", pairing.fingerprint())
                .add("words", Answers.texts(pairing.words()))
                .add("rootWords", Answers.texts(pairing.rootWords()))
                .add("address", pairing.address())
                .add("expires", pairing.expires().toString()));
    }

    @POST
    @Path("/{code}/accept")
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.DEVICE_PAIRED, on = "folder")
    public Response accept(@PathParam("code") String code, StrictJson body) throws RefusedException, WireException {
        String folder = body.string("folder", 36);
        String fingerprint = body.string("fingerprint", MAX_FINGERPRINT);
        return devices.made(pairings.accept(current.get(), code, folder, fingerprint));
    }

    @POST
    @Path("/{code}/reject")
    @Attempts(Operation.DEVICE_PAIRED)
    public Response reject(@PathParam("code") String code) throws RefusedException {
        pairings.reject(current.get(), code);
        return Response.noContent().build();
    }
}
