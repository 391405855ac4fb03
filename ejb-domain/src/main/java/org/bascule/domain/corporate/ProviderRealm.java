package org.bascule.domain.corporate;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.text.Normalizer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.corporate.Way.Ldap;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.domain.corporate.Way.Saml;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.wire.Json;

/**
 * Brings the providers and directories of a realm up to those of its domain. The realm knows each by the id that it has here; what has such a name and is
 * not the domain's is removed. It may be broken off anywhere and begun again.
 */
@Dependent
public class ProviderRealm {

    /** What the realm keeps of the groups that a provider named at the last sign-in; nobody but administrators sees or changes it. */
    static final String GROUPS = "corporate_groups";

    private static final String INSTANCES = "/identity-provider/instances";
    private static final String COMPONENTS = "/components";
    private static final String STORAGE = "org.keycloak.storage.UserStorageProvider";
    private static final String STORAGE_MAPPER = "org.keycloak.storage.ldap.mappers.LDAPStorageMapper";

    @Inject
    ProviderStore store;

    /**
     * By which of the realm's flows somebody goes who comes with a provider.
     *
     * @param first at the first sign-in
     * @param after at each
     */
    public record Flows(String first, String after) {}

    public void apply(AdminConnection realm, String domainId, Flows flows) throws KeycloakException {
        List<StoredProvider> providers = store.all(domainId);
        if (providers.stream().anyMatch(one -> one.way().kind() != Kind.LDAP)) {
            allowGroups(realm);
        }
        brokers(realm, providers, flows);
        directories(realm, providers);
    }

    /** The user profile must know the attribute, or it is not told. */
    private static void allowGroups(AdminConnection realm) throws KeycloakException {
        JsonObject profile = realm.object("/users/profile");
        var attributes = profile.getJsonArray("attributes");
        if (attributes.getValuesAs(JsonObject.class).stream()
                .anyMatch(one -> one.getString("name").equals(GROUPS))) {
            return;
        }
        JsonObject attribute = Json.createObjectBuilder()
                .add("name", GROUPS)
                .add("multivalued", true)
                .add(
                        "permissions",
                        Json.createObjectBuilder()
                                .add("view", Json.createArrayBuilder().add("admin"))
                                .add("edit", Json.createArrayBuilder()))
                .build();
        realm.put(
                "/users/profile",
                Json.createObjectBuilder(profile)
                        .add("attributes", Json.createArrayBuilder(attributes).add(attribute))
                        .build());
    }

    private void brokers(AdminConnection realm, List<StoredProvider> providers, Flows flows) throws KeycloakException {
        Map<String, StoredProvider> wanted = providers.stream()
                .filter(one -> one.way().kind() != Kind.LDAP)
                .collect(Collectors.toMap(StoredProvider::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        Map<String, JsonObject> present = realm.list(INSTANCES).stream()
                .filter(one -> Uuid7.isUuid(one.getString("alias")))
                .collect(Collectors.toMap(one -> one.getString("alias"), Function.identity()));
        for (Map.Entry<String, JsonObject> one : present.entrySet()) {
            String kind = one.getValue().getString("providerId");
            StoredProvider same = wanted.get(one.getKey());
            if (same == null || !same.way().kind().code().equals(kind)) {
                realm.delete(INSTANCES + "/" + one.getKey());
            }
        }
        for (StoredProvider provider : wanted.values()) {
            JsonObjectBuilder instance = instance(provider, flows);
            JsonObject before = present.get(provider.id());
            if (before == null) {
                realm.post(INSTANCES, instance.build());
            } else {
                realm.put(
                        INSTANCES + "/" + provider.id(),
                        instance.add("internalId", before.getString("internalId"))
                                .build());
            }
            mappers(realm, provider);
        }
    }

    private JsonObjectBuilder instance(StoredProvider provider, Flows flows) {
        JsonObjectBuilder config = Json.createObjectBuilder(provider.facts()).add("syncMode", "FORCE");
        if (provider.way() instanceof Oidc oidc) {
            config.add("issuer", oidc.issuer())
                    .add("clientId", oidc.clientId())
                    .add("clientSecret", store.secret(provider).orElse(""))
                    .add("clientAuthMethod", "client_secret_basic")
                    .add("defaultScope", "openid profile email")
                    .add("validateSignature", "true")
                    .add("useJwksUrl", "true")
                    .add("pkceEnabled", "true")
                    .add("pkceMethod", "S256")
                    .add("backchannelSupported", "true");
        } else if (provider.way() instanceof Saml saml) {
            config.add("validateSignature", "true")
                    .add("wantAssertionsSigned", "true")
                    .add("postBindingResponse", "true")
                    .add("wantAuthnRequestsSigned", "true")
                    .add("signatureAlgorithm", "RSA_SHA256")
                    .add("nameIDPolicyFormat", nameFormat(saml))
                    // who it is; the attribute is the name only, which another person may get later
                    .add("principalType", "SUBJECT")
                    .add("backchannelSupported", "true");
        }
        return Json.createObjectBuilder()
                .add("alias", provider.id())
                .add("displayName", provider.name())
                .add("providerId", provider.way().kind().code())
                .add("enabled", provider.enabled())
                .add("trustEmail", false)
                .add("storeToken", false)
                .add("addReadTokenRoleOnCreate", false)
                .add("linkOnly", false)
                .add("firstBrokerLoginFlowAlias", flows.first())
                .add("postBrokerLoginFlowAlias", flows.after())
                .add("config", config);
    }

    /** Without an attribute the name ID is the name too: one that people can read. */
    static String nameFormat(Saml saml) {
        return saml.userNameAttribute() == null
                ? "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
                : "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    }

    private static void mappers(AdminConnection realm, StoredProvider provider) throws KeycloakException {
        Map<String, JsonObject> wanted = new LinkedHashMap<>();
        if (provider.way() instanceof Oidc oidc) {
            wanted.put(
                    "groups",
                    mapper(
                            provider,
                            "groups",
                            "oidc-user-attribute-idp-mapper",
                            Map.of(
                                    "claim",
                                    oidc.groupsClaim(),
                                    "user.attribute",
                                    GROUPS,
                                    "are.claim.values.regex",
                                    "false")));
            if (provider.partner() != null) {
                wanted.put(
                        "name",
                        mapper(
                                provider,
                                "name",
                                "oidc-username-idp-mapper",
                                Map.of("template", "${CLAIM.preferred_username}@" + suffix(provider.name()))));
            }
        } else if (provider.way() instanceof Saml saml) {
            wanted.put(
                    "groups",
                    mapper(
                            provider,
                            "groups",
                            "saml-user-attribute-idp-mapper",
                            Map.of("attribute.name", saml.groupsAttribute(), "user.attribute", GROUPS)));
            String name =
                    saml.userNameAttribute() == null ? "${NAMEID}" : "${ATTRIBUTE." + saml.userNameAttribute() + "}";
            wanted.put(
                    "name",
                    mapper(
                            provider,
                            "name",
                            "saml-username-idp-mapper",
                            Map.of(
                                    "template",
                                    provider.partner() == null ? name : name + "@" + suffix(provider.name()))));
        }
        String path = INSTANCES + "/" + provider.id() + "/mappers";
        for (JsonObject present : realm.list(path)) {
            JsonObject same = wanted.remove(present.getString("name"));
            if (same == null) {
                realm.delete(path + "/" + present.getString("id"));
            } else {
                realm.put(
                        path + "/" + present.getString("id"),
                        Json.createObjectBuilder(same)
                                .add("id", present.getString("id"))
                                .build());
            }
        }
        for (JsonObject missing : wanted.values()) {
            realm.post(path, missing);
        }
    }

    private static JsonObject mapper(StoredProvider provider, String name, String kind, Map<String, String> config) {
        JsonObjectBuilder all = Json.createObjectBuilder().add("syncMode", "INHERIT");
        config.forEach(all::add);
        return Json.createObjectBuilder()
                .add("name", name)
                .add("identityProviderAlias", provider.id())
                .add("identityProviderMapper", kind)
                .add("config", all)
                .build();
    }

    /** What tells a partner's people from others of the same name. */
    static String suffix(String name) {
        String plain = Normalizer.normalize(name, Normalizer.Form.NFD)
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\p{M}", "")
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-|-$", "");
        return plain.isEmpty() ? "partner" : plain;
    }

    private void directories(AdminConnection realm, List<StoredProvider> providers) throws KeycloakException {
        Map<String, StoredProvider> wanted = providers.stream()
                .filter(one -> one.way().kind() == Kind.LDAP)
                .collect(Collectors.toMap(StoredProvider::id, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        Map<String, JsonObject> present = realm.list(COMPONENTS + "?type=" + STORAGE).stream()
                .filter(one -> Uuid7.isUuid(one.getString("name", "")))
                .collect(Collectors.toMap(one -> one.getString("name"), Function.identity(), (a, b) -> a));
        for (Map.Entry<String, JsonObject> one : present.entrySet()) {
            if (!wanted.containsKey(one.getKey())) {
                realm.delete(COMPONENTS + "/" + one.getValue().getString("id"));
            }
        }
        for (StoredProvider provider : wanted.values()) {
            JsonObject component = directory(provider, (Ldap) provider.way());
            JsonObject before = present.get(provider.id());
            String id = before == null ? realm.post(COMPONENTS, component) : before.getString("id");
            if (before != null) {
                realm.put(
                        COMPONENTS + "/" + id,
                        Json.createObjectBuilder(component)
                                .add("id", id)
                                .add("parentId", before.getString("parentId"))
                                .build());
            }
            groups(realm, id, (Ldap) provider.way());
        }
    }

    private JsonObject directory(StoredProvider provider, Ldap ldap) {
        boolean active = ldap.isActiveDirectory();
        Map<String, String> config = new LinkedHashMap<>();
        config.put("enabled", Boolean.toString(provider.enabled()));
        config.put("priority", "0");
        config.put("vendor", active ? "ad" : "other");
        config.put("connectionUrl", ldap.url());
        config.put("startTls", Boolean.toString(ldap.startTls()));
        config.put("useTruststoreSpi", "always");
        config.put("authType", "simple");
        config.put("bindDn", ldap.bindDn());
        config.put("bindCredential", store.secret(provider).orElse(""));
        config.put("connectionTimeout", "5000");
        config.put("readTimeout", "5000");
        config.put("usersDn", ldap.usersDn());
        config.put("usernameLDAPAttribute", ldap.userNameAttribute());
        config.put("rdnLDAPAttribute", active ? "cn" : "uid");
        config.put("uuidLDAPAttribute", active ? "objectGUID" : "entryUUID");
        config.put("userObjectClasses", active ? "person, organizationalPerson, user" : "inetOrgPerson");
        config.put("searchScope", "2");
        config.put("editMode", "READ_ONLY");
        config.put("importEnabled", "true");
        config.put("syncRegistrations", "false");
        config.put("trustEmail", "false");
        config.put("pagination", Boolean.toString(active));
        // a leaver must not be let in from memory
        config.put("cachePolicy", "NO_CACHE");
        return component(provider.id(), "ldap", STORAGE, config).build();
    }

    private static JsonObjectBuilder component(String name, String kind, String type, Map<String, String> values) {
        JsonObjectBuilder config = Json.createObjectBuilder();
        values.forEach((key, value) -> config.add(key, Json.createArrayBuilder().add(value)));
        return Json.createObjectBuilder()
                .add("name", name)
                .add("providerId", kind)
                .add("providerType", type)
                .add("config", config);
    }

    private static void groups(AdminConnection realm, String directory, Ldap ldap) throws KeycloakException {
        Optional<JsonObject> present =
                realm.list(COMPONENTS + "?parent=" + encoded(directory) + "&type=" + STORAGE_MAPPER).stream()
                        .filter(one -> one.getString("providerId").equals("group-ldap-mapper"))
                        .findFirst();
        String groupsDn = ldap.groupsDn();
        if (groupsDn == null) {
            if (present.isPresent()) {
                realm.delete(COMPONENTS + "/" + present.get().getString("id"));
            }
            return;
        }
        boolean active = ldap.isActiveDirectory();
        Map<String, String> config = new LinkedHashMap<>();
        config.put("groups.dn", groupsDn);
        config.put("group.name.ldap.attribute", "cn");
        config.put("group.object.classes", active ? "group" : "groupOfNames");
        config.put("preserve.group.inheritance", "false");
        config.put("ignore.missing.groups", "true");
        config.put("membership.ldap.attribute", "member");
        config.put("membership.attribute.type", "DN");
        config.put("membership.user.ldap.attribute", ldap.userNameAttribute());
        config.put("mode", "READ_ONLY");
        config.put(
                "user.roles.retrieve.strategy",
                active ? "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE_RECURSIVELY" : "LOAD_GROUPS_BY_MEMBER_ATTRIBUTE");
        config.put("groups.path", "/");
        config.put("drop.non.existing.groups.during.sync", "false");
        JsonObjectBuilder component =
                component("groups", "group-ldap-mapper", STORAGE_MAPPER, config).add("parentId", directory);
        if (present.isPresent()) {
            String id = present.get().getString("id");
            realm.put(COMPONENTS + "/" + id, component.add("id", id).build());
        } else {
            realm.post(COMPONENTS, component.build());
        }
    }

    /**
     * What the realm knows of a user.
     *
     * @param directory id of the directory that the user is in; empty for others
     * @param groups names of the groups that the provider or directory told
     */
    record RealmUser(boolean enabled, String directory, Set<String> groups) {}

    /** Empty where the realm, or the directory that it asks for it, has no such user any more. */
    static Optional<RealmUser> user(AdminConnection realm, String subject) throws KeycloakException {
        Optional<JsonObject> user = realm.find("/users/" + encoded(subject));
        if (user.isEmpty()) {
            return Optional.empty();
        }
        String link = user.get().getString("federationLink", "");
        if (link.isEmpty()) {
            return Optional.of(new RealmUser(user.get().getBoolean("enabled", false), "", attribute(user.get())));
        }
        String directory = realm.find(COMPONENTS + "/" + encoded(link))
                .map(component -> component.getString("name", ""))
                .orElse("");
        Set<String> groups = realm.list("/users/" + encoded(subject) + "/groups?max=1000").stream()
                .map(group -> group.getString("name"))
                .collect(Collectors.toSet());
        return Optional.of(new RealmUser(user.get().getBoolean("enabled", false), directory, groups));
    }

    /** Whether a user came with a provider at any time. */
    static boolean isLinked(AdminConnection realm, String subject) throws KeycloakException {
        return !realm.list("/users/" + encoded(subject) + "/federated-identity").isEmpty();
    }

    /** Ends every session of a user. */
    static void signOut(AdminConnection realm, String subject) throws KeycloakException {
        realm.post(
                "/users/" + encoded(subject) + "/logout",
                Json.createObjectBuilder().build());
    }

    private static Set<String> attribute(JsonObject user) {
        if (!user.containsKey("attributes") || !user.getJsonObject("attributes").containsKey(GROUPS)) {
            return Set.of();
        }
        return user.getJsonObject("attributes").getJsonArray(GROUPS).getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .collect(Collectors.toSet());
    }
}
