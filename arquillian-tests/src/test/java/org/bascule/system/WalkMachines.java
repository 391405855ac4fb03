package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of the walk's first domain comes about by agents, relays and strangers, and not by a call of its owner. */
final class WalkMachines implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern CODE = Pattern.compile("Code:\\s+(\\S+)");

    private final TheSystem system;
    private final String marker;
    private final List<Program> programs = new ArrayList<>();

    WalkMachines(TheSystem system, String marker) {
        this.system = system;
        this.marker = marker;
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
    }

    private Program agent(Path folder, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--dir", folder.toString()));
        Program program = Program.start(Map.of(), system.agentJar(), all.toArray(new String[0]));
        programs.add(program);
        return program;
    }

    /** The one that is in a tree of every size. */
    String firstRecord() {
        return Api.expect(200, system.api("automation").get("/api/audit/tree/export"))
                .body()
                .lines()
                .filter(line -> line.startsWith("{\"seq\":0,"))
                .map(line -> line.replaceFirst(".*?\"id\":\"([^\"]+)\".*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    /** A device that is online and has asked for help. */
    String device(Supplier<String> folderId) {
        Api api = system.api("automation");
        Path folder = system.folder("walk");
        JsonObject token = Json.createObjectBuilder()
                .add("folder", folderId.get())
                .add("expiresIn", 600)
                .add("uses", 1)
                .build();
        String text = Api.json(Api.expect(201, api.post("/api/enrolment-tokens", token.toString())))
                .getString("token");
        Program.Result enrolled = agent(
                        folder,
                        "enrol",
                        "--server",
                        system.agentUrl(),
                        "--token",
                        text,
                        "--name",
                        marker,
                        "--ca",
                        system.ca().toString())
                .finish(LIMIT);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        String uid = api.items("/api/devices?q=" + marker).get(0).getString("uid");
        agent(folder, "run");
        Eventually.within(LIMIT, "online", () -> api.getJson("/api/devices/" + uid)
                .getString("state")
                .equals("online"));
        String etag = api.getJson("/api/devices/" + uid).getString("etag");
        Api.expect(
                200,
                api.patch(
                        "/api/devices/" + uid,
                        // the tag is the one of the examples of /api/tags
                        "{\"assistance\":{\"enabled\":true},\"tags\":[\"spindle\"]}",
                        "If-Match",
                        '"' + etag + '"'));
        Program.Result asked = agent(folder, "assist", marker).finish(LIMIT);
        assertThat(asked.output()).as(asked.error()).contains("nobody has taken it yet");
        return uid;
    }

    /** A machine that waits to be let in to the first domain; without the name of a domain it would wait for anybody who knows the code. */
    String pairing() {
        Program pairing = agent(
                system.folder("walk-pairing"),
                "pair",
                "--server",
                system.agentUrl(),
                "--ca",
                system.ca().toString(),
                "--name",
                marker,
                "--domain",
                system.domain());
        String[] code = {""};
        Eventually.within(LIMIT, "a code", () -> {
            Matcher matcher = CODE.matcher(pairing.outputSoFar());
            code[0] = matcher.find() ? matcher.group(1) : "";
            return !code[0].isEmpty();
        });
        return code[0];
    }

    /** Of somebody who does not walk: whoever ends his own is signed in no more. */
    String signIn() {
        return system.api("engineer").items("/api/me/sign-ins").stream()
                .map(one -> one.getString("id"))
                .findFirst()
                .orElseThrow();
    }

    /** Where somebody has tried made-up tokens too often. */
    String blockedAddress() {
        return blocked(TheSystem.anAddress());
    }

    /** A relay that has made itself known once, and waits for approval. */
    String relay() {
        new TestRelayHost(system.url(), marker).beat();
        return marker;
    }

    String blocked(String address) {
        Api forger = new Api(system.url(), Optional.of("e30.e30.e30"));
        for (int i = 0; i < 5; i++) {
            forger.get("/api/me", "X-Forwarded-For", address);
        }
        return address;
    }
}
