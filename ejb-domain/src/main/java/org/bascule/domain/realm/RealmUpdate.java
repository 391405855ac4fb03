package org.bascule.domain.realm;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.wire.Json;

/**
 * Makes one realm as the template wants it: its own settings, flows, required actions, texts, and the clients of Bascule. What the template does not name stays:
 * users and what they have set. It may be broken off anywhere and begun again.
 */
final class RealmUpdate {

    /** Members of the template that the realm's own resource does not take, or that are not to be changed by it. */
    private static final Set<String> ELSEWHERE = Set.of(
            "id",
            "realm",
            "users",
            "clients",
            "clientScopes",
            "defaultDefaultClientScopes",
            "defaultOptionalClientScopes",
            "scopeMappings",
            "clientScopeMappings",
            "roles",
            "groups",
            "components",
            "authenticationFlows",
            "authenticatorConfig",
            "requiredActions",
            "localizationTexts",
            "identityProviders",
            "identityProviderMappers");

    private static final String USER_PROFILE = "org.keycloak.userprofile.UserProfileProvider";

    private final AdminConnection realm;
    private final JsonObject wanted;

    private final Providers providers;

    RealmUpdate(AdminConnection realm, JsonObject wanted, Providers providers) {
        this.realm = realm;
        this.wanted = wanted;
        this.providers = providers;
    }

    /** Brings up what refers to flows: when they are there, and before former ones go. */
    interface Providers {

        /** @param aliases by which name the realm has each flow of the template */
        void apply(Map<String, String> aliases) throws KeycloakException;
    }

    void run() throws KeycloakException {
        JsonObject present = realm.object("");
        requiredActions();
        keepNamesFromUsers();
        RealmFlows flows = new RealmFlows(realm, wanted);
        Map<String, String> aliases = flows.make();
        settings(present, aliases);
        providers.apply(aliases);
        flows.bindProviders(aliases);
        flows.removeOthers(aliases);
        texts();
        userProfile();
        for (JsonObject client : objects(wanted, "clients")) {
            client(client);
        }
    }

    private static List<JsonObject> objects(JsonObject of, String name) {
        return of.containsKey(name) ? of.getJsonArray(name).getValuesAs(JsonObject.class) : List.of();
    }

    private void settings(JsonObject present, Map<String, String> aliases) throws KeycloakException {
        JsonObjectBuilder changed = Json.createObjectBuilder();
        wanted.forEach((name, value) -> {
            if (!ELSEWHERE.contains(name)) {
                boolean flow = name.endsWith("Flow") && value instanceof JsonString;
                changed.add(name, flow ? Json.createValue(aliased(aliases, ((JsonString) value).getString())) : value);
            }
        });
        // whatever is not among them would be removed
        changed.add("attributes", merged(present, "attributes", wanted));
        realm.put("", changed.build());
    }

    /** Before names may be changed at all: administrators rename accounts, and nobody his own. */
    private void keepNamesFromUsers() throws KeycloakException {
        JsonObject profile = realm.object("/users/profile");
        JsonArrayBuilder attributes = Json.createArrayBuilder();
        for (JsonObject attribute : objects(profile, "attributes")) {
            boolean name = attribute.getString("name", "").equals("username");
            attributes.add(name ? forAdministrators(attribute) : Json.createObjectBuilder(attribute));
        }
        JsonObject changed =
                Json.createObjectBuilder(profile).add("attributes", attributes).build();
        if (!changed.equals(profile)) {
            realm.put("/users/profile", changed);
        }
    }

    private static JsonObjectBuilder forAdministrators(JsonObject attribute) {
        JsonObjectBuilder permissions = attribute.containsKey("permissions")
                ? Json.createObjectBuilder(attribute.getJsonObject("permissions"))
                : Json.createObjectBuilder()
                        .add("view", Json.createArrayBuilder().add("admin").add("user"));
        return Json.createObjectBuilder(attribute)
                .add(
                        "permissions",
                        permissions.add("edit", Json.createArrayBuilder().add("admin")));
    }

    private static String aliased(Map<String, String> aliases, String alias) {
        return aliases.getOrDefault(alias, alias);
    }

    private static JsonObject merged(JsonObject present, String name, JsonObject wanted) {
        JsonObjectBuilder merged = Json.createObjectBuilder();
        for (JsonObject one : List.of(present, wanted)) {
            if (one.containsKey(name)) {
                one.getJsonObject(name).forEach(merged::add);
            }
        }
        return merged.build();
    }

    private void requiredActions() throws KeycloakException {
        List<JsonObject> actions = objects(wanted, "requiredActions");
        if (actions.isEmpty()) {
            return;
        }
        Set<String> present = realm.list("/authentication/required-actions").stream()
                .map(action -> action.getString("alias"))
                .collect(Collectors.toSet());
        for (JsonObject action : actions) {
            if (!present.contains(action.getString("alias"))) {
                realm.post(
                        "/authentication/register-required-action",
                        Json.createObjectBuilder()
                                .add("providerId", action.getString("providerId"))
                                .add("name", action.getString("name"))
                                .build());
            }
            realm.put("/authentication/required-actions/" + encoded(action.getString("alias")), action);
        }
    }

    private void texts() throws KeycloakException {
        if (wanted.containsKey("localizationTexts")) {
            for (Map.Entry<String, JsonValue> language :
                    wanted.getJsonObject("localizationTexts").entrySet()) {
                realm.post(
                        "/localization/" + encoded(language.getKey()),
                        language.getValue().asJsonObject());
            }
        }
    }

    /** The template has it as the realm's export does: a component whose configuration is JSON in a text. */
    private void userProfile() throws KeycloakException {
        if (!wanted.containsKey("components")) {
            return;
        }
        for (JsonObject component : objects(wanted.getJsonObject("components"), USER_PROFILE)) {
            JsonObject configuration = component.getJsonObject("config");
            if (configuration.containsKey("kc.user.profile.config")) {
                realm.put(
                        "/users/profile",
                        parsed(configuration
                                .getJsonArray("kc.user.profile.config")
                                .getString(0)));
            }
        }
    }

    private static JsonObject parsed(String text) {
        try (var reader = Json.createReader(new java.io.StringReader(text))) {
            return reader.readObject();
        }
    }

    private void client(JsonObject client) throws KeycloakException {
        String clientId = client.getString("clientId");
        Optional<JsonObject> present = find(clientId);
        if (present.isEmpty()) {
            realm.post("/clients", client);
            present = find(clientId);
        }
        JsonObject now = present.orElseThrow();
        String id = now.getString("id");
        JsonObjectBuilder changed = Json.createObjectBuilder(now);
        client.forEach(changed::add);
        changed.add("attributes", merged(now, "attributes", client));
        if (client.containsKey("protocolMappers")) {
            changed.add("protocolMappers", mappers(now, client));
        }
        realm.put("/clients/" + id, changed.build());
        scopes(id, now, client);
        for (JsonObject user : objects(wanted, "users")) {
            if (user.getString("serviceAccountClientId", "").equals(clientId) && user.containsKey("clientRoles")) {
                roles(id, user.getJsonObject("clientRoles"));
            }
        }
    }

    private Optional<JsonObject> find(String clientId) throws KeycloakException {
        return realm.list("/clients?clientId=" + encoded(clientId)).stream().findFirst();
    }

    /** Those of the same name keep their id, as Keycloak tells them apart by it. */
    private static JsonArrayBuilder mappers(JsonObject present, JsonObject wanted) {
        Map<String, JsonObject> known = objects(present, "protocolMappers").stream()
                .collect(Collectors.toMap(mapper -> mapper.getString("name"), mapper -> mapper, (a, b) -> a));
        JsonArrayBuilder mappers = Json.createArrayBuilder();
        for (JsonObject mapper : objects(wanted, "protocolMappers")) {
            JsonObject same = known.get(mapper.getString("name"));
            mappers.add(
                    same == null
                            ? mapper
                            : Json.createObjectBuilder(mapper)
                                    .add("id", same.getString("id"))
                                    .build());
        }
        return mappers;
    }

    private void scopes(String id, JsonObject present, JsonObject client) throws KeycloakException {
        for (String kind : List.of("default", "optional")) {
            String member = kind + "ClientScopes";
            if (!client.containsKey(member)) {
                continue;
            }
            Set<String> before = texts(present, member);
            Set<String> after = texts(client, member);
            if (before.equals(after)) {
                continue;
            }
            Map<String, String> ids = realm.list("/client-scopes").stream()
                    .collect(Collectors.toMap(scope -> scope.getString("name"), scope -> scope.getString("id")));
            String path = "/clients/" + id + "/" + kind + "-client-scopes/";
            for (String name : without(before, after)) {
                realm.delete(path + ids.get(name));
            }
            for (String name : without(after, before)) {
                realm.put(path + scope(ids, name));
            }
        }
    }

    private static String scope(Map<String, String> ids, String name) {
        String id = ids.get(name);
        if (id == null) {
            throw new IllegalStateException("the realm has no client scope " + name);
        }
        return id;
    }

    private static Set<String> texts(JsonObject of, String name) {
        return of.containsKey(name)
                ? of.getJsonArray(name).getValuesAs(JsonString.class).stream()
                        .map(JsonString::getString)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    private static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(others);
        return rest;
    }

    private void roles(String clientId, JsonObject wantedRoles) throws KeycloakException {
        String user =
                realm.object("/clients/" + clientId + "/service-account-user").getString("id");
        for (String owner : wantedRoles.keySet()) {
            String ownerId = find(owner).orElseThrow().getString("id");
            String path = "/users/" + user + "/role-mappings/clients/" + ownerId;
            Set<String> present = realm.list(path).stream()
                    .map(role -> role.getString("name"))
                    .collect(Collectors.toSet());
            List<JsonObject> missing = new ArrayList<>();
            for (String name : without(texts(wantedRoles, owner), present)) {
                missing.add(realm.object("/clients/" + ownerId + "/roles/" + encoded(name)));
            }
            if (!missing.isEmpty()) {
                JsonArrayBuilder roles = Json.createArrayBuilder();
                missing.forEach(roles::add);
                realm.post(path, roles.build());
                realm.forgetToken();
            }
        }
    }
}
