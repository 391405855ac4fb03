package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.DeviceTags;
import org.bascule.domain.directory.TagChanges;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/tags}: the tags that are on devices. */
@Path("/tags")
@RequestScoped
public class TagResource {

    /** What is typed may be longer than a tag is, by spaces around it. */
    private static final int MAX_TYPED = 100;

    @Inject
    private CurrentCaller current;

    @Inject
    private DeviceTags tags;

    @Inject
    private TagChanges changes;

    @GET
    public Response list(@QueryParam("cursor") @Nullable String cursor, @QueryParam("limit") @Nullable String limit)
            throws RefusedException {
        return Answers.ok(Answers.slice(
                tags.list(current.get(), Parameters.cursor(cursor, DeviceTags.KEYS, limit)),
                tag -> Json.createObjectBuilder().add("name", tag.name()).add("devices", tag.devices())));
    }

    /** The name is in the query, not in the path: a tag may hold slashes and dots. */
    @PATCH
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(Operation.TAG_RENAMED)
    public Response rename(@QueryParam("tag") @Nullable String tag, StrictJson body)
            throws RefusedException, WireException {
        String name = body.string("name", MAX_TYPED);
        long devices = changes.rename(current.get(), given(tag), name, body.optionalFlag("merge"));
        return Answers.ok(Json.createObjectBuilder().add("devices", devices));
    }

    @DELETE
    @Attempts(Operation.TAG_DELETED)
    public Response delete(@QueryParam("tag") @Nullable String tag) throws RefusedException {
        changes.delete(current.get(), given(tag));
        return Response.noContent().build();
    }

    private static String given(@Nullable String tag) {
        return tag == null ? "" : tag;
    }
}
