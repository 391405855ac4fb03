package org.bascule.domain.realm;

import static org.bascule.domain.keycloak.AdminConnection.encoded;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bascule.domain.keycloak.AdminConnection;
import org.bascule.domain.keycloak.KeycloakException;
import org.bascule.wire.Json;

/**
 * The authentication flows of one realm. A flow in use is never changed: where it is another than the template's, the template's is made beside it, under a
 * name that says which it is, and whoever binds it removes the former one then. So whoever signs in meanwhile goes through one or the other, and
 * what was broken off is made anew.
 */
final class RealmFlows {

    private static final String FLOWS = "/authentication/flows";
    private static final String MARK = " - ";
    /** The template's names carry its version, as in {@code bascule 4 browser}; ours a mark. */
    private static final Pattern VERSION = Pattern.compile("^bascule \\d+ ");

    private static final Pattern MADE = Pattern.compile(MARK + "[0-9a-f]{8}$");
    private static final JsonValue MASKED = Json.createValue("**********");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final AdminConnection realm;
    private final Map<String, JsonObject> flows = new LinkedHashMap<>();
    private final Map<String, JsonObject> configurations = new HashMap<>();

    RealmFlows(AdminConnection realm, JsonObject wanted) {
        this.realm = realm;
        for (JsonObject flow : objects(wanted, "authenticationFlows")) {
            flows.put(flow.getString("alias"), flow);
        }
        for (JsonObject configuration : objects(wanted, "authenticatorConfig")) {
            configurations.put(configuration.getString("alias"), configuration);
        }
    }

    private static List<JsonObject> objects(JsonObject of, String name) {
        return of.containsKey(name) ? of.getJsonArray(name).getValuesAs(JsonObject.class) : List.of();
    }

    private List<JsonObject> topmost() {
        return flows.values().stream()
                .filter(flow -> flow.getBoolean("topLevel", false) && !flow.getBoolean("builtIn", false))
                .toList();
    }

    /** Makes what is missing. Returns by which name the realm has each flow of the template. */
    Map<String, String> make() throws KeycloakException {
        Map<String, String> aliases = new HashMap<>();
        if (topmost().isEmpty()) {
            return aliases;
        }
        List<JsonObject> present = realm.list(FLOWS);
        for (JsonObject flow : topmost()) {
            String alias = flow.getString("alias");
            List<Line> shape = shape(flow, 0);
            Optional<String> same = Optional.empty();
            for (JsonObject one : present) {
                if (same.isEmpty() && isOne(one.getString("alias"), alias) && isSame(shape, presentShape(one))) {
                    same = Optional.of(one.getString("alias"));
                }
            }
            aliases.put(alias, same.isPresent() ? same.get() : made(flow));
        }
        return aliases;
    }

    /** Whether a flow is this one of the template, or was in one of its versions. */
    private static boolean isOne(String name, String alias) {
        return plain(name).equals(plain(alias));
    }

    private static String plain(String name) {
        return VERSION.matcher(MADE.matcher(name).replaceFirst("")).replaceFirst("bascule ");
    }

    /** Whoever comes from somewhere else goes on with the present flows. What a provider keeps to itself it keeps. */
    void bindProviders(Map<String, String> aliases) throws KeycloakException {
        if (aliases.isEmpty()) {
            return;
        }
        for (JsonObject provider : realm.list("/identity-provider/instances")) {
            JsonObjectBuilder changed = Json.createObjectBuilder(provider);
            boolean different = false;
            for (String member : List.of("firstBrokerLoginFlowAlias", "postBrokerLoginFlowAlias")) {
                String bound = provider.getString(member, "");
                Optional<String> present = aliases.entrySet().stream()
                        .filter(one -> isOne(bound, one.getKey()) && !bound.equals(one.getValue()))
                        .map(Map.Entry::getValue)
                        .findFirst();
                present.ifPresent(name -> changed.add(member, name));
                different |= present.isPresent();
            }
            if (different) {
                realm.put("/identity-provider/instances/" + encoded(provider.getString("alias")), changed.build());
            }
        }
    }

    /** Removes what is not in use any more. To be called when the flows are bound. */
    void removeOthers(Map<String, String> aliases) throws KeycloakException {
        for (JsonObject flow : aliases.isEmpty() ? List.<JsonObject>of() : realm.list(FLOWS)) {
            String name = flow.getString("alias");
            for (Map.Entry<String, String> kept : aliases.entrySet()) {
                if (isOne(name, kept.getKey()) && !name.equals(kept.getValue())) {
                    realm.delete(FLOWS + "/" + flow.getString("id"));
                }
            }
        }
    }

    private String made(JsonObject flow) throws KeycloakException {
        // another one each time: parts of one that was broken off may be there still
        String mark = MARK + HexFormat.of().toHexDigits(RANDOM.nextInt());
        add(flow, mark);
        return flow.getString("alias") + mark;
    }

    private String add(JsonObject flow, String mark) throws KeycloakException {
        String id = realm.post(
                FLOWS,
                Json.createObjectBuilder()
                        .add("alias", flow.getString("alias") + mark)
                        .add("description", flow.getString("description", ""))
                        .add("providerId", flow.getString("providerId", "basic-flow"))
                        .add("topLevel", flow.getBoolean("topLevel", false))
                        .add("builtIn", false)
                        .build());
        for (JsonObject execution : executions(flow)) {
            JsonObjectBuilder added = Json.createObjectBuilder()
                    .add("parentFlow", id)
                    .add("requirement", execution.getString("requirement"))
                    .add("authenticatorFlow", isFlow(execution));
            if (execution.containsKey("authenticator")) {
                added.add("authenticator", execution.getString("authenticator"));
            }
            if (isFlow(execution)) {
                added.add("flowId", add(sub(execution), mark));
            }
            String executionId = realm.post("/authentication/executions", added.build());
            if (execution.containsKey("authenticatorConfig")) {
                JsonObject configuration = configuration(execution);
                realm.post(
                        "/authentication/executions/" + executionId + "/config",
                        Json.createObjectBuilder(configuration)
                                .add("alias", configuration.getString("alias") + mark)
                                .build());
            }
        }
        return id;
    }

    private static boolean isFlow(JsonObject execution) {
        return execution.containsKey("flowAlias");
    }

    private JsonObject sub(JsonObject execution) {
        return Optional.ofNullable(flows.get(execution.getString("flowAlias")))
                .orElseThrow(() ->
                        new IllegalStateException("the template has no flow " + execution.getString("flowAlias")));
    }

    private JsonObject configuration(JsonObject execution) {
        String name = execution.getString("authenticatorConfig");
        return Optional.ofNullable(configurations.get(name))
                .orElseThrow(() -> new IllegalStateException("the template has no configuration " + name));
    }

    private static List<JsonObject> executions(JsonObject flow) {
        return objects(flow, "authenticationExecutions").stream()
                .sorted(Comparator.comparingInt(execution -> execution.getInt("priority", 0)))
                .toList();
    }

    /** What one execution does; the same for two that differ in nothing but names and ids. */
    private record Line(int level, String provider, String requirement, JsonObject configuration) {

        /** @param present as the realm tells it, without values that it keeps to itself */
        boolean isSame(Line present) {
            return level == present.level
                    && provider.equals(present.provider)
                    && requirement.equals(present.requirement)
                    && configuration.keySet().equals(present.configuration.keySet())
                    && configuration.entrySet().stream().allMatch(entry -> {
                        JsonValue value = present.configuration.get(entry.getKey());
                        return MASKED.equals(value) || entry.getValue().equals(value);
                    });
        }
    }

    private static boolean isSame(List<Line> wanted, List<Line> present) {
        return wanted.size() == present.size()
                && IntStream.range(0, wanted.size()).allMatch(i -> wanted.get(i).isSame(present.get(i)));
    }

    private List<Line> shape(JsonObject flow, int level) {
        List<Line> shape = new ArrayList<>();
        for (JsonObject execution : executions(flow)) {
            shape.add(new Line(
                    level,
                    isFlow(execution) ? "" : execution.getString("authenticator"),
                    execution.getString("requirement"),
                    execution.containsKey("authenticatorConfig")
                            ? configuration(execution).getJsonObject("config")
                            : JsonValue.EMPTY_JSON_OBJECT));
            if (isFlow(execution)) {
                shape.addAll(shape(sub(execution), level + 1));
            }
        }
        return shape;
    }

    private List<Line> presentShape(JsonObject flow) throws KeycloakException {
        List<Line> shape = new ArrayList<>();
        for (JsonObject execution : realm.list(FLOWS + "/" + encoded(flow.getString("alias")) + "/executions")) {
            JsonObject configuration = JsonValue.EMPTY_JSON_OBJECT;
            if (execution.containsKey("authenticationConfig")) {
                JsonObject read = realm.object("/authentication/config/" + execution.getString("authenticationConfig"));
                configuration = read.containsKey("config") ? read.getJsonObject("config") : configuration;
            }
            boolean sub = execution.getBoolean("authenticationFlow", false);
            shape.add(new Line(
                    execution.getInt("level"),
                    sub ? "" : execution.getString("providerId"),
                    execution.getString("requirement"),
                    configuration));
        }
        return shape;
    }
}
