package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ConsentView;
import org.bascule.domain.session.Consents;
import org.bascule.domain.session.Sessions;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/sessions/{sid}/consent}: whether a session may start, for who waits for it and for who decides. */
@Path("/sessions/{sid}/consent")
@RequestScoped
public class SessionConsentResource {

    /** Of one request; whoever waits asks again. Below the 30 s after which proxies take a connection to be dead. */
    private static final long MAX_WAIT = 25;
    /** The domain answers in time; this is for the case that it does not. */
    private static final long PATIENCE = MAX_WAIT + 5;

    private static final int MAX_REASON = 500;

    @Inject
    private CurrentCaller current;

    @Inject
    private Sessions sessions;

    @Inject
    private Consents consents;

    @GET
    public CompletionStage<Response> get(@PathParam("sid") String sid, @QueryParam("wait") @Nullable String wait)
            throws RefusedException {
        return sessions.consent(current.get(), SessionResource.id(sid), Duration.ofSeconds(seconds(wait)))
                .copy()
                .orTimeout(PATIENCE, TimeUnit.SECONDS)
                .thenApply(view -> Answers.ok(json(view, Instant.now())));
    }

    private static long seconds(@Nullable String wait) {
        if (wait == null) {
            return 0;
        }
        if (!wait.matches("[0-9]{1,2}") || Long.parseLong(wait) > MAX_WAIT) {
            throw ProblemException.invalid("wait", "Wait 0 to %d seconds.", MAX_WAIT);
        }
        return Long.parseLong(wait);
    }

    @POST
    @Path("/grant")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.CONSENT_GRANTED)
    public Response grant(@PathParam("sid") String sid, StrictJson body) throws RefusedException, WireException {
        Operations granted = Operations.of(body.strings("operations", 16, 128));
        return Answers.ok(
                json(consents.decide(current.get(), SessionResource.id(sid), Optional.of(granted), ""), Instant.now()));
    }

    @POST
    @Path("/refuse")
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.CONSENT_REFUSED)
    public Response refuse(@PathParam("sid") String sid, StrictJson body) throws RefusedException, WireException {
        String reason = body.has("reason") ? body.text("reason", MAX_REASON) : "";
        return Answers.ok(
                json(consents.decide(current.get(), SessionResource.id(sid), Optional.empty(), reason), Instant.now()));
    }

    private static JsonObjectBuilder json(ConsentView view, Instant now) {
        JsonObjectBuilder json = Json.createObjectBuilder().add("state", view.state());
        Answers.put(json, "whom", view.whom());
        Answers.put(json, "by", view.by());
        Answers.put(json, "reason", view.reason());
        json.add("operations", Answers.texts(view.operations()));
        boolean open = view.state().equals(ConsentView.ASKING) && view.until() != null;
        return json.add(
                "seconds",
                open && view.until() != null
                        ? Math.max(0, Duration.between(now, view.until()).toSeconds())
                        : 0);
    }
}
