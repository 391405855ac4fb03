package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Entries of one person on one folder, which go when their time is over. */
final class WalkRights implements AutoCloseable {

    private final Api owner;
    private final String folder;
    private final String principal;
    private final List<JsonObject> entries = new ArrayList<>();

    WalkRights(Api owner, String folder, Api of) {
        this.owner = owner;
        this.folder = folder;
        this.principal = of.getJson("/api/me").getJsonObject("user").getString("id");
    }

    /** So that nothing else can be the reason of a refusal, the permissions may be passed on. */
    WalkRights allow(Set<String> permissions) {
        return add(permissions, "allow", true);
    }

    WalkRights deny(Set<String> permissions) {
        return permissions.isEmpty() ? this : add(permissions, "deny", false);
    }

    private WalkRights add(Set<String> permissions, String effect, boolean delegable) {
        JsonObject request = Json.createObjectBuilder()
                .add("resource", folder)
                .add("principal", principal)
                .add("permissions", Json.createArrayBuilder(permissions))
                .add("effect", effect)
                .add("delegable", delegable)
                .build();
        entries.addAll(Api.json(Api.expect(201, owner.post("/api/access/entries", request.toString())))
                .getJsonArray("items")
                .getValuesAs(JsonObject.class));
        return this;
    }

    @Override
    public void close() {
        for (JsonObject entry : entries) {
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
}
