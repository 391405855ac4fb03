package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.enrolment.Enrolments;
import org.bascule.domain.enrolment.TokenCreated;
import org.bascule.domain.enrolment.TokenView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemException;
import org.bascule.web.site.Site;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/enrolment-tokens}: what devices are installed with. */
@Path("/enrolment-tokens")
@RequestScoped
public class EnrolmentTokenResource {

    /** Sort keys of the list: time and id. */
    private static final int KEYS = 2;

    @Inject
    private CurrentCaller current;

    @Inject
    private Enrolments enrolments;

    @Inject
    private Site site;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                enrolments.tokens(current.get(), Parameters.cursor(cursor, KEYS, limit)),
                EnrolmentTokenResource::json));
    }

    @POST
    @Creates
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.TOKEN_CREATED, on = "folder")
    public Response create(StrictJson body) throws RefusedException, WireException {
        long seconds = body.number("expiresIn", Long.MIN_VALUE, Long.MAX_VALUE);
        if (seconds < 1 || seconds > Enrolments.MAX_VALIDITY.toSeconds()) {
            throw ProblemException.invalid("expiresIn", "Between %,d and %,d seconds.", 1, 2_592_000);
        }
        long uses = body.number("uses", Long.MIN_VALUE, Long.MAX_VALUE);
        if (uses < 1 || uses > Enrolments.MAX_USES) {
            throw ProblemException.invalid("uses", "Between %,d and %,d.", 1, 10_000);
        }
        TokenCreated created =
                enrolments.create(current.get(), body.string("folder", 36), Duration.ofSeconds(seconds), (int) uses);
        String token = created.token().reveal();
        return Answers.created(json(created.view())
                .add("token", token)
                .add("server", site.agentUrl())
                .add("command", "bascule-agent enrol --server " + site.agentUrl() + " --token " + token));
    }

    @DELETE
    @Path("/{id}")
    @Attempts(Operation.TOKEN_DELETED)
    public Response delete(@PathParam("id") String id) throws RefusedException {
        enrolments.delete(current.get(), id);
        return Response.noContent().build();
    }

    private static JsonObjectBuilder json(TokenView token) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("id", token.id())
                .add("folder", token.folder())
                .add("folderName", token.folderName())
                .add("expires", token.expires().toString())
                .add("uses", token.uses())
                .add("used", token.used());
        Answers.put(json, "createdBy", token.createdBy());
        return json.add("created", token.created().toString());
    }
}
