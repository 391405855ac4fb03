package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** {@code /api/folders}: the tree that devices are in. */
@Path("/folders")
@RequestScoped
public class FolderResource {

    /** More than a name may have, so that the domain says what is wrong with a long one. */
    static final int MAX_NAME = 1_000;

    @Inject
    private CurrentCaller current;

    @Inject
    private Directory directory;

    @GET
    public Response list() {
        return Answers.ok(Answers.whole(directory.folders(current.get()), FolderResource::json));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(StrictJson body) throws RefusedException, WireException {
        return Answers.created(
                json(directory.createFolder(current.get(), body.string("parent", 36), body.text("name", MAX_NAME))));
    }

    private static JsonObjectBuilder json(FolderView folder) {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("id", folder.id()).add("name", folder.name());
        Answers.put(json, "parent", folder.parent());
        return json.add("devices", folder.devices()).add("permissions", Answers.permissions(folder.permissions()));
    }
}
