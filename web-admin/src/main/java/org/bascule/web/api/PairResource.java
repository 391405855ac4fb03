package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.enrolment.Pairings;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.enrol.PairingProof;
import org.bascule.wire.enrol.PairingRequest;

/** {@code /api/pair}: an unregistered machine asks for a code, and what became of it ({@code docs/protocol/control.md}). Public, limited by address. */
@Path("/pair")
@RequestScoped
public class PairResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Pairings pairings;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response open(StrictJson body) throws RefusedException, WireException {
        return Answers.json(
                201,
                pairings.open(PairingRequest.parse(body), current.address()).toJson());
    }

    @POST
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response state(@PathParam("id") String id, StrictJson body) throws RefusedException, WireException {
        return Answers.json(200, pairings.state(id, PairingProof.parse(body)).toJson());
    }
}
