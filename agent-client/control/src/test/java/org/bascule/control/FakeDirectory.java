package org.bascule.control;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.bascule.wire.Json;

/**
 * Folders with devices, users and groups in them, found as {@code docs/protocol/api.md} says: top, children, text anywhere; {@code folder} includes what is below.
 * Pages hold two rows, so that who does not follow them misses something.
 */
public final class FakeDirectory {

    private static final int PAGE = 2;

    private final FakeServer server;
    private final Map<String, JsonObject> folders = new LinkedHashMap<>();
    private final Map<String, List<JsonObject>> others = new LinkedHashMap<>();

    public FakeDirectory(FakeServer server) {
        this.server = server;
        server.on("GET /api/folders", request -> page(request.query(), folders(parameters(request.query()))));
        for (String list : List.of("/api/devices", "/api/users", "/api/groups")) {
            others.put(list, new ArrayList<>());
            server.on("GET " + list, request -> page(request.query(), others(list, parameters(request.query()))));
        }
    }

    /** @param parent empty for a topmost one */
    public FakeDirectory folder(String id, String parent, String name) {
        JsonArrayBuilder path = Json.createArrayBuilder();
        if (!parent.isEmpty()) {
            folder(parent).getJsonArray("path").forEach(path::add);
            path.add(named(parent, folder(parent).getString("name")));
        }
        JsonObjectBuilder row = Json.createObjectBuilder()
                .add("id", id)
                .add("name", name)
                .addNull("description")
                .add("path", path)
                .add("children", 0)
                .add("devices", 3)
                .add("etag", "4");
        JsonObject folder = (parent.isEmpty() ? row.addNull("parent") : row.add("parent", parent)).build();
        folders.put(id, folder);
        server.on("GET /api/folders/" + id, 200, folder.toString());
        return this;
    }

    public FakeDirectory device(String uid, String folder, String name) {
        return add(
                "/api/devices",
                uid,
                Json.createObjectBuilder()
                        .add("uid", uid)
                        .add("name", name)
                        .add("folder", folder)
                        .add("folderName", folder(folder).getString("name"))
                        .add("state", "online")
                        .add("tags", Json.createArrayBuilder().add("hall-2"))
                        .add("etag", "7"));
    }

    public FakeDirectory user(String id, String folder, String name) {
        return add("/api/users", id, person(id, folder, name).add("pending", true));
    }

    public FakeDirectory group(String id, String folder, String name) {
        return add("/api/groups", id, person(id, folder, name).add("members", 2));
    }

    private JsonObjectBuilder person(String id, String folder, String name) {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("name", name)
                .add("folder", named(folder, folder(folder).getString("name")))
                .add("etag", "5");
    }

    private JsonObject folder(String id) {
        return Optional.ofNullable(folders.get(id)).orElseThrow();
    }

    private List<JsonObject> list(String path) {
        return Optional.ofNullable(others.get(path)).orElseThrow();
    }

    private FakeDirectory add(String list, String id, JsonObjectBuilder row) {
        JsonObject built = row.build();
        list(list).add(built);
        server.on("GET " + list + "/" + id, 200, built.toString());
        return this;
    }

    private static JsonObject named(String id, String name) {
        return Json.createObjectBuilder().add("id", id).add("name", name).build();
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new HashMap<>();
        for (String each : query.split("&")) {
            String[] parts = each.split("=", 2);
            if (parts.length == 2) {
                parameters.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }

    private List<JsonObject> folders(Map<String, String> parameters) {
        Predicate<JsonObject> wanted = folder -> folder.isNull("parent");
        if (parameters.containsKey("parent")) {
            wanted = folder -> folder.getString("parent", "").equals(parameters.get("parent"));
        } else if (parameters.containsKey("q")) {
            wanted = folder -> folder.getString("name").contains(parameters.get("q"));
        } else if (parameters.containsKey("all")) {
            wanted = folder -> true;
        }
        return folders.values().stream().filter(wanted).toList();
    }

    private List<JsonObject> others(String list, Map<String, String> parameters) {
        String text = parameters.getOrDefault("q", "").replace("\"", "");
        String folder = parameters.getOrDefault("folder", "");
        return list(list).stream()
                .filter(row -> row.getString("name").contains(text))
                .filter(row -> folder.isEmpty() || isIn(row, folder))
                .toList();
    }

    private boolean isIn(JsonObject row, String folder) {
        String direct = row.get("folder") instanceof JsonString id
                ? id.getString()
                : row.getJsonObject("folder").getString("id");
        return direct.equals(folder)
                || folder(direct).getJsonArray("path").getValuesAs(JsonObject.class).stream()
                        .anyMatch(above -> above.getString("id").equals(folder));
    }

    private static FakeServer.Reply page(String query, List<JsonObject> rows) {
        int from = Integer.parseInt(parameters(query).getOrDefault("cursor", "0"));
        int to = Math.min(rows.size(), from + PAGE);
        JsonArrayBuilder items = Json.createArrayBuilder();
        rows.subList(from, to).forEach(items::add);
        JsonObjectBuilder list = Json.createObjectBuilder().add("items", items);
        return new FakeServer.Reply(
                200,
                (to < rows.size() ? list.add("next", String.valueOf(to)) : list.addNull("next"))
                        .build()
                        .toString());
    }
}
