package org.bascule.control.server;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * A device as the list shows it. Everything in it comes from outside and is hostile text.
 *
 * @param folderId empty where the caller does not see the folder
 * @param folder its name, or nothing
 */
public record DeviceRow(
        String uid,
        String name,
        String state,
        Optional<String> folderId,
        String folder,
        Optional<String> lastSeen,
        Optional<String> account) {

    static DeviceRow parse(StrictJson json) throws WireException {
        return new DeviceRow(
                json.string("uid", 36),
                json.text("name", 20_000),
                json.string("state", 32),
                json.optionalString("folder", 36),
                json.has("folderName") ? json.text("folderName", 20_000) : "",
                json.optionalString("lastSeen", 40),
                json.optionalString("account", 256));
    }

    public JsonObject toJson() {
        var json = Json.createObjectBuilder()
                .add("uid", uid)
                .add("name", name)
                .add("state", state)
                .add("folderName", folder);
        folderId.ifPresent(value -> json.add("folder", value));
        lastSeen.ifPresent(value -> json.add("lastSeen", value));
        account.ifPresent(value -> json.add("account", value));
        return json.build();
    }
}
