package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.util.List;

/** Somebody who may open a terminal on a device of a test's own, as a member of a group, and the ways in which that can be taken away. */
final class Leaver implements AutoCloseable {

    /** Past the tests' own ways in, each is what an administrator does by the API. */
    enum Way {
        DENIAL_ON_THE_DEVICE("not-permitted"),
        LEAVING_THE_GROUP("not-permitted"),
        MOVE_OF_THE_DEVICE("not-permitted"),
        MOVE_OF_ITS_FOLDER("not-permitted"),
        ACCOUNT_SWITCHED_OFF("signed-out"),
        /** The last: an administrator who may not pass everything on cannot open the device again to what the folders above allow. */
        BLOCKED_INHERITANCE("not-permitted");

        private final String endReason;

        Way(String endReason) {
            this.endReason = endReason;
        }

        /** As the connection log says it. */
        String endReason() {
            return endReason;
        }
    }

    private static final String PASSWORD = "Leaver-20-31";

    private final TheSystem system;
    private final Api administrator;
    private final String name = "leaver." + Long.toString(System.nanoTime(), 36);
    private final String id;
    private final String group;
    private final String root;
    /** The folder of the device. */
    private final String here;
    /** A folder in which the person may not open terminals. */
    private final String closed;

    private final EnrolledDevice device;

    private Leaver(TheSystem system) {
        this.system = system;
        administrator = system.api("automation");
        root = administrator.rootFolder();
        id = person();
        group = made("/api/groups", "{\"name\":\"%s\",\"folder\":\"%s\"}".formatted(name, root));
        join();
        entries(root, group, "allow", "see-resources", "terminal");
        here = made("/api/folders", "{\"name\":\"%s here\",\"parent\":\"%s\"}".formatted(name, root));
        closed = made("/api/folders", "{\"name\":\"%s closed\",\"parent\":\"%s\"}".formatted(name, root));
        entries(closed, id, "deny", "terminal");
        device = EnrolledDevice.start(system, name);
        moveDevice(here);
    }

    /** With a device that is online. */
    static Leaver in(TheSystem system) {
        return new Leaver(system);
    }

    private String made(String path, String body) {
        return Api.json(Api.expect(201, administrator.post(path, body))).getString("id");
    }

    private String person() {
        String made = made(
                "/api/users",
                "{\"name\":\"%s\",\"folder\":\"%s\",\"account\":{\"firstPassword\":true}}".formatted(name, root));
        String password = Json.createObjectBuilder()
                .add("type", "password")
                .add("value", PASSWORD)
                .add("temporary", false)
                .build()
                .toString();
        Api.expect(
                204, system.realmAdmin(system.realm()).change("PUT", "/users/" + made + "/reset-password", password));
        return made;
    }

    private List<JsonObject> entries(String resource, String principal, String effect, String... permissions) {
        String entries = "{\"resource\":\"%s\",\"principal\":\"%s\",\"permissions\":[\"%s\"],\"effect\":\"%s\"}"
                .formatted(resource, principal, String.join("\",\"", permissions), effect);
        return Api.json(Api.expect(201, administrator.post("/api/access/entries", entries)))
                .getJsonArray("items")
                .getValuesAs(JsonObject.class);
    }

    private void change(String path, String body) {
        String etag = administrator.getJson(path).getString("etag");
        Api.expect(200, administrator.patch(path, body, "If-Match", '"' + etag + '"'));
    }

    private String member() {
        return "/api/groups/" + group + "/members/" + id;
    }

    private void join() {
        Api.expect(204, administrator.send("PUT", member(), HttpRequest.BodyPublishers.noBody()));
    }

    private void moveDevice(String folder) {
        change("/api/devices/" + uid(), "{\"folder\":\"" + folder + "\"}");
    }

    private void moveFolder(String parent) {
        change("/api/folders/" + here, "{\"parent\":\"" + parent + "\"}");
    }

    private void enable(boolean enabled) {
        change("/api/users/" + id, "{\"enabled\":" + enabled + "}");
    }

    private void block() {
        // who administers goes on seeing it
        entries(
                uid(),
                administrator.getJson("/api/me").getJsonObject("user").getString("id"),
                "allow",
                "see-resources",
                "manage-permissions",
                "view-connection-log");
        String etag = administrator.getJson("/api/devices/" + uid()).getString("etag");
        Api.expect(
                204,
                administrator.put(
                        "/api/access/inheritance/" + uid(), "{\"inherit\":false}", "If-Match", '"' + etag + '"'));
    }

    String uid() {
        return device.uid();
    }

    /** The API with a new sign-in of this person. */
    Api signedIn() {
        return system.signedIn(name, PASSWORD);
    }

    /** Takes it away. @return gives it back, where that can be done */
    Runnable lose(Way way) {
        switch (way) {
            case DENIAL_ON_THE_DEVICE -> {
                List<JsonObject> denial = entries(uid(), id, "deny", "terminal");
                return () -> Denied.remove(administrator, denial);
            }
            case LEAVING_THE_GROUP -> {
                Api.expect(204, administrator.send("DELETE", member(), HttpRequest.BodyPublishers.noBody()));
                return this::join;
            }
            case MOVE_OF_THE_DEVICE -> {
                moveDevice(closed);
                return () -> moveDevice(here);
            }
            case MOVE_OF_ITS_FOLDER -> {
                moveFolder(closed);
                return () -> moveFolder(root);
            }
            case ACCOUNT_SWITCHED_OFF -> {
                enable(false);
                return () -> enable(true);
            }
            case BLOCKED_INHERITANCE -> {
                block();
                return () -> {};
            }
        }
        throw new IllegalArgumentException(way.name());
    }

    @Override
    public void close() {
        device.close();
    }
}
