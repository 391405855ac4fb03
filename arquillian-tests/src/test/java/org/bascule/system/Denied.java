package org.bascule.system;

import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What the engineer may not do on a device, until it is closed. */
record Denied(Api administrator, List<JsonObject> entries) implements AutoCloseable {

    /** @param permissions codes of permissions */
    static Denied of(Api administrator, String uid, String... permissions) {
        return new Denied(administrator, entries(administrator, uid, "engineer", "deny", permissions));
    }

    /** Writes entries of access. @return them */
    static List<JsonObject> entries(Api administrator, String uid, String user, String effect, String... permissions) {
        String principal = administrator.items("/api/users?q=" + user).stream()
                .filter(each -> each.getString("name").equals(user))
                .findFirst()
                .orElseThrow()
                .getString("id");
        String entry = "{\"resource\":\"%s\",\"principal\":\"%s\",\"permissions\":[%s],\"effect\":\"%s\"}"
                .formatted(
                        uid,
                        principal,
                        Arrays.stream(permissions).map(name -> '"' + name + '"').collect(Collectors.joining(",")),
                        effect);
        return Api.json(Api.expect(201, administrator.post("/api/access/entries", entry)))
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    static void remove(Api administrator, List<JsonObject> entries) {
        for (JsonObject entry : entries) {
            Api.expect(
                    204,
                    administrator.send(
                            "DELETE",
                            "/api/access/entries/" + entry.getString("id"),
                            HttpRequest.BodyPublishers.noBody(),
                            "If-Match",
                            '"' + entry.getString("etag") + '"'));
        }
    }

    @Override
    public void close() {
        remove(administrator, entries);
    }
}
