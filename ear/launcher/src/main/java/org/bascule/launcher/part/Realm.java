package org.bascule.launcher.part;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.wire.Json;

/**
 * A realm to import: the administrator's template, and users of the demo.
 *
 * @param name of the realm
 * @param administrator signs in with a first password, must change it and set up a second factor
 * @param users further users, whose passwords stay
 */
public record Realm(String name, User administrator, List<User> users) {

    /**
     * A user with a password.
     *
     * @param id UUID, the subject of the user's tokens
     * @param passwordFile file with the password
     * @param totpKey the key of one-time passwords, whose bytes are those of this text, where a second factor is enrolled
     */
    public record User(String id, String name, Path passwordFile, Optional<String> totpKey) {

        @Override
        public String toString() {
            return "User[" + name + ", [REDACTED]]";
        }
    }

    public Realm {
        users = List.copyOf(users);
    }

    void write(Installation installation, Path settings, Path file, Path logs)
            throws IOException, InterruptedException {
        Path plain = file.resolveSibling(name + ".template");
        Commands.run(
                "keycloak-realm-" + name,
                installation.shell("keycloak-realm.sh", settings, name, plain),
                installation.home(),
                Map.of(
                        "REALM_ADMIN_ID", administrator.id(),
                        "REALM_ADMIN", administrator.name(),
                        "REALM_ADMIN_PASSWORD_FILE",
                                administrator.passwordFile().toString()),
                logs,
                Duration.ofMinutes(1));
        try {
            PrivateFiles.write(file, withUsers(plain).toString());
        } finally {
            Files.delete(plain);
        }
    }

    private JsonObject withUsers(Path plain) throws IOException {
        try (Reader in = Files.newBufferedReader(plain);
                JsonReader reader = Json.createReader(in)) {
            JsonObject realm = reader.readObject();
            JsonArrayBuilder all = Json.createArrayBuilder(realm.getJsonArray("users"));
            for (User user : users) {
                all.add(Json.createObjectBuilder()
                        .add("id", user.id())
                        .add("username", user.name())
                        .add("enabled", true)
                        .add("realmRoles", Json.createArrayBuilder().add("default-roles-" + name))
                        .add("credentials", credentials(user)));
            }
            return Json.createObjectBuilder(realm).add("users", all).build();
        }
    }

    private static JsonArrayBuilder credentials(User user) throws IOException {
        JsonArrayBuilder credentials = Json.createArrayBuilder()
                .add(Json.createObjectBuilder()
                        .add("type", "password")
                        .add("value", Files.readString(user.passwordFile()).strip())
                        .add("temporary", false));
        user.totpKey()
                .ifPresent(key -> credentials.add(Json.createObjectBuilder()
                        .add("type", "otp")
                        .add("userLabel", "demo.json")
                        .add(
                                "secretData",
                                Json.createObjectBuilder()
                                        .add("value", key)
                                        .build()
                                        .toString())
                        .add(
                                "credentialData",
                                Json.createObjectBuilder()
                                        .add("subType", "totp")
                                        .add("algorithm", "HmacSHA1")
                                        .add("digits", 6)
                                        .add("period", 30)
                                        .add("counter", 0)
                                        .build()
                                        .toString())));
        return credentials;
    }
}
