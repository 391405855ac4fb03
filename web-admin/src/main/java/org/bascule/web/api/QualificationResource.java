package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.contract.QualificationsView;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** {@code /api/users/{id}/qualifications}: what a user is qualified for. */
@Path("/users/{id}/qualifications")
@RequestScoped
public class QualificationResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private Qualifications qualifications;

    @GET
    public Response get(@PathParam("id") String user) throws RefusedException {
        return tagged(qualifications.read(current.get(), user));
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Attempts(value = Operation.QUALIFICATIONS_CHANGED, on = "id")
    public Response put(
            @PathParam("id") String user, @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch, StrictJson body)
            throws RefusedException, WireException {
        return tagged(qualifications.put(current.get(), user, Parameters.revision(ifMatch), items(body)));
    }

    static List<Qualification> items(StrictJson body) throws WireException {
        List<Qualification> items = new ArrayList<>();
        for (StrictJson item : body.children("items", 2 * Qualifications.MAX)) {
            items.add(new Qualification(
                    item.text("name", FolderResource.MAX_NAME),
                    Parameters.time("until", item.optionalString("until", 40).orElse(null))));
        }
        return items;
    }

    private static Response tagged(QualificationsView view) {
        JsonArrayBuilder items = Json.createArrayBuilder();
        for (Qualification item : view.items()) {
            JsonObjectBuilder json = Json.createObjectBuilder().add("name", item.name());
            Answers.put(json, "until", item.until());
            items.add(json);
        }
        return Response.fromResponse(Answers.ok(
                        Json.createObjectBuilder().add("items", items).add("etag", Long.toString(view.revision()))))
                .tag(Long.toString(view.revision()))
                .build();
    }
}
