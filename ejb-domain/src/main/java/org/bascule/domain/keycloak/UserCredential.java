package org.bascule.domain.keycloak;

import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something by which a user signs in, as a realm tells it.
 *
 * @param kind {@code password}, {@code otp}, {@code recovery-codes}, {@code security-key} or {@code passkey}
 * @param label what the user calls it; hostile text
 */
public record UserCredential(String id, String kind, @Nullable String label, @Nullable Instant created) {

    /** Kinds, as Keycloak and as we call them; it has others that nobody signs in with, such as former passwords. */
    private static final Map<String, String> KINDS = Map.of(
            "password", "password",
            "otp", "otp",
            "recovery-authn-codes", "recovery-codes",
            "webauthn", "security-key",
            "webauthn-passwordless", "passkey");

    /** Those of a user. */
    public static List<UserCredential> of(AdminConnection realm, String subject) throws KeycloakException {
        return realm.list("/users/" + subject + "/credentials").stream()
                .filter(credential -> KINDS.containsKey(credential.getString("type")))
                .map(UserCredential::of)
                .toList();
    }

    private static UserCredential of(JsonObject credential) {
        return new UserCredential(
                credential.getString("id"),
                Objects.requireNonNull(KINDS.get(credential.getString("type"))),
                credential.getString("userLabel", null),
                credential.containsKey("createdDate")
                        ? Instant.ofEpochMilli(
                                credential.getJsonNumber("createdDate").longValue())
                        : null);
    }
}
