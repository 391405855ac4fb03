package org.bascule.domain.corporate;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;

/** How a provider is spoken to: what an administrator says of it, without the secret. Fields are named as in the API. */
public sealed interface Way {

    Kind kind();

    /** Refuses what came from outside and cannot be. */
    void check() throws RefusedException;

    /** Whether a secret that was stored for {@code before} may be shown to where this leads. */
    boolean keepsSecretOf(Way before);

    JsonObject json();

    static Way of(Kind kind, JsonObject json) {
        return switch (kind) {
            case OIDC -> new Oidc(json.getString("issuer"), json.getString("clientId"), json.getString("groupsClaim"));
            case SAML ->
                new Saml(
                        json.getString("metadataUrl", null),
                        json.getString("metadata", null),
                        json.getString("userNameAttribute", null),
                        json.getString("groupsAttribute"));
            case LDAP ->
                new Ldap(
                        json.getString("url"),
                        json.getString("bindDn"),
                        json.getString("usersDn"),
                        json.getString("groupsDn", null),
                        json.getString("userNameAttribute"),
                        json.getBoolean("startTls"));
        };
    }

    /** OpenID Connect. */
    record Oidc(String issuer, String clientId, String groupsClaim) implements Way {

        @Override
        public Kind kind() {
            return Kind.OIDC;
        }

        @Override
        public void check() throws RefusedException {
            requireUrl("oidc.issuer", issuer, Set.of("http", "https"));
            require("oidc.clientId", clientId);
            require("oidc.groupsClaim", groupsClaim);
        }

        @Override
        public boolean keepsSecretOf(Way before) {
            return before instanceof Oidc other && other.issuer.equals(issuer) && other.clientId.equals(clientId);
        }

        @Override
        public JsonObject json() {
            return Json.createObjectBuilder()
                    .add("issuer", issuer)
                    .add("clientId", clientId)
                    .add("groupsClaim", groupsClaim)
                    .build();
        }
    }

    /**
     * SAML 2.0.
     *
     * @param metadataUrl this or {@code metadata}
     * @param userNameAttribute null: the name ID is the user name
     */
    record Saml(
            @Nullable String metadataUrl,
            @Nullable String metadata,
            @Nullable String userNameAttribute,
            String groupsAttribute)
            implements Way {

        @Override
        public Kind kind() {
            return Kind.SAML;
        }

        @Override
        public void check() throws RefusedException {
            if (metadataUrl == null == (metadata == null)) {
                throw RefusedException.invalid(
                        "saml.metadataUrl", "Say where the metadata is, or the metadata itself.");
            }
            if (metadataUrl != null) {
                requireUrl("saml.metadataUrl", metadataUrl, Set.of("http", "https"));
            }
            require("saml.groupsAttribute", groupsAttribute);
        }

        @Override
        public boolean keepsSecretOf(Way before) {
            return false;
        }

        @Override
        public JsonObject json() {
            JsonObjectBuilder json = Json.createObjectBuilder();
            put(json, "metadataUrl", metadataUrl);
            put(json, "metadata", metadata);
            put(json, "userNameAttribute", userNameAttribute);
            return json.add("groupsAttribute", groupsAttribute).build();
        }
    }

    /** A directory, by LDAP. */
    record Ldap(
            String url,
            String bindDn,
            String usersDn,
            @Nullable String groupsDn,
            String userNameAttribute,
            boolean startTls)
            implements Way {

        @Override
        public Kind kind() {
            return Kind.LDAP;
        }

        boolean isEncrypted() {
            return startTls || url.toLowerCase(Locale.ROOT).startsWith("ldaps:");
        }

        @Override
        public void check() throws RefusedException {
            requireUrl("ldap.url", url, Set.of("ldap", "ldaps"));
            require("ldap.bindDn", bindDn);
            require("ldap.usersDn", usersDn);
            if (!userNameAttribute.matches("[A-Za-z][A-Za-z0-9-]*")) {
                throw RefusedException.invalid("ldap.userNameAttribute", "This is no name of an attribute.");
            }
            if (startTls && url.toLowerCase(Locale.ROOT).startsWith("ldaps:")) {
                throw RefusedException.invalid("ldap.startTls", "ldaps is encrypted already.");
            }
        }

        @Override
        public boolean keepsSecretOf(Way before) {
            return before instanceof Ldap other
                    && other.url.equals(url)
                    && other.bindDn.equals(bindDn)
                    && other.startTls == startTls;
        }

        @Override
        public JsonObject json() {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add("url", url)
                    .add("bindDn", bindDn)
                    .add("usersDn", usersDn)
                    .add("userNameAttribute", userNameAttribute)
                    .add("startTls", startTls);
            put(json, "groupsDn", groupsDn);
            return json.build();
        }

        /** Whether it names its users as Active Directory does. */
        boolean isActiveDirectory() {
            return Set.of("samaccountname", "userprincipalname").contains(userNameAttribute.toLowerCase(Locale.ROOT));
        }
    }

    private static void put(JsonObjectBuilder json, String name, @Nullable String value) {
        if (value != null) {
            json.add(name, value);
        }
    }

    private static void require(String field, String value) throws RefusedException {
        if (value.isBlank()) {
            throw RefusedException.invalid(field, "This is missing.");
        }
    }

    private static void requireUrl(String field, String url, Set<String> schemes) throws RefusedException {
        try {
            URI uri = new URI(url);
            boolean good = uri.getScheme() != null
                    && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null;
            if (good) {
                return;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw RefusedException.invalid(
                field,
                "An address is needed that begins with one of these: %s",
                String.join(", ", schemes.stream().sorted().toList()));
    }
}
