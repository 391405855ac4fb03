package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Choice;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.bascule.system.ApiDescription.Slot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every operation that the server describes, called by everybody who must not get anything: nobody, an owner of another domain, a user without the
 * permission, somebody who does not see the things, and with calls that are wrong. Calls are built from the description; an operation that cannot be
 * called so fails the walk. At the end the owner calls all of them in the same way and gets through: so it was the caller that was refused, not the call.
 */
@ExtendWith(RunningSystem.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenApiWalkIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern CODE = Pattern.compile("Code:\\s+(\\S+)");
    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"[^\"]*\"");
    private static final int LONG_HEADER = 40_000;
    private static final int LONG_BODY = 70_000;
    private static final String MARKER = "walk-" + UUID.randomUUID().toString().substring(0, 8);
    /** What the other domain's things are called: nothing that its own owner sees may look like a thing of the first. */
    private static final String OTHER = "away-" + UUID.randomUUID().toString().substring(0, 8);
    /** By person, which things he named so far. */
    private static final Map<String, Set<String>> SAID = new HashMap<>();

    private static final List<Program> PROGRAMS = new ArrayList<>();

    private static TheSystem system;
    private static HttpClient http;
    private static ApiDescription description;
    private static List<Operation> operations;
    private static WalkThings first;
    private static WalkThings other;
    private static Set<String> secrets;
    private static DatabaseContent content;
    private static Set<String> before;

    private static final List<String> NO_IDENTIFIERS =
            List.of("x", "x".repeat(300), "00000000-0000-0000-0000-00000000000g", "' or '1'='1", "é\u202e");

    /** The tenth wrong code in ten minutes is the last that is answered. */
    private static final List<String> FEW_CODES = List.of("' or '1'='1", "é\u202e");

    /** A machine that waits, a company's provider: who may have to do with any of them at all is another question. */
    private static final Set<String> IN_NO_FOLDER = Set.of("/api/pairings", "/api/identity-providers");

    /** What a problem of a status is called, where the status says it all. */
    private static final Map<Integer, String> CODES = Map.of(
            401, "not-signed-in",
            405, "method-not-allowed",
            412, "precondition-failed",
            413, "too-large",
            415, "unsupported-media-type",
            422, "invalid",
            428, "precondition-required",
            429, "too-many-requests");

    /** Somebody who calls. */
    private record Person(String name, Optional<String> token) {}

    /** An answer, and what was asked. */
    private record Answer(Person by, Call call, HttpResponse<String> http) {

        int status() {
            return http.statusCode();
        }

        String everything() {
            return http.headers().map() + "\n" + http.body();
        }

        boolean isProblem() {
            if (!http.headers().firstValue("content-type").orElse("").startsWith("application/problem+json")) {
                return false;
            }
            JsonObject problem = Api.json(http);
            return problem.getString("type").startsWith("urn:bascule:problem:")
                    && problem.getInt("status") == status()
                    && !problem.getString("detail").isBlank()
                    && !problem.getString("reference").isBlank();
        }

        String code() {
            return Api.json(http).getString("type").replace("urn:bascule:problem:", "");
        }

        @Override
        public String toString() {
            String body = http.body().length() > 300 ? http.body().substring(0, 300) + "…" : http.body();
            return by.name() + ": " + call.operation().method() + " " + call.target() + " "
                    + call.body().orElse("") + " -> " + status() + " " + body;
        }
    }

    private final List<String> violations = new ArrayList<>();

    @BeforeAll
    static void makeOneThingOfEachKind() {
        system = TheSystem.get();
        // heads of the domains are entered once a minute
        Eventually.within(
                Duration.ofMinutes(3),
                "the installation's tree is sealed",
                () -> system.api("automation")
                                .get("/api/audit/installation/export")
                                .statusCode()
                        != 503);
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(LIMIT)
                .build();
        Api automation = system.api("automation");
        description = new ApiDescription(
                Api.expect(200, automation.get("/api/openapi.yaml")).body());
        operations = description.operations();
        first = new WalkThings(description, automation, MARKER)
                .with("/api/devices", OpenApiWalkIT::device)
                .createdAt("/api/sub-devices", "/api/devices/{uid}/sub-devices")
                .with("/api/assistance", () -> automation.items("/api/assistance?state=open").stream()
                        .filter(one -> one.getString("text").equals(MARKER))
                        .findFirst()
                        .orElseThrow()
                        .getString("id"))
                .with("/api/pairings", OpenApiWalkIT::pairing)
                .with("/api/pair", () -> UUID.randomUUID().toString())
                .with("/api/audit/proof/inclusion", OpenApiWalkIT::firstRecord)
                .with("/api/blocked-addresses", OpenApiWalkIT::blockedAddress)
                .with("/api/installation/relays", OpenApiWalkIT::relay)
                .createdAt("/api/fixed-relays", "/api/folders")
                .createdAt("/api/session-policies", "/api/folders")
                .createdAt("/api/users/{id}/tokens", "/api/me/tokens")
                .with("/api/me/sign-ins", OpenApiWalkIT::signIn)
                .with("/api/users/{id}/sign-ins", OpenApiWalkIT::signIn)
                .createdBy("/api/access/requests", system.api("engineer"));
        other = new WalkThings(description, system.otherApi(), OTHER);
        for (Operation operation : operations) {
            for (Extent extent : Extent.values()) {
                description.call(operation, extent, MARKER, first::get);
            }
        }
        secrets = new HashSet<>(first.all().values());
        secrets.add(first.rootFolder());
        secrets.add(MARKER);
        content = new DatabaseContent(system.database());
        before = content.ofDomain(system.domain());
    }

    @AfterAll
    static void stop() {
        PROGRAMS.forEach(Program::close);
    }

    private static Program agent(Path folder, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--dir", folder.toString()));
        Program program = Program.start(Map.of(), system.agentJar(), all.toArray(new String[0]));
        PROGRAMS.add(program);
        return program;
    }

    /** The one that is in a tree of every size. */
    private static String firstRecord() {
        return Api.expect(200, system.api("automation").get("/api/audit/tree/export"))
                .body()
                .lines()
                .filter(line -> line.startsWith("{\"seq\":0,"))
                .map(line -> line.replaceFirst(".*?\"id\":\"([^\"]+)\".*", "$1"))
                .findFirst()
                .orElseThrow();
    }

    /** A device that is online and has asked for help. */
    private static String device() {
        Api api = system.api("automation");
        Path folder = system.folder("walk");
        JsonObject token = Json.createObjectBuilder()
                .add("folder", first.get(new Slot("body", "folder", "/api/folders")))
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
                        MARKER,
                        "--ca",
                        system.ca().toString())
                .finish(LIMIT);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        String uid = api.items("/api/devices?q=" + MARKER).get(0).getString("uid");
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
        Program.Result asked = agent(folder, "assist", MARKER).finish(LIMIT);
        assertThat(asked.output()).as(asked.error()).contains("nobody has taken it yet");
        return uid;
    }

    /** A machine that waits to be let in to the first domain; without the name of a domain it would wait for anybody who knows the code. */
    private static String pairing() {
        Program pairing = agent(
                system.folder("walk-pairing"),
                "pair",
                "--server",
                system.agentUrl(),
                "--ca",
                system.ca().toString(),
                "--name",
                MARKER,
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
    private static String signIn() {
        return system.api("engineer").items("/api/me/sign-ins").stream()
                .map(one -> one.getString("id"))
                .findFirst()
                .orElseThrow();
    }

    /** Where somebody has tried made-up tokens too often. */
    private static String blockedAddress() {
        return blocked(TheSystem.anAddress());
    }

    /** A relay that has made itself known once, and waits for approval. */
    private static String relay() {
        new TestRelayHost(system.url(), MARKER).beat();
        return MARKER;
    }

    private static String blocked(String address) {
        Api forger = new Api(system.url(), Optional.of("e30.e30.e30"));
        for (int i = 0; i < 5; i++) {
            forger.get("/api/me", "X-Forwarded-For", address);
        }
        return address;
    }

    private static Person person(String user) {
        return new Person(user, Optional.of(system.accessToken(user)));
    }

    private static Person owner() {
        return person("automation");
    }

    private static Person foreignOwner() {
        return new Person("owner of the other domain", Optional.of(system.otherAccessToken()));
    }

    /** Something that has the form of an identifier, and does not exist. */
    private static String nothing(String id) {
        if (id.length() == 36) {
            return UUID.randomUUID().toString();
        }
        return id.length() == 32
                ? UUID.randomUUID().toString().replace("-", "")
                : new StringBuilder(id).reverse().toString();
    }

    private static List<Operation> guarded() {
        return operations.stream().filter(one -> !one.isPublic()).toList();
    }

    private static Call call(Operation operation, Extent extent, Choice choice) {
        return description.call(operation, extent, MARKER, choice);
    }

    /** With what must be said and with everything that may be, where that is not the same. */
    private static Set<Call> calls(Operation operation, String marker, Choice choice) {
        Set<Call> calls = new LinkedHashSet<>();
        for (Extent extent : Extent.values()) {
            calls.add(description.call(operation, extent, marker, choice));
        }
        return calls;
    }

    private static Answer send(Person by, Call call, String... headers) {
        return send(by, call, call.operation().method(), call.body(), headers);
    }

    private static Answer send(Person by, Call call, String method, Optional<String> body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(system.url() + call.target()))
                .timeout(LIMIT)
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody()));
        by.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        request.header("X-Forwarded-For", TheSystem.anAddress());
        if (body.isPresent() && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", call.operation().contentType().orElse("application/json"));
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            return new Answer(by, call, http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new AssertionError(by.name() + ": " + method + " " + call.target() + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** With the version that the thing has at present, so that nothing but the caller can be wrong. */
    private static Answer sendWithVersion(Person by, Call call, Person whoKnows) {
        return call.operation().needsVersion()
                ? send(by, call, "If-Match", version(whoKnows, call).orElse("\"0\""))
                : send(by, call);
    }

    private static Optional<String> version(Person by, Call call) {
        Operation operation = call.operation();
        List<String> places = new ArrayList<>(List.of(call.target()));
        if (!call.slots().isEmpty()) {
            places.add(call.slots().get(0).list()
                    + "/"
                    + ApiDescription.encoded(call.sent().get(0)));
        }
        for (String place : places) {
            Answer got = send(
                    by, new Call(operation, place, Optional.empty(), List.of(), List.of()), "GET", Optional.empty());
            Optional<String> etag = got.http().headers().firstValue("ETag");
            if (got.status() == 200 && etag.isPresent()) {
                return etag;
            }
        }
        return call.slots().isEmpty() ? Optional.empty() : versionInList(by, call);
    }

    private static Optional<String> versionInList(Person by, Call call) {
        String list = call.slots().get(0).list() + "?limit=200";
        Answer got = send(
                by, new Call(call.operation(), list, Optional.empty(), List.of(), List.of()), "GET", Optional.empty());
        if (got.status() != 200) {
            return Optional.empty();
        }
        return Api.json(got.http()).getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(item -> item.toString().contains(call.sent().get(0)) && item.containsKey("etag"))
                .map(item -> '"' + item.getString("etag") + '"')
                .findFirst();
    }

    private void expect(boolean holds, String what, Object answer) {
        if (!holds) {
            violations.add(what + "\n    " + answer);
        }
    }

    /** Nothing that the caller did not say himself: his own log may tell what he tried. */
    private void expectNothingOf(Set<String> hidden, Answer answer) {
        Set<String> said = SAID.computeIfAbsent(answer.by().name(), name -> new HashSet<>());
        said.addAll(answer.call().sent());
        String everything = answer.everything();
        String asked = answer.call().target() + answer.call().body().orElse("");
        for (String secret : hidden) {
            boolean known = said.contains(secret) || asked.contains(secret);
            expect(known || !everything.contains(secret), "shows " + secret, answer);
        }
    }

    private void expectNoServerError(Answer answer) {
        expect(answer.status() < 500, "a failure of the server", answer);
        expect(
                !answer.http().body().contains("Exception")
                        && !answer.http().body().contains("org.bascule."),
                "shows how the server is made",
                answer);
    }

    private void finish() {
        Set<String> now = content.ofDomain(system.domain());
        Set<String> gone = new TreeSet<>(before);
        gone.removeAll(now);
        Set<String> come = new TreeSet<>(now);
        come.removeAll(before);
        expect(gone.isEmpty() && come.isEmpty(), "changed", "before: " + gone + "\n    after:  " + come);
        assertThat(violations).as(String.join("\n", violations)).isEmpty();
    }

    @Test
    @Order(1)
    void theWalkKnowsEveryOperationAndItsOwnersHoldEverything() {
        Set<String> permissions = system
                .api("automation")
                .getJson("/api/permissions")
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .map(one -> one.getString("code"))
                .collect(Collectors.toSet());
        for (Api api : List.of(system.api("automation"), system.otherApi())) {
            assertThat(permissionsOn(api, api.rootFolder())).isEqualTo(permissions);
        }
        assertThat(operations).hasSizeGreaterThan(80);
        Set<String> named = operations.stream()
                .flatMap(one -> one.permissions().stream())
                .filter(one -> !Set.of("public", "signed-in", "own").contains(one))
                .collect(Collectors.toSet());
        assertThat(permissions).containsAll(named);
    }

    private static Set<String> permissionsOn(Api api, String folder) {
        return api.getJson("/api/folders/" + folder).getJsonArray("permissions").getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .collect(Collectors.toSet());
    }

    @Test
    @Order(2)
    void nobodyGetsAnything() {
        for (Operation operation : operations) {
            for (Person nobody : List.of(
                    new Person("nobody", Optional.empty()), new Person("a forger", Optional.of("e30.e30.e30")))) {
                if (operation.isPublic() && nobody.token().isPresent()) {
                    continue;
                }
                Answer answer = sendWithVersion(nobody, call(operation, Extent.EVERYTHING, first::get), owner());
                if (operation.isPublic()) {
                    expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
                } else {
                    expect(answer.status() == 401 && answer.isProblem(), "not 401", answer);
                }
                expectNoServerError(answer);
                expectNothingOf(secrets, answer);
            }
        }
        finish();
    }

    @Test
    @Order(3)
    void anOwnerOfAnotherDomainSeesAndChangesNothing() {
        Person foreign = foreignOwner();
        for (Operation operation : guarded()) {
            for (Call all : calls(operation, OTHER, first::get)) {
                if (all.slots().isEmpty()) {
                    own(foreign, all);
                } else {
                    refusedLikeNothing(foreign, all, foreign);
                }
            }
            eachAlone(foreign, operation);
        }
        finish();
    }

    /** What names nothing is about the caller's own domain. */
    private void own(Person foreign, Call call) {
        Answer answer = sendWithVersion(foreign, call, foreign);
        if (call.operation().permissions().equals(List.of("operate-installation"))) {
            // which means something in the operator's domain alone
            expect(
                    answer.status() == 403
                            || answer.status() == 404
                            || call.operation().changes() && answer.status() >= 400,
                    "not refused",
                    answer);
        } else {
            expect(answer.status() == 200 || call.operation().changes(), "an owner does not get his own", answer);
        }
        expectNoServerError(answer);
        expectNothingOf(secrets, answer);
    }

    /** One thing of the first domain among things of one's own. */
    private void eachAlone(Person foreign, Operation operation) {
        List<Slot> slots = call(operation, Extent.EVERYTHING, first::get).slots();
        for (Slot slot : slots.size() > 1 ? Set.copyOf(slots) : Set.<Slot>of()) {
            if (slots.stream()
                    .anyMatch(one -> !one.equals(slot) && other.find(one).isEmpty())) {
                continue;
            }
            for (Call mixed : calls(operation, OTHER, one -> one.equals(slot) ? first.get(one) : other.get(one))) {
                if (mixed.sent().stream().anyMatch(secrets::contains)) {
                    refusedLikeNothing(foreign, mixed, foreign);
                }
            }
        }
    }

    /** What is hidden answers exactly as what does not exist. */
    private void refusedLikeNothing(Person by, Call hidden, Person whoKnows) {
        Answer answer = sendWithVersion(by, hidden, whoKnows);
        Map<String, String> replaced = first.all().values().stream()
                .filter(secrets::contains)
                .distinct()
                .collect(Collectors.toMap(id -> id, OpenApiWalkIT::nothing));
        Call nowhere = new Call(
                hidden.operation(),
                replaced(hidden.target(), replaced),
                hidden.body().map(body -> replaced(body, replaced)),
                hidden.slots(),
                hidden.sent().stream().map(id -> replaced(id, replaced)).toList());
        Answer nothing = sendWithVersion(by, nowhere, whoKnows);
        boolean inPath = false;
        for (int i = 0; i < hidden.slots().size(); i++) {
            inPath |= hidden.slots().get(i).in().equals("path")
                    && secrets.contains(hidden.sent().get(i));
        }
        expect(!inPath || answer.status() == 404, "not 404", answer);
        expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
        expect(comparable(answer).equals(comparable(nothing)), "differs from what does not exist: " + nothing, answer);
        expectNoServerError(answer);
        expectNothingOf(secrets, answer);
    }

    private static String replaced(String text, Map<String, String> ids) {
        String result = text;
        for (Map.Entry<String, String> one : ids.entrySet()) {
            result = result.replace(one.getKey(), one.getValue());
        }
        return result;
    }

    private static String comparable(Answer answer) {
        String body = REFERENCE.matcher(answer.http().body()).replaceAll("");
        for (String id : answer.call().sent()) {
            body = body.replace(id, "…");
        }
        Set<String> headers = new TreeSet<>(answer.http().headers().map().keySet());
        // a connection is closed after so many requests
        headers.remove("connection");
        return answer.status() + " " + headers + " " + body;
    }

    @Test
    @Order(4)
    void whoLacksThePermissionIsRefused() {
        Person viewer = person("viewer");
        Set<String> held = permissionsOn(system.api("viewer"), first.all().get("/api/folders"));
        assertThat(held).contains("see-resources").doesNotContain("terminal", "manage-folders");
        for (Operation operation : guarded()) {
            boolean lacks =
                    operation.permissions().stream().noneMatch(one -> held.contains(one) || one.equals("signed-in"));
            for (Call call : calls(operation, MARKER, first::get)) {
                if (lacks) {
                    lacking(sendWithVersion(viewer, call, owner()));
                } else if (!operation.changes()) {
                    expectNoServerError(send(viewer, call));
                }
            }
        }
        finish();
    }

    private void lacking(Answer answer) {
        boolean refused = (answer.status() == 403 || answer.status() == 404) && answer.isProblem();
        boolean changes = answer.call().operation().changes();
        boolean nothingAsked = answer.call().slots().isEmpty();
        boolean empty = answer.status() == 200
                && (!changes || nothingAsked || answer.http().body().contains("\"done\":[]"));
        expect(refused || empty, "neither refused nor empty", answer);
        boolean seen = answer.call().slots().stream()
                .findFirst()
                .filter(slot -> slot.in().equals("path"))
                .filter(slot -> Set.of("/api/folders", "/api/devices", "/api/sub-devices")
                        .contains(slot.list()))
                .isPresent();
        boolean own = answer.call().operation().permissions().contains("own");
        expect(!seen || own || answer.status() == 403, "not 403 for what he sees", answer);
        expectNoServerError(answer);
        expectNothingOf(secrets, answer);
    }

    @Test
    @Order(5)
    void whoDoesNotSeeAThingFindsNothing() {
        Api owner = system.api("automation");
        String viewer =
                system.api("viewer").getJson("/api/me").getJsonObject("user").getString("id");
        JsonObject deny = Json.createObjectBuilder()
                .add("resource", first.all().get("/api/folders"))
                .add("principal", viewer)
                .add("permissions", Json.createArrayBuilder().add("see-resources"))
                .add("effect", "deny")
                .build();
        JsonObject entry = Api.json(Api.expect(201, owner.post("/api/access/entries", deny.toString())))
                .getJsonArray("items")
                .getJsonObject(0);
        secrets.remove(first.rootFolder());
        try {
            Person person = person("viewer");
            for (Operation operation : guarded()) {
                for (Call call : calls(operation, MARKER, first::get)) {
                    if (call.slots().stream().anyMatch(slot -> IN_NO_FOLDER.contains(slot.list()))) {
                        Answer answer = sendWithVersion(person, call, owner());
                        expect(answer.status() == 403 || call.slots().size() > 1, "not 403", answer);
                        expectNothingOf(secrets, answer);
                    } else if (!call.slots().isEmpty()) {
                        refusedLikeNothing(person, call, owner());
                    } else if (!operation.changes()) {
                        expectNothingOf(secrets, send(person, call));
                    }
                }
            }
        } finally {
            secrets.add(first.rootFolder());
            Api.expect(
                    204,
                    owner.send(
                            "DELETE",
                            "/api/access/entries/" + entry.getString("id"),
                            HttpRequest.BodyPublishers.noBody(),
                            "If-Match",
                            '"' + entry.getString("etag") + '"'));
        }
        finish();
    }

    /** Also of what anybody may call. */
    @Test
    @Order(6)
    void wrongBodiesAreProblems() {
        List<Operation> withBody =
                operations.stream().filter(one -> one.contentType().isPresent()).toList();
        assertThat(withBody).hasSizeGreaterThan(30);
        for (Operation operation : withBody) {
            wrongBodies(owner(), call(operation, Extent.EVERYTHING, first::get));
        }
        finish();
    }

    @Test
    @Order(7)
    void wrongCallsAreProblems() {
        Person owner = owner();
        Set<String> paths = new TreeSet<>();
        for (Operation operation : guarded()) {
            wrongIdentifiers(owner, operation);
            Call call = call(operation, Extent.EVERYTHING, first::get);
            if (operation.demandsVersion()) {
                wrong(send(owner, call), 428);
            }
            if (operation.needsVersion()) {
                wrong(send(owner, call, "If-Match", "\"999999\""), 412);
                wrong(send(owner, call, "If-Match", "*"), 412);
                wrong(send(owner, call, "If-Match", "x\"y"), 412);
            }
            if (paths.add(operation.path())) {
                wrongMethods(owner, call);
                Answer tooLong = send(owner, call, "X-Long", "x".repeat(LONG_HEADER));
                expect(Set.of(400, 413, 431).contains(tooLong.status()), "a header without end", tooLong);
            }
        }
        finish();
    }

    private void wrong(Answer answer, Integer... statuses) {
        expect(List.of(statuses).contains(answer.status()), "not " + List.of(statuses), answer);
        expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
        String code = CODES.get(answer.status());
        expect(code == null || !answer.isProblem() || code.equals(answer.code()), "not " + code, answer);
        expectNoServerError(answer);
    }

    private void wrongIdentifiers(Person owner, Operation operation) {
        for (Slot slot :
                Set.copyOf(call(operation, Extent.EVERYTHING, first::get).slots())) {
            for (String id : slot.list().equals("/api/pairings") ? FEW_CODES : NO_IDENTIFIERS) {
                Call call = call(operation, Extent.EVERYTHING, one -> one.equals(slot) ? id : first.get(one));
                Answer answer = sendWithVersion(owner, call, owner);
                boolean filter = slot.in().equals("query") && !operation.changes();
                boolean each = operation.changes() && answer.http().body().contains("\"done\":[]");
                if (answer.status() == 200 && (filter || each)) {
                    expectNoServerError(answer);
                } else {
                    wrong(answer, 400, 404, 409, 422);
                }
            }
        }
    }

    private void wrongBodies(Person owner, Call call) {
        // what is wrong in a file is told by the import, and a file may be long
        boolean file = call.operation().path().equals("/api/imports");
        String version = call.operation().needsVersion() ? version(owner, call).orElse("\"0\"") : "\"0\"";
        for (String body : file
                ? List.<String>of()
                : List.of(
                        "",
                        "{",
                        "[]",
                        "null",
                        "\"x\"",
                        "{\"a\":1,\"a\":1}",
                        "{\"a\":".repeat(500) + "1" + "}".repeat(500))) {
            wrong(change(owner, call, body, "If-Match", version), 400, 422);
        }
        wrong(
                change(owner, call, "a=b", "If-Match", version, "Content-Type", "application/x-www-form-urlencoded"),
                415);
        wrong(change(owner, call, "<a/>", "If-Match", version, "Content-Type", "application/xml"), 415);
        wrong(change(owner, call, "{}", "If-Match", version, "Content-Type", "application"), 400);
        if (!file) {
            wrong(change(owner, call, "{\"name\":\"" + "x".repeat(LONG_BODY) + "\"}", "If-Match", version), 413);
        }
    }

    private static Answer change(Person owner, Call call, String body, String... headers) {
        return send(owner, call, call.operation().method(), Optional.of(body), headers);
    }

    /** A path may be that of a thing too, as "counts" could be a device. */
    private void wrongMethods(Person owner, Call call) {
        String path = call.target().replaceFirst("\\?.*", "");
        Set<String> offered = operations.stream()
                .filter(one -> path.matches(one.path().replaceAll("\\{[^}]*}", "[^/]+")))
                .map(Operation::method)
                .collect(Collectors.toSet());
        for (String method : ApiDescription.METHODS) {
            if (!offered.contains(method)) {
                boolean body = !method.equals("GET") && !method.equals("DELETE");
                Answer answer = send(owner, call, method, body ? Optional.of("{}") : Optional.empty());
                wrong(answer, 405);
                expect(answer.http().headers().firstValue("Allow").isPresent(), "does not say what is allowed", answer);
            }
        }
        if (offered.contains("GET")) {
            wrong(send(owner, call, "GET", Optional.empty(), "Accept", "a/b/c"), 400);
        }
    }

    /** The same calls by somebody who may: reading before changing, the things within before the folder that holds them. */
    @Test
    @Order(8)
    void theOwnerGetsThroughWithTheSameCalls() {
        Person owner = owner();
        // in case the block has come to its end meanwhile
        blocked(first.get(new Slot("path", "address", "/api/blocked-addresses")));
        List<String> order = List.of("GET", "PUT", "PATCH", "POST", "DELETE");
        Comparator<Operation> readingFirst = Comparator.comparingInt(one -> order.indexOf(one.method()));
        List<Operation> sorted = guarded().stream()
                .sorted(readingFirst
                        .thenComparing(one -> one.path().matches("/api/devices/.*(revoke|release|rebind)"))
                        .thenComparing(one -> one.path().equals("/api/folders/{id}"))
                        .thenComparing(one -> one.path().matches("/api/(groups|users)/\\{id}")))
                .toList();
        for (Operation operation : sorted) {
            Answer answer = sendWithVersion(owner, call(operation, Extent.REQUIRED, first::get), owner);
            boolean through = answer.status() < 300 || answer.status() == 409;
            boolean whose = operation.permissions().contains("own")
                    && Set.of(403, 404, 422).contains(answer.status());
            // the description cannot say what is to be read at a machine
            boolean compared =
                    answer.status() == 422 && answer.http().body().contains("\"errors\":[{\"field\":\"fingerprint\"");
            expect(through || whose || compared, "the owner does not get through", answer);
            expectNoServerError(answer);
        }
        assertThat(violations).as(String.join("\n", violations)).isEmpty();
    }
}
