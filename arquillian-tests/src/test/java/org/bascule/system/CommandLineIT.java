package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command line against the running system, over TLS with the demo's CA. */
@ExtendWith(RunningSystem.class)
class CommandLineIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Pattern PAIRING_CODE = Pattern.compile("Code:\\s+(\\S+)");

    private final TheSystem system = TheSystem.get();

    private Program.Result bascule(String user, byte[] input, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user(user).apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-" + user).toString());
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            return program.finish(input, LIMIT);
        }
    }

    @Test
    void lsListsTheDevice() {
        Program.Result result = bascule("engineer", new byte[0], "ls", "--json");
        assertThat(result.exit()).as(result.error()).isZero();
        try (var reader = Json.createReader(new StringReader(result.output()))) {
            assertThat(reader.read().toString()).contains(system.device().uid());
        }
        assertThat(bascule("engineer", new byte[0], "ls").output())
                .contains(system.device().name());
    }

    @Test
    void execPassesStreamsAndExitCodeOn() {
        Program.Result result = bascule(
                "engineer",
                new byte[0],
                "exec",
                system.device().name(),
                "--",
                "sh",
                "-c",
                "echo out; echo err >&2; exit 5");
        assertThat(result.exit()).as(result.error()).isEqualTo(5);
        assertThat(result.output()).isEqualTo("out\n");
        assertThat(result.error()).contains("err\n");
    }

    @Test
    void execIsBinaryClean() {
        byte[] input = new byte[3_000_000];
        new Random(42).nextBytes(input);
        Program.Result result =
                bascule("engineer", input, "exec", system.device().uid(), "--", "cat");
        assertThat(result.exit()).as(result.error()).isZero();
        assertThat(Arrays.equals(result.outputBytes(), input)).isTrue();
    }

    /** The connection log counts as the device does, whoever tells it. */
    @Test
    void whatIsSentToADeviceCameInThere() {
        byte[] input = new byte[2_000_000];
        Program.Result result =
                bascule("engineer", input, "exec", system.device().uid(), "--", "sh", "-c", "wc -c; echo up''load");
        assertThat(result.output()).contains("2000000").contains("upload");
        Eventually.within(
                Duration.ofSeconds(20), "the session is in the connection log with its bytes", () -> system
                        .api("automation")
                        .items("/api/connections?limit=5&state=ended&device="
                                + system.device().uid())
                        .stream()
                        .anyMatch(session -> session.getInt("bytesIn") > 2_000_000
                                && session.getInt("bytesIn") < 2_500_000
                                && session.getInt("bytesOut") < 200_000));
    }

    /** Each measures the relays before it has to choose one; the connection log keeps what both found for the one that was used. */
    @Test
    void bothEndsSayHowFarTheRelaysAre() {
        Eventually.within(Duration.ofMinutes(2), "a session with the round trips of both ends", () -> {
            Program.Result result =
                    bascule("engineer", new byte[0], "exec", system.device().uid(), "--", "true");
            assertThat(result.exit()).as(result.error()).isZero();
            return system
                    .api("automation")
                    .items("/api/connections?limit=1&device=" + system.device().uid())
                    .stream()
                    .anyMatch(session ->
                            session.getInt("relayClientMs", 0) >= 1 && session.getInt("relayDeviceMs", 0) >= 1);
        });
    }

    @Test
    void execSaysBySignal() {
        Program.Result result =
                bascule("engineer", new byte[0], "exec", system.device().name(), "--", "sh", "-c", "kill -9 $$");
        assertThat(result.exit()).as(result.error()).isEqualTo(128 + 9);
    }

    @Test
    void whoMayNotIsToldSo() throws IOException {
        String device = system.device().name();
        Path file = Files.writeString(system.folder("cli-viewers-file"), "not his to bring");
        for (String[] command : new String[][] {
            {"exec", device, "--", "id"},
            {"cp", file.toString(), device + ":"},
            {"cp", device + ":x", file.resolveSibling("cli-viewers-copy").toString()},
            {"file", "ls", device + ":"},
            {"file", "mkdir", device + ":viewers"},
            {"file", "rm", "--yes", device + ":x"}
        }) {
            Program.Result result = bascule("viewer", new byte[0], command);
            assertThat(result.exit())
                    .as(String.join(" ", command) + result.error())
                    .isEqualTo(4);
            assertThat(result.error())
                    .as(String.join(" ", command))
                    .isNotBlank()
                    .doesNotContain("Exception")
                    .doesNotContain("\tat ");
            assertThat(result.outputBytes()).isEmpty();
        }
        assertThat(file.resolveSibling("cli-viewers-copy")).doesNotExist();
    }

    @Test
    void anUnknownDeviceIsASentence() {
        Program.Result result = bascule("engineer", new byte[0], "exec", "no-such-device", "--", "id");
        assertThat(result.exit()).isNotZero();
        assertThat(result.error()).contains("no-such-device").doesNotContain("Exception");
    }

    private Program.Result administrator(int exit, String... arguments) {
        Program.Result result = bascule("automation", new byte[0], arguments);
        assertThat(result.exit())
                .as(String.join(" ", arguments) + "\n" + result.output() + result.error())
                .isEqualTo(exit);
        assertThat(result.error()).doesNotContain("Exception").doesNotContain("\tat ");
        return result;
    }

    private static JsonObject json(Program.Result result) {
        try (var reader = Json.createReader(new StringReader(result.output()))) {
            return reader.readObject();
        }
    }

    /** A plant is set up, its service gets access, one of them is denied it, everything moves and goes. */
    @Test
    void anAdministratorSetsUpAPlantAndTakesItDown() {
        String run = Long.toString(System.nanoTime(), 36);
        String plant = "Plant " + run;
        String ann = "ann-" + run;
        String service = "Service " + run;

        JsonObject folder = json(
                administrator(0, "folder", "create", plant, "--in", "/", "--key", "plant-" + run + "-1", "--json"));
        JsonObject again = json(
                administrator(0, "folder", "create", plant, "--in", "/", "--key", "plant-" + run + "-1", "--json"));
        assertThat(again.getString("id")).isEqualTo(folder.getString("id"));
        assertThat(administrator(8, "folder", "create", plant, "--in", "/").error())
                .startsWith("bascule: ");

        administrator(0, "user", "create", ann, "--in", "/" + plant);
        administrator(0, "group", "create", service, "--in", plant, "--description", "of the plant");
        administrator(0, "group", "add", service, ann);
        assertThat(administrator(0, "group", "members", "/" + plant + "/" + service)
                        .output())
                .contains(ann);

        tokensComeAndGo(plant);
        String[] question = {"rights", "explain", ann, "/" + plant, "terminal", "--check"};
        assertThat(administrator(4, question).output()).contains("not granted").contains("no entry");
        administrator(0, "grant", service, "see-resources,terminal", "/" + plant, "--preview");
        administrator(4, question);
        administrator(
                0,
                "grant",
                service,
                "see-resources,terminal",
                "/" + plant,
                "--window",
                "daily 00:00-24:00 Europe/Vienna",
                "--until",
                "+1d");
        assertThat(administrator(0, question).output())
                .contains("terminal: granted for " + ann)
                .contains("allow for group " + service);
        assertThat(administrator(0, "rights", "everybody", plant).output()).contains(ann);
        assertThat(administrator(0, "rights", "person", ann).output()).contains("terminal");

        administrator(0, "grant", "user:" + ann, "terminal", plant, "--deny");
        assertThat(administrator(4, question).output())
                .contains("deny for user " + ann)
                .contains("lost:    allow for group " + service);
        assertThat(administrator(0, "grant", "list", plant).output())
                .contains("deny")
                .contains("terminal");
        administrator(0, "grant", "remove", ann, "terminal", plant, "--deny", "--yes");
        administrator(0, question);

        administrator(0, "folder", "create", "Yard " + run, "--in", "/");
        administrator(10, "folder", "rename", plant, "never", "--etag", "999");
        administrator(0, "folder", "move", plant, "--to", "/Yard " + run);
        assertThat(json(administrator(0, "folder", "show", "/Yard " + run + "/" + plant, "--json"))
                        .getString("id"))
                .isEqualTo(folder.getString("id"));
        assertThat(administrator(0, "folder", "tree", "/Yard " + run).output()).contains("└── " + plant);
        administrator(0, question[0], question[1], ann, "/Yard " + run + "/" + plant, "terminal", "--check");

        administrator(0, "device", "tag", system.device().name(), run);
        assertThat(administrator(0, "device", "list", "tag:" + run).output())
                .contains(system.device().uid());
        administrator(0, "device", "untag", system.device().name(), run);

        assertThat(administrator(0, "group", "remove", service, "--preview").output())
                .contains(service)
                .contains("terminal");
        assertThat(administrator(0, "folder", "remove", "Yard " + run, "--preview")
                        .output())
                .as("what the group has ends with where it has it")
                .contains("it would change nobody's rights");
        administrator(0, "group", "remove-member", service, ann);
        administrator(0, "user", "remove", ann, "--yes");
        administrator(4, "user", "show", ann);
        assertThat(administrator(9, "folder", "remove", "Yard " + run).error())
                .contains("1 folders below")
                .contains("1 groups");
        administrator(0, "folder", "remove", "Yard " + run, "--yes");
        administrator(4, "group", "show", service);
        assertThat(administrator(0, "audit", "list", "--most", "10", "--from", "2000-01-01T00:00:00Z")
                        .output())
                .contains("folder.");
    }

    /** What devices are installed by, and what programs act with. */
    private void tokensComeAndGo(String plant) {
        JsonObject installs = json(
                administrator(0, "token", "create", "--in", "/" + plant, "--uses", "2", "--valid", "1h", "--json"));
        String id = installs.getString("id");
        String listed = administrator(0, "token", "list").output();
        assertThat(listed.lines()).anyMatch(line -> line.contains(plant) && line.contains(id));
        assertThat(listed).doesNotContain(installs.getString("token"));
        administrator(0, "token", "delete", id, "--yes");
        assertThat(administrator(0, "token", "list").output()).doesNotContain(id);

        JsonObject acts = json(administrator(
                0, "api-token", "create", plant, "--allow", "see-resources", "--in", "/" + plant, "--json"));
        String own = acts.getString("id");
        Api program = new Api(system.url(), Optional.of(acts.getString("token")));
        assertThat(program.items("/api/folders?all=true"))
                .extracting(folder -> folder.getString("name"))
                .containsExactly(plant);
        assertThat(administrator(0, "api-token", "list").output().lines())
                .anyMatch(line -> line.contains(plant) && line.contains(own));
        administrator(0, "api-token", "revoke", own, "--yes");
        assertThat(program.get("/api/folders").statusCode()).isEqualTo(401);
        assertThat(administrator(0, "api-token", "list").output()).doesNotContain(own);
    }

    private Program pairing(Path folder, String name) {
        return Program.start(
                Map.of("BASCULE_AGENT_HARDWARE", "command line " + name),
                system.agentJar(),
                "pair",
                "--server",
                system.agentUrl(),
                "--ca",
                system.ca().toString(),
                "--name",
                name,
                "--yes",
                "--dir",
                folder.toString());
    }

    private static String codeOf(Program pairing) {
        String[] code = {""};
        Eventually.within(LIMIT, "a code", () -> {
            Matcher matcher = PAIRING_CODE.matcher(pairing.outputSoFar());
            code[0] = matcher.find() ? matcher.group(1) : "";
            return !code[0].isEmpty();
        });
        return code[0];
    }

    private String wordsOf(String code) {
        return json(administrator(0, "pairing", "show", code, "--json")).getJsonArray("words").stream()
                .map(word -> ((JsonString) word).getString())
                .collect(Collectors.joining(" "));
    }

    private String letIn(Path folder, String name) {
        try (Program machine = pairing(folder, name)) {
            String code = codeOf(machine);
            String words = wordsOf(code);
            for (String word : words.split(" ", -1)) {
                assertThat(machine.outputSoFar()).contains(word);
            }
            assertThat(administrator(9, "pairing", "accept", code, "--in", "/").error())
                    .contains(words);
            administrator(6, "pairing", "accept", code, "--in", "/", "--words", words + " amber");
            String uid = json(administrator(0, "pairing", "accept", code, "--in", "/", "--words", words, "--json"))
                    .getString("uid");
            Program.Result paired = machine.finish(LIMIT);
            assertThat(paired.exit()).as(paired.error()).isZero();
            return uid;
        }
    }

    /** A machine is let in, claimed by another one, allowed to call for help, and gets and loses what is behind it. */
    @Test
    void aMachineIsLetInAndLookedAfter() {
        String name = "cli-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder(name);
        String uid = letIn(folder, name);
        try (Program again = pairing(system.folder(name + "-again"), name)) {
            String code = codeOf(again);
            administrator(8, "pairing", "accept", code, "--in", "/", "--words", wordsOf(code));
            assertThat(again.finish(LIMIT).exit()).isEqualTo(8);
        }
        assertThat(administrator(0, "alarm", "list").output())
                .contains("claimed")
                .contains(uid);
        administrator(0, "alarm", "acknowledge", name);
        assertThat(administrator(0, "alarm", "list").output()).doesNotContain(uid);
        try (Program stranger = pairing(system.folder(name + "-stranger"), name + "-stranger")) {
            administrator(0, "pairing", "reject", codeOf(stranger), "--yes");
            assertThat(stranger.finish(LIMIT).exit()).isNotZero();
        }

        administrator(0, "device", "assistance", "on", name, system.device().uid(), "--until", "+1h");
        JsonObject option =
                json(administrator(0, "device", "show", uid, "--json")).getJsonObject("assistanceOption");
        assertThat(option.getBoolean("enabled")).isTrue();
        assertThat(option.getString("until")).endsWith("Z");
        administrator(0, "device", "assistance", "off", uid, system.device().uid());
        assertThat(bascule(
                                "viewer",
                                new byte[0],
                                "device",
                                "assistance",
                                "on",
                                system.device().uid())
                        .exit())
                .isEqualTo(4);

        administrator(0, "sub-device", "create", "plc", "--behind", name, "--ip", "192.0.2.7", "--services", "ssh:22");
        administrator(0, "sub-device", "change", name + "/plc", "--name", "plc 2", "--services", "http:80,https:443");
        assertThat(administrator(0, "sub-device", "list", name).output())
                .contains("plc 2")
                .contains("192.0.2.7")
                .contains("http:80 https:443")
                .doesNotContain("ssh:22");
        administrator(10, "sub-device", "change", name + "/plc 2", "--ip", "", "--etag", "999");
        administrator(0, "sub-device", "remove", name + "/plc 2", "--yes");
        administrator(4, "sub-device", "show", name + "/plc 2");

        assertThat(administrator(0, "rights", "inherit", "--off", name, "--preview")
                        .output())
                .contains("LOST");
        String words = wordsOfDevice(uid);
        administrator(8, "device", "rebind", uid, "--words", words);
        try (Program repaired = Program.start(
                Map.of("BASCULE_AGENT_HARDWARE", "command line, new board"),
                system.agentJar(),
                "run",
                "--dir",
                folder.toString())) {
            Eventually.within(
                    LIMIT, "another machine is seen", () -> json(administrator(0, "device", "show", uid, "--json"))
                            .getString("hardware")
                            .equals("changed"));
            assertThat(administrator(0, "alarm", "list").output().lines())
                    .anyMatch(line -> line.contains("hardware-changed") && line.contains(uid));
            assertThat(repaired.handle().isAlive()).isTrue();
        }
        administrator(0, "device", "rebind", uid, "--words", words);
        assertThat(administrator(0, "alarm", "list").output()).doesNotContain(uid);
        administrator(0, "device", "remove", uid, "--yes");
    }

    private String wordsOfDevice(String uid) {
        return json(administrator(0, "device", "show", uid, "--json")).getJsonArray("words").stream()
                .map(word -> ((JsonString) word).getString())
                .collect(Collectors.joining(" "));
    }

    @Test
    void optionsOfTheDomainAreShownAndSet() {
        JsonObject before = json(administrator(0, "options", "show", "--json"));
        boolean comment = before.getBoolean("commentRequired");
        int hours = before.getJsonObject("assistance").getInt("expiresHours");
        administrator(0, "options", "set", "--assistance-expires", String.valueOf(hours + 1));
        JsonObject after = json(administrator(0, "options", "show", "--json"));
        assertThat(after.getJsonObject("assistance").getInt("expiresHours")).isEqualTo(hours + 1);
        assertThat(after.getJsonObject("assistance").get("contactFields"))
                .isEqualTo(before.getJsonObject("assistance").get("contactFields"));
        assertThat(after.getBoolean("commentRequired")).isEqualTo(comment);
        administrator(10, "options", "set", "--quota", "9", "--etag", before.getString("etag"));
        administrator(1, "options", "set", "--audit-days", "1");
        administrator(0, "options", "set", "--assistance-expires", String.valueOf(hours));
        assertThat(bascule("viewer", new byte[0], "options", "set", "--quota", "none")
                        .exit())
                .isEqualTo(4);
    }

    /** A copy of the log is checked without the server; one changed byte is found and named. */
    @Test
    void anExportOfTheLogIsVerifiedAndAChangedByteIsFound() throws Exception {
        Path folder = Files.createDirectories(system.folder("audit"));
        Path export = folder.resolve("audit.export");
        String marker = "marked-" + Long.toString(System.nanoTime(), 36);
        administrator(0, "folder", "create", marker, "--in", "/");
        administrator(0, "folder", "remove", marker, "--yes");
        Eventually.within(LIMIT, "the records are sealed", () -> {
            try {
                Files.deleteIfExists(export);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            administrator(0, "audit", "export", "--out", export.toString());
            return json(administrator(0, "audit", "verify", "--json", "--root", system.rootHash(), export.toString()))
                            .getInt("unsealed")
                    < 3;
        });
        assertThat(administrator(1, "audit", "export", "--out", export.toString())
                        .error())
                .contains("exists already");

        byte[] bytes = Files.readAllBytes(export);
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(marker);
        assertThat(at).isPositive();
        bytes[at] = 'M';
        Path changed = Files.write(folder.resolve("changed.export"), bytes);
        JsonObject report =
                json(administrator(6, "audit", "verify", "--json", "--root", system.rootHash(), changed.toString()));
        assertThat(report.getBoolean("good")).isFalse();
        assertThat(report.getJsonObject("finding").getString("problem")).isEqualTo("changed");
        assertThat(report.getJsonObject("finding").getInt("seq")).isPositive();
        assertThat(administrator(6, "audit", "verify", "--root", system.rootHash(), changed.toString())
                        .output())
                .contains("NOT GOOD");
    }

    /** Whoever holds every right in the database changes, removes, moves and inserts a record: each is found by a copy of that moment, and named. */
    @Test
    void whatASuperuserDidToTheLogIsFoundInAnExport() throws Exception {
        Path folder = Files.createDirectories(system.folder("tampered"));
        String marker = "tampered-" + Long.toString(System.nanoTime(), 36);
        administrator(0, "folder", "create", marker, "--in", "/");
        administrator(0, "folder", "remove", marker, "--yes");
        try (TamperedLog record = sealed("folder.create", marker)) {
            record.change();
            assertFinding(folder.resolve("changed.export"), "changed", record.id());
        }
        try (TamperedLog record = sealed("folder.delete", marker)) {
            record.remove();
            assertFinding(folder.resolve("removed.export"), "removed", record.id());
        }
        try (TamperedLog record = sealed("folder.create", marker);
                TamperedLog later = sealed("folder.delete", marker)) {
            record.swap(later);
            try {
                assertFinding(folder.resolve("reordered.export"), "reordered", later.id());
            } finally {
                record.swap(later);
            }
        }
        Path good = folder.resolve("good.export");
        try (TamperedLog record = sealed("folder.create", marker)) {
            try (TamperedLog.Planted planted = record.plant()) {
                assertFinding(folder.resolve("inserted.export"), "inserted", planted.id());
            }
            administrator(0, "audit", "export", "--out", good.toString());
        }
        theEndThatIsMissingIsFoundByALaterHead(good);
    }

    /** A log whose end was cut off together with its heads is the log as it was before. */
    private void theEndThatIsMissingIsFoundByALaterHead(Path before) throws IOException {
        String root = system.rootHash();
        int size = json(administrator(0, "audit", "verify", "--json", "--root", root, before.toString()))
                .getInt("size");
        AtomicReference<JsonObject> head = new AtomicReference<>();
        Eventually.within(LIMIT, "the export itself is sealed", () -> {
            head.set(system.api("automation").getJson("/api/audit/head"));
            return head.get().getInt("size") > size;
        });
        Path heads = Files.writeString(before.resolveSibling("heads.json"), head.get() + "\n");
        String[] verify = {"audit", "verify", "--json", "--root", root, "--heads", heads.toString(), before.toString()};
        JsonObject finding = json(administrator(6, verify)).getJsonObject("finding");
        assertThat(finding.getString("problem")).isEqualTo("cut_off");
        assertThat(finding.getInt("seq")).isEqualTo(size);
    }

    private TamperedLog sealed(String code, String resource) {
        AtomicReference<Optional<TamperedLog>> found = new AtomicReference<>(Optional.empty());
        Eventually.within(LIMIT, "the record is sealed", () -> {
            try {
                found.set(TamperedLog.of(system.database(), code, resource));
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            return found.get().isPresent();
        });
        return found.get().orElseThrow();
    }

    private void assertFinding(Path export, String problem, String id) {
        administrator(0, "audit", "export", "--out", export.toString());
        JsonObject finding = json(administrator(
                        6, "audit", "verify", "--json", "--root", system.rootHash(), export.toString()))
                .getJsonObject("finding");
        assertThat(finding.getString("problem")).isEqualTo(problem);
        assertThat(finding.getString("id")).isEqualTo(id);
    }

    /** What was exported says what is there; edited, it says what shall be there. */
    @Test
    void anExportIsImportedAgainAndADryRunChangesNothing() throws IOException {
        Path files = Files.createDirectories(system.folder("transfer"));
        String run = Long.toString(System.nanoTime(), 36);
        String name = "Plant " + run;
        String id = json(administrator(0, "folder", "create", name, "--in", "/", "--json"))
                .getString("id");
        administrator(0, "user", "create", "bob-" + run, "--in", "/" + name);
        administrator(0, "grant", "user:bob-" + run, "see-resources", name);
        for (String end : List.of("csv", "json")) {
            Path file = files.resolve("directory." + end);
            administrator(0, "export", "-o", file.toString());
            assertThat(administrator(0, "import", file.toString(), "--dry-run").output())
                    .contains("would be: 0 created, 0 updated, 0 moved, 0 deleted,");

            String text = Files.readString(file);
            assertThat(text).contains(name).contains("bob-" + run);
            String renamed = "Renamed " + end + " " + run;
            Path edited = Files.writeString(files.resolve("edited." + end), text.replace(name, renamed));
            assertThat(administrator(0, "import", edited.toString(), "--dry-run")
                            .output())
                    .contains(renamed)
                    .contains("would be: 0 created, 1 updated, 0 moved, 0 deleted,");
            assertThat(nameOf(id)).isEqualTo(name);
            assertThat(administrator(0, "import", edited.toString()).output())
                    .startsWith("0 created, 1 updated, 0 moved, 0 deleted,");
            assertThat(nameOf(id)).isEqualTo(renamed);
            name = renamed;
        }
        Path broken = Files.writeString(files.resolve("broken.csv"), "kind,path\nfolder,/x\nspoon,/y\n");
        assertThat(administrator(1, "import", broken.toString()).error())
                .contains("line 3")
                .contains("nothing was changed");
        administrator(0, "folder", "remove", name, "--yes");
    }

    private String nameOf(String folder) {
        return system.api("automation").getJson("/api/folders/" + folder).getString("name");
    }

    @Test
    void whoDoesNotAdministerCannot() {
        Program.Result refused = bascule("viewer", new byte[0], "folder", "create", "x", "--in", "/");
        assertThat(refused.exit()).as(refused.error()).isEqualTo(4);
        Program.Result own = bascule(
                "viewer",
                new byte[0],
                "rights",
                "explain",
                "me",
                system.device().name());
        assertThat(own.exit()).as(own.error()).isZero();
        assertThat(own.output()).contains("see-resources");
    }

    @Test
    void aServerThatTheCaDoesNotVouchForIsNotTrusted() {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-untrusting").toString());
        try (Program program = Program.start(environment, system.basculeJar(), "ls")) {
            Program.Result result = program.finish(new byte[0], LIMIT);
            assertThat(result.exit()).isNotZero();
            assertThat(result.error()).isNotBlank().doesNotContain("\tat ");
        }
    }
}
