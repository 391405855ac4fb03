package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.agent.policy.PolicyFile;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.trust.MemoryTrustStore;
import org.bascule.session.trust.TrustStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pairing, machines, revocation and requests for help with real agent processes (DEV-1, -2, -3, DOM-6). */
@ExtendWith(RunningSystem.class)
class LifecycleIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern CODE = Pattern.compile("Code:\\s+(\\S+)");
    private static final Pattern WORDS = Pattern.compile("Words:\\s+(.+)");

    private final TheSystem system = TheSystem.get();
    /** Of the command line, which remembers keys there. */
    private final Path configuration = system.folder("cli-lifecycle");

    private final Api api = system.api("automation");

    private Program agent(Map<String, String> environment, Path folder, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--dir", folder.toString()));
        return Program.start(environment, system.agentJar(), all.toArray(new String[0]));
    }

    private Program pair(Path folder, String name, Map<String, String> environment) {
        return agent(
                environment,
                folder,
                "pair",
                "--server",
                system.agentUrl(),
                "--ca",
                system.ca().toString(),
                "--name",
                name,
                "--yes");
    }

    private static String code(Program pairing) {
        String[] code = {""};
        Eventually.within(Duration.ofSeconds(30), "a code", () -> {
            Matcher matcher = CODE.matcher(pairing.outputSoFar());
            code[0] = matcher.find() ? matcher.group(1) : "";
            return !code[0].isEmpty();
        });
        return code[0];
    }

    /** Asks twice under one key, as whoever did not get the first answer: it is the same one, and whether the code is used up does not matter. */
    private static String accept(Api by, String code) {
        JsonObject waiting = by.getJson("/api/pairings/" + code);
        JsonObject request = Json.createObjectBuilder()
                .add("folder", by.rootFolder())
                .add("fingerprint", waiting.getString("fingerprint"))
                .build();
        String path = "/api/pairings/" + code + "/accept";
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = by.post(path, request.toString(), "Idempotency-Key", key);
        if (first.statusCode() == 201) {
            HttpResponse<String> again = Api.expect(201, by.post(path, request.toString(), "Idempotency-Key", key));
            assertThat(again.body()).isEqualTo(first.body());
        }
        return first.body();
    }

    private String paired(Path folder, String name, Map<String, String> environment) {
        try (Program pairing = pair(folder, name, environment)) {
            String code = code(pairing);
            JsonObject waiting = api.getJson("/api/pairings/" + code);
            for (String word : waiting.getJsonArray("words").getValuesAs(jakarta.json.JsonString::getString)) {
                assertThat(pairing.outputSoFar()).contains(word);
            }
            for (String word : waiting.getJsonArray("rootWords").getValuesAs(jakarta.json.JsonString::getString)) {
                assertThat(pairing.outputSoFar()).contains(word);
            }
            String device = accept(api, code);
            Program.Result result = pairing.finish(LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(result.output()).contains("Enrolled in " + system.domain());
            return Json.createReader(new java.io.StringReader(device))
                    .readObject()
                    .getString("uid");
        }
    }

    private JsonObject device(String uid) {
        return api.getJson("/api/devices/" + uid);
    }

    /** Nobody types anything at it: the file is in its folder before the agent is started. */
    @Test
    void aHeadlessDeviceWithNothingButAFileComesOnline() throws Exception {
        String name = "headless-" + System.nanoTime();
        Path folder = system.folder(name);
        Path file = folder.resolve("enrolment.json");
        JsonObject content = Json.createObjectBuilder()
                .add("format", "bascule-enrolment")
                .add("version", 1)
                .add("server", system.agentUrl())
                .add("token", api.enrolmentToken(1, 600))
                .add("ca", Files.readString(system.ca()))
                .build();
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(file, content.toString());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (Program agent = agent(Map.of("BASCULE_AGENT_HARDWARE", name), folder, "run")) {
            Eventually.within(LIMIT, "enrolled", () -> Files.exists(folder.resolve("registration.json")));
            String uid = Json.createReader(
                            new java.io.StringReader(Files.readString(folder.resolve("registration.json"))))
                    .readObject()
                    .getString("uid");
            Eventually.within(LIMIT, "online", () -> api.getJson("/api/devices/" + uid)
                    .getString("state")
                    .equals("online"));
            assertThat(file).doesNotExist();
            assertThat(agent.handle().isAlive()).isTrue();
        }
    }

    @Test
    void pairedDeviceComesOnlineAsksForHelpAndIsRevoked() {
        Path folder = system.folder("paired");
        String uid = paired(folder, "paired", Map.of());
        assertThat(device(uid).getString("hardware")).isEqualTo("unknown");
        try (Program running = agent(Map.of(), folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            help(uid, folder);
            Api.expect(204, api.post("/api/devices/" + uid + "/revoke", ""));
            Eventually.within(Duration.ofSeconds(5), "offline", () -> device(uid)
                    .getString("state")
                    .equals("offline"));
            assertThat(device(uid).getBoolean("revoked")).isTrue();
            Eventually.within(Duration.ofSeconds(10), "the agent knows why", () -> {
                try (Program status = agent(Map.of(), folder, "status")) {
                    return status.finish(LIMIT).output().contains("refused");
                }
            });
            assertThat(running.handle().isAlive()).isTrue();
        }
        try (Program reset = agent(Map.of(), folder, "reset-identity", "--yes")) {
            assertThat(reset.finish(LIMIT).exit()).isZero();
        }
        assertThat(folder.resolve("identity.pem")).doesNotExist();
    }

    private void help(String uid, Path folder) {
        try (Program refused = agent(Map.of(), folder, "assist", "stuck")) {
            assertThat(refused.finish(LIMIT).output()).contains("switched off");
        }
        String etag = device(uid).getString("etag");
        for (String wrong : List.of(
                "{\"assistance\":{\"enabled\":\"true\"}}", "{\"assistance\":{\"enabled\":true},\"name\":\"\"}")) {
            Api.expect(422, api.patch("/api/devices/" + uid, wrong, "If-Match", '"' + etag + '"'));
            assertThat(device(uid).getJsonObject("assistanceOption").getBoolean("enabled"))
                    .as(wrong)
                    .isFalse();
        }
        Api.expect(
                200,
                api.patch("/api/devices/" + uid, "{\"assistance\":{\"enabled\":true}}", "If-Match", '"' + etag + '"'));
        try (Program asked = agent(Map.of(), folder, "assist", "The press is stuck", "--phone", "+43 1 23")) {
            Program.Result result = asked.finish(LIMIT);
            assertThat(result.output()).as(result.error()).contains("nobody has taken it yet");
        }
        assertThat(api.items("/api/devices?q=assistance"))
                .anyMatch(it -> it.getString("uid").equals(uid));
        assertThat(system.otherApi().getJson("/api/devices/counts").getInt("assistance"))
                .isZero();
        assertThat(api.getJson("/api/devices/counts").getInt("assistance")).isPositive();
        JsonObject request = api.items("/api/assistance?state=open").stream()
                .filter(it -> it.getJsonObject("device").getString("uid").equals(uid))
                .findFirst()
                .orElseThrow();
        assertThat(request.getString("text")).isEqualTo("The press is stuck");
        assertThat(system.otherApi().items("/api/assistance"))
                .noneMatch(it -> it.getString("id").equals(request.getString("id")));
        Api.expect(200, api.post("/api/assistance/" + request.getString("id") + "/take", ""));
        Eventually.within(Duration.ofSeconds(10), "taken", () -> {
            try (Program status = agent(Map.of(), folder, "assist", "--status")) {
                return status.finish(LIMIT).output().contains("Taken by");
            }
        });
        Api.expect(200, api.post("/api/assistance/" + request.getString("id") + "/close", "{\"comment\":\"done\"}"));
        Eventually.within(Duration.ofSeconds(10), "closed", () -> {
            try (Program status = agent(Map.of(), folder, "assist", "--status")) {
                return status.finish(LIMIT).output().contains("Closed: done");
            }
        });
    }

    @Test
    void machineOfOneDomainIsNotRegisteredInAnotherUntilItIsReleased() {
        Map<String, String> machine = Map.of("BASCULE_AGENT_HARDWARE", "lifecycle press 7");
        String uid = paired(system.folder("first-domain"), "bound", machine);
        assertThat(device(uid).getString("hardware")).isEqualTo("bound");
        try (Program stranger = pair(system.folder("second-domain"), "taken", machine)) {
            assertThat(accept(system.otherApi(), code(stranger)))
                    .contains("hardware-bound")
                    .doesNotContain(uid);
            Program.Result result = stranger.finish(LIMIT);
            assertThat(result.exit()).isEqualTo(8);
            assertThat(result.error()).contains("registered already").doesNotContain(system.domain() + ".");
        }
        assertThat(device(uid).isNull("claimed")).isFalse();
        Api.expect(204, api.post("/api/devices/" + uid + "/release", ""));
        try (Program again = pair(system.folder("second-domain-again"), "taken", machine)) {
            accept(system.otherApi(), code(again));
            assertThat(again.finish(LIMIT).exit()).isZero();
        }
    }

    @Test
    void deviceOnAnotherMachineIsRefusedUntilItIsBoundAnew() {
        Path folder = system.folder("moved");
        Map<String, String> former = Map.of("BASCULE_AGENT_HARDWARE", "lifecycle press 8");
        Map<String, String> repaired = Map.of("BASCULE_AGENT_HARDWARE", "lifecycle press 8, new board");
        String uid = paired(folder, "moved", former);
        comesOnline(former, folder, uid);
        try (Program running = agent(repaired, folder, "run")) {
            Eventually.within(LIMIT, "another machine is seen", () -> device(uid)
                    .getString("hardware")
                    .equals("changed"));
            Eventually.within(LIMIT, "the agent knows why", () -> {
                try (Program status = agent(repaired, folder, "status")) {
                    return status.finish(LIMIT).output().contains("refused");
                }
            });
            assertThat(device(uid).getString("state")).isEqualTo("offline");
            assertThat(running.handle().isAlive()).isTrue();
        }
        Api.expect(
                204,
                api.post(
                        "/api/devices/" + uid + "/rebind",
                        "{\"fingerprint\":\"" + device(uid).getString("fingerprint") + "\"}"));
        assertThat(device(uid).getString("hardware")).isEqualTo("bound");
        comesOnline(repaired, folder, uid);
        // and the former machine is another one now
        try (Program running = agent(former, folder, "run")) {
            Eventually.within(LIMIT, "the former machine is refused", () -> device(uid)
                    .getString("hardware")
                    .equals("changed"));
            assertThat(running.handle().isAlive()).isTrue();
        }
    }

    private void comesOnline(Map<String, String> machine, Path folder, String uid) {
        try (Program running = agent(machine, folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            assertThat(running.handle().isAlive()).isTrue();
        }
        Eventually.within(LIMIT, "offline", () -> device(uid).getString("state").equals("offline"));
    }

    /** Lets people work on the device as the account of these tests. */
    private void allowWork(Path folder, String uid) throws StateException {
        String account = System.getProperty("user.name");
        StateFolder.open(folder)
                .write(PolicyFile.NAME, "{\"allowRoot\":" + account.equals("root") + ",\"shell\":\"/bin/sh\"}");
        Api.expect(
                200,
                api.patch(
                        "/api/devices/" + uid,
                        "{\"account\":\"" + account + "\"}",
                        "If-Match",
                        '"' + device(uid).getString("etag") + '"'));
    }

    /** For the access server and for a client that has met it since the copy was made. */
    @Test
    void copyOfTheFolderThatIsPutBackIsTheSameDevice() throws Exception {
        Path folder = system.folder("restored");
        Path copy = system.folder("restored-copy");
        Map<String, String> machine = Map.of("BASCULE_AGENT_HARDWARE", "lifecycle press 9");
        String uid = paired(folder, "restored", machine);
        allowWork(folder, uid);
        comesOnline(machine, folder, uid);
        copy(folder, copy);
        for (int start = 0; start < 3; start++) {
            comesOnline(machine, folder, uid);
        }
        TrustStore met = new MemoryTrustStore();
        meets(machine, folder, uid, met);
        Files.move(folder, system.folder("restored-lost"));
        copy(copy, folder);
        meets(machine, folder, uid, met);
    }

    private static void copy(Path from, Path to) throws Exception {
        Process copying = new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start();
        assertThat(copying.waitFor()).isZero();
    }

    private void meets(Map<String, String> machine, Path folder, String uid, TrustStore met) {
        try (Program running = agent(machine, folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            NativeSession.open(system, uid, SessionConfig.DEFAULT, UnaryOperator.identity(), met)
                    .close();
            assertThat(running.handle().isAlive()).isTrue();
        }
        Eventually.within(LIMIT, "offline", () -> device(uid).getString("state").equals("offline"));
    }

    private Program.Result bascule(int exit, String... arguments) {
        Map<String, String> environment = Map.of(
                "BASCULE_URL", system.agentUrl(),
                "BASCULE_CA", system.ca().toString(),
                "BASCULE_TOKEN", system.user("engineer").apiToken(),
                "XDG_CONFIG_HOME", configuration.toString());
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            Program.Result result = program.finish(LIMIT);
            assertThat(result.exit()).as(result.error()).isEqualTo(exit);
            return result;
        }
    }

    /** As a person reads them at the machine. */
    private String words(Map<String, String> machine, Path folder) {
        try (Program status = agent(machine, folder, "status")) {
            Matcher words = WORDS.matcher(status.finish(LIMIT).output());
            assertThat(words.find()).isTrue();
            return words.group(1);
        }
    }

    /** The same device with another key: who has met it before is refused, until its words were compared. */
    @Test
    void deviceThatIsEnrolledAgainIsTrustedWithItsNewWordsAlone() throws StateException {
        Path folder = system.folder("enrolled-again");
        Map<String, String> machine = Map.of("BASCULE_AGENT_HARDWARE", "lifecycle press 10");
        String uid = paired(folder, "enrolled-again", machine);
        allowWork(folder, uid);
        String former = words(machine, folder);
        try (Program running = agent(machine, folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            assertThat(bascule(0, "exec", uid, "--", "true").error())
                    .startsWith("First contact")
                    .contains(former);
            bascule(0, "device", "trust", uid, "--words", former);
            Api.expect(204, api.post("/api/devices/" + uid + "/revoke", ""));
            assertThat(running.handle().isAlive()).isTrue();
        }
        try (Program reset = agent(machine, folder, "reset-identity", "--yes")) {
            assertThat(reset.finish(LIMIT).exit()).isZero();
        }
        assertThat(paired(folder, "enrolled-again", machine)).isEqualTo(uid);
        allowWork(folder, uid);
        String words = words(machine, folder);
        assertThat(words).isNotEqualTo(former);
        try (Program running = agent(machine, folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            assertThat(bascule(6, "exec", uid, "--", "true").error())
                    .contains(uid)
                    .contains(former)
                    .doesNotContain(words);
            bascule(6, "device", "trust", uid, "--words", former);
            bascule(6, "exec", uid, "--", "true");
            bascule(0, "device", "trust", uid, "--words", words);
            assertThat(bascule(0, "exec", uid, "--", "true").error()).isEmpty();
            assertThat(running.handle().isAlive()).isTrue();
        }
    }

    @Test
    void revocationEndsARunningTerminal() throws StateException {
        Path folder = system.folder("revoked-running");
        String uid = paired(folder, "revoked-running", Map.of());
        allowWork(folder, uid);
        try (Program running = agent(Map.of(), folder, "run")) {
            Eventually.within(
                    LIMIT, "online", () -> device(uid).getString("state").equals("online"));
            try (NativeSession session =
                    NativeSession.open(system, uid, SessionConfig.DEFAULT, UnaryOperator.identity())) {
                NativeSession.Terminal terminal = session.terminal();
                terminal.type("echo still-$((20+22))\n");
                terminal.await("still-42");
                Api.expect(204, api.post("/api/devices/" + uid + "/revoke", ""));
                session.awaitEnd(Duration.ofSeconds(5));
                assertThat(api.items("/api/sessions"))
                        .noneMatch(it -> it.getString("sid").equals(session.sid()));
            }
            assertThat(running.handle().isAlive()).isTrue();
        }
    }
}
