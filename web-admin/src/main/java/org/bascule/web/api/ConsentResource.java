package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ConsentQuestion;
import org.bascule.domain.session.Consents;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/consents}: sessions that wait for the caller's approval. */
@Path("/consents")
@RequestScoped
public class ConsentResource {

    /** Sort keys of the list: time and session. */
    private static final int KEYS = 2;

    @Inject
    private CurrentCaller current;

    @Inject
    private Consents consents;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                consents.decidable(current.get(), Parameters.cursor(cursor, KEYS, limit)), ConsentResource::json));
    }

    private static JsonObjectBuilder json(ConsentQuestion question) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("sid", question.sid().hex())
                .add(
                        "device",
                        Json.createObjectBuilder()
                                .add("uid", question.deviceUid())
                                .add("name", question.deviceName()))
                .add("user", Answers.named(question.userId(), question.userName()))
                .add("from", question.from());
        Answers.put(json, "reason", question.reason());
        return json.add("operations", Answers.texts(question.operations().names()))
                .add("until", question.until().toString());
    }
}
