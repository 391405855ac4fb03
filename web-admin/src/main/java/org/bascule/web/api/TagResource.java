package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.directory.DeviceTags;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** {@code /api/tags}: the tags that are on devices. */
@Path("/tags")
@RequestScoped
public class TagResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private DeviceTags tags;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                tags.list(current.get(), Parameters.cursor(cursor, DeviceTags.KEYS, limit)),
                tag -> Json.createObjectBuilder().add("name", tag.name()).add("devices", tag.devices())));
    }
}
