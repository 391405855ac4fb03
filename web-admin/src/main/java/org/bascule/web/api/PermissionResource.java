package org.bascule.web.api;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonArrayBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.identity.Caller;
import org.bascule.wire.Json;

/** {@code /api/permissions}: the catalogue, the same for every domain. */
@Path("/permissions")
@RequestScoped
public class PermissionResource {

    @Inject
    private CurrentCaller current;

    @Inject
    private FreshFactors factors;

    @GET
    public Response list() {
        Caller caller = current.get();
        JsonArrayBuilder items = Json.createArrayBuilder();
        for (Permission permission : Permission.values()) {
            items.add(Json.createObjectBuilder()
                    .add("code", permission.code())
                    .add(
                            "kind",
                            permission.kind() == Permission.Kind.ADMINISTRATION ? "administration" : "device-access")
                    .add("text", permission.text())
                    .add("used", permission.isUsed())
                    .add("freshFactor", factors.isWanted(caller, permission)));
        }
        JsonArrayBuilder presets = Json.createArrayBuilder();
        for (Preset preset : Preset.values()) {
            presets.add(Json.createObjectBuilder()
                    .add("code", preset.code())
                    .add("name", preset.text())
                    .add("permissions", Answers.permissions(preset.permissions())));
        }
        return Answers.ok(Json.createObjectBuilder().add("items", items).add("presets", presets));
    }
}
