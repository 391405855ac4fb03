package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.sessionpolicy.SessionPolicyView;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/** {@code /api/session-policies/{id}}: what must be so before a session starts, for a device or a folder. */
@Path("/session-policies/{id}")
@RequestScoped
public class SessionPolicyResource {

    /** More than a time may be, so that the sentence says what is wrong with it. */
    private static final int MAX_SECONDS = 1_000_000;

    @Inject
    private CurrentCaller current;

    @Inject
    private SessionPolicies policies;

    @GET
    public Response get(@PathParam("id") String id) throws RefusedException {
        return tagged(policies.read(current.get(), id));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.SESSION_POLICY_SET, on = "id")
    public Response put(
            @PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(policies.put(current.get(), id, Parameters.revision(ifMatch), policy(body)));
    }

    @DELETE
    @Attempts(value = Operation.SESSION_POLICY_SET, on = "id")
    public Response delete(@PathParam("id") String id, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch)
            throws RefusedException {
        policies.put(current.get(), id, Parameters.revision(ifMatch), null);
        return Response.noContent().build();
    }

    private static SessionPolicy policy(StrictJson body) throws WireException {
        String consent = body.string("consent", 16);
        long timeout = body.optionalNumber("timeoutSeconds", 0, MAX_SECONDS)
                .orElse((long) SessionPolicy.DEFAULT.timeoutSeconds());
        if (timeout < SessionPolicy.MIN_TIMEOUT || timeout > SessionPolicy.MAX_TIMEOUT) {
            throw ProblemException.invalid(
                    "timeoutSeconds",
                    "A question waits %d to %d seconds for its answer.",
                    SessionPolicy.MIN_TIMEOUT,
                    SessionPolicy.MAX_TIMEOUT);
        }
        return new SessionPolicy(
                consent.equals(SessionPolicy.NEVER) ? Optional.empty() : Optional.of(Consent.parse(consent)),
                body.optionalFlag("reasonRequired"),
                body.optionalFlag("fullLog"),
                (int) timeout);
    }

    private static Response tagged(SessionPolicyView view) {
        SessionPolicy policy = view.policy();
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("consent", policy.consentText())
                .add("reasonRequired", policy.reasonRequired())
                .add("fullLog", policy.fullLog())
                .add("timeoutSeconds", policy.timeoutSeconds())
                .add("own", view.own())
                .add("set", view.set());
        if (view.folderId() == null) {
            json.addNull("folder");
        } else {
            json.add("folder", Answers.named(view.folderId(), view.folderName()));
        }
        return Answers.tagged(200, json.add("etag", Long.toString(view.revision())), view.revision());
    }
}
