package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.ResetNotice;

/** {@code /api/enrol}: a device exchanges a token for its certificate ({@code docs/protocol/control.md}). Public. */
@Path("/enrol")
@RequestScoped
public class EnrolResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Enrolments enrolments;

    @Inject
    private Lifecycle lifecycle;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response enrol(StrictJson body) throws RefusedException, WireException {
        return Answers.json(
                201,
                enrolments.enrol(EnrolRequest.parse(body), current.address()).toJson());
    }

    /** A device gives up its identity. */
    @POST
    @Path("/reset")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response reset(StrictJson body) throws RefusedException, WireException {
        lifecycle.reset(ResetNotice.parse(body), current.address());
        return Response.noContent().build();
    }
}
