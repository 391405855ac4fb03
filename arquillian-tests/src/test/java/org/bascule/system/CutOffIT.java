package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nobody below shuts out for good whoever manages permissions above (ACL-1): he finds what was cut off, and opens it. */
@ExtendWith(RunningSystem.class)
class CutOffIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final TheSystem system = TheSystem.get();
    private final Api owner = system.api("automation");
    private final Api administrator = system.api("viewer");

    private String bascule(String... arguments) {
        Map<String, String> environment = Map.of(
                "BASCULE_URL",
                system.agentUrl(),
                "BASCULE_CA",
                system.ca().toString(),
                "BASCULE_TOKEN",
                system.user("automation").apiToken(),
                "XDG_CONFIG_HOME",
                system.folder("cli-cut-off").toString());
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            Program.Result result = program.finish(new byte[0], LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
            return result.output();
        }
    }

    private String folder(String name) {
        JsonObject body = Json.createObjectBuilder()
                .add("parent", owner.rootFolder())
                .add("name", name)
                .build();
        String id = Api.json(Api.expect(201, owner.post("/api/folders", body.toString())))
                .getString("id");
        String viewer = owner.items("/api/users?q=viewer").stream()
                .filter(user -> user.getString("name").equals("viewer"))
                .findFirst()
                .orElseThrow()
                .getString("id");
        JsonObject entry = Json.createObjectBuilder()
                .add("resource", id)
                .add("principal", viewer)
                .add("permissions", Json.createArrayBuilder(List.of("see-resources", "manage-permissions")))
                .add("effect", "allow")
                .build();
        Api.expect(201, owner.post("/api/access/entries", entry.toString()));
        return id;
    }

    /** By who administers the folder alone. */
    private void cutOff(String folder) {
        String version = administrator.getJson("/api/folders/" + folder).getString("etag");
        Api.expect(
                204,
                administrator.put(
                        "/api/access/inheritance/" + folder, "{\"inherit\":false}", "If-Match", '"' + version + '"'));
        Api.expect(404, owner.get("/api/folders/" + folder));
    }

    private void remove(String folder) {
        bascule("folder", "remove", "folder:" + folder, "--yes");
    }

    @Test
    void theCommandLineFindsAndOpensIt() {
        String folder = folder("cut-off-by-hand");
        cutOff(folder);
        JsonObject found;
        try (var reader =
                Json.createReader(new StringReader(bascule("rights", "cut-off", owner.rootFolder(), "--json")))) {
            found = reader.readObject().getJsonArray("items").getValuesAs(JsonObject.class).stream()
                    .filter(one -> one.getString("id").equals(folder))
                    .findFirst()
                    .orElseThrow();
        }
        assertThat(found.getString("name")).isEqualTo("cut-off-by-hand");
        bascule("rights", "inherit", "--on", "folder:" + folder, "--etag", found.getString("etag"));
        Api.expect(200, owner.get("/api/folders/" + folder));
        remove(folder);
    }

    @Test
    void thePageOfTheFolderAboveFindsAndOpensIt() {
        String folder = folder("cut-off-on-a-page");
        cutOff(folder);
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            PageParts.open(page, system.url() + "/access?resource=" + owner.rootFolder());
            button(page, "Inherit again: cut-off-on-a-page").waitFor();
            PageParts.expectUsable(page, "what is cut off from the root");
            button(page, "Inherit again: cut-off-on-a-page").click();
            inDialog(page, AriaRole.BUTTON, "Inherit again").click();
            page.getByText("Rights from above count here again").waitFor();
        }
        Api.expect(200, owner.get("/api/folders/" + folder));
        remove(folder);
    }
}
