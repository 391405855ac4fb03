package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Set;

/** Entries of one person on one folder, for as long as something is done. */
final class WalkRights {

    private final Api owner;
    private final String folder;
    private final String principal;

    WalkRights(Api owner, String folder, Api of) {
        this.owner = owner;
        this.folder = folder;
        this.principal = of.getJson("/api/me").getJsonObject("user").getString("id");
    }

    /** So that nothing else can be the reason of a refusal, the permissions may be passed on. */
    void whileAllowed(Set<String> permissions, Runnable work) {
        during(permissions, "allow", work);
    }

    void whileDenied(Set<String> permissions, Runnable work) {
        during(permissions, "deny", work);
    }

    private void during(Set<String> permissions, String effect, Runnable work) {
        List<JsonObject> entries = permissions.isEmpty() ? List.of() : added(permissions, effect);
        try {
            work.run();
        } finally {
            entries.forEach(this::remove);
        }
    }

    private List<JsonObject> added(Set<String> permissions, String effect) {
        JsonObject request = Json.createObjectBuilder()
                .add("resource", folder)
                .add("principal", principal)
                .add("permissions", Json.createArrayBuilder(permissions))
                .add("effect", effect)
                .add("delegable", effect.equals("allow"))
                .build();
        return Api.json(Api.expect(201, owner.post("/api/access/entries", request.toString())))
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    private void remove(JsonObject entry) {
        Api.expect(
                204,
                owner.send(
                        "DELETE",
                        "/api/access/entries/" + entry.getString("id"),
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        '"' + entry.getString("etag") + '"'));
    }
}
