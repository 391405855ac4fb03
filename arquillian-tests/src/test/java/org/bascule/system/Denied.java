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
        String engineer = administrator.items("/api/users?q=engineer").stream()
                .filter(user -> user.getString("name").equals("engineer"))
                .findFirst()
                .orElseThrow()
                .getString("id");
        String entry = "{\"resource\":\"%s\",\"principal\":\"%s\",\"permissions\":[%s],\"effect\":\"deny\"}"
                .formatted(
                        uid,
                        engineer,
                        Arrays.stream(permissions).map(name -> '"' + name + '"').collect(Collectors.joining(",")));
        return new Denied(
                administrator,
                Api.json(Api.expect(201, administrator.post("/api/access/entries", entry)))
                        .getJsonArray("items")
                        .getValuesAs(JsonObject.class));
    }

    @Override
    public void close() {
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
}
