package org.bascule.domain.idempotency;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a creation, as it is given again. It may hold a secret, and prints nothing of it.
 *
 * @param status 200 to 299
 * @param body JSON text
 */
public record StoredAnswer(int status, @Nullable String etag, @Nullable String location, String body) {

    public StoredAnswer {
        if (status < 200 || status > 299) {
            throw new IllegalArgumentException("status " + status + " is no success");
        }
    }

    byte[] toBytes() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("status", status);
        if (etag != null) {
            json.add("etag", etag);
        }
        if (location != null) {
            json.add("location", location);
        }
        return json.add("body", body).build().toString().getBytes(StandardCharsets.UTF_8);
    }

    static StoredAnswer parse(byte[] bytes) {
        try (JsonReader reader = Json.createReader(new StringReader(new String(bytes, StandardCharsets.UTF_8)))) {
            JsonObject json = reader.readObject();
            return new StoredAnswer(
                    json.getInt("status"),
                    json.getString("etag", null),
                    json.getString("location", null),
                    json.getString("body"));
        }
    }

    @Override
    public String toString() {
        return "StoredAnswer[status=" + status + ", REDACTED]";
    }
}
