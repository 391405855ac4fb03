package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Choice;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.bascule.system.ApiDescription.Slot;
import org.bascule.system.WalkAnswer.Person;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Every operation that the server describes, called by everybody who must not get anything: nobody, an owner of another domain, a user without the
 * permission, one who has all others, somebody who does not see the things, and with calls that are wrong. Calls are built from the description; an operation that cannot be
 * called so fails the walk. At the end the owner calls all of them in the same way and gets through: so it was the caller that was refused, not the call.
 */
@ExtendWith(RunningSystem.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OpenApiWalkIT {

    private static final Pattern REFERENCE = Pattern.compile("\"reference\":\"[^\"]*\"");
    /** What the first domain's things are called; anew when the class is run again. */
    private static String marker;
    /** What the other domain's things are called: nothing that its own owner sees may look like a thing of the first. */
    private static String otherMarker;

    private static TheSystem system;
    private static WalkClient client;
    private static WalkMachines machines;
    private static ApiDescription description;
    private static List<Operation> operations;
    private static WalkThings first;
    private static WalkThings other;
    private static Set<String> secrets;
    private static DatabaseContent content;
    private static Set<String> before;

    /** Anybody's, for each line asks for what the single change needs; who may change nothing at all is refused at once. */
    private static final String IMPORT = "POST /api/imports";

    /** What needs no permission, because it is about the caller, about what he may see, or about nobody. */
    private static final Set<String> ANYBODYS = Set.of(
            "GET /api/openapi.yaml",
            "GET /api/me",
            "GET /api/me/tokens",
            "POST /api/me/tokens",
            "GET /api/me/sign-ins",
            "GET /api/me/factors",
            "GET /api/relays",
            "GET /api/export",
            IMPORT,
            "GET /api/domain/options",
            "GET /api/audit/head",
            "GET /api/audit/proof/consistency",
            "GET /api/permissions",
            "GET /api/agent-installer",
            "GET /api/access/person",
            "GET /api/access/requests");

    private static final Set<String> PUBLIC = Set.of(
            "GET /api/installation",
            "GET /api/sign-in",
            "POST /api/relays/heartbeat",
            "POST /api/relays/traffic",
            "POST /api/enrol/reset",
            "POST /api/pair",
            "POST /api/pair/{id}",
            "POST /api/enrol");

    /** A machine that waits, a company's provider: who may have to do with any of them at all is another question. */
    private static final Set<String> IN_NO_FOLDER = Set.of("/api/pairings", "/api/identity-providers");

    /** What even the operator's owners hold only for themselves. */
    private static final String NOT_PASSED_ON = "operate-installation";

    @BeforeAll
    static void makeOneThingOfEachKind() {
        marker = "walk-" + UUID.randomUUID().toString().substring(0, 8);
        otherMarker = "away-" + UUID.randomUUID().toString().substring(0, 8);
        system = TheSystem.get();
        // heads of the domains are entered once a minute
        Eventually.within(
                Duration.ofMinutes(3),
                "the installation's tree is sealed",
                () -> system.api("automation")
                                .get("/api/audit/installation/export")
                                .statusCode()
                        != 503);
        client = new WalkClient(system.url());
        machines = new WalkMachines(system, marker);
        Api automation = system.api("automation");
        description = new ApiDescription(
                Api.expect(200, automation.get("/api/openapi.yaml")).body());
        operations = description.operations();
        first = new WalkThings(description, automation, marker)
                .with(
                        "/api/devices",
                        () -> machines.device(() -> first.get(new Slot("body", "folder", "/api/folders"))))
                .createdAt("/api/sub-devices", "/api/devices/{uid}/sub-devices")
                .with("/api/assistance", () -> automation.items("/api/assistance?state=open").stream()
                        .filter(one -> one.getString("text").equals(marker))
                        .findFirst()
                        .orElseThrow()
                        .getString("id"))
                .with("/api/pairings", machines::pairing)
                .with("/api/pair", () -> UUID.randomUUID().toString())
                .with("/api/audit/proof/inclusion", machines::firstRecord)
                .with("/api/blocked-addresses", machines::blockedAddress)
                .with("/api/installation/relays", machines::relay)
                .createdAt("/api/fixed-relays", "/api/folders")
                .createdAt("/api/session-policies", "/api/folders")
                .createdAt("/api/users/{id}/tokens", "/api/me/tokens")
                .with("/api/me/sign-ins", machines::signIn)
                .with("/api/users/{id}/sign-ins", machines::signIn)
                .createdBy("/api/access/requests", system.api("engineer"));
        other = new WalkThings(description, system.otherApi(), otherMarker);
        for (Operation operation : operations) {
            for (Extent extent : Extent.values()) {
                description.call(operation, extent, marker, first::get);
            }
        }
        secrets = new HashSet<>(first.all().values());
        secrets.add(first.rootFolder());
        secrets.add(marker);
        content = new DatabaseContent(system.database());
        before = content.ofDomain(system.domain());
    }

    @AfterAll
    static void stop() {
        machines.close();
    }

    private final WalkFindings findings = new WalkFindings();

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
        return description.call(operation, extent, marker, choice);
    }

    /** With what must be said and with everything that may be, where that is not the same. */
    private static Set<Call> calls(Operation operation, String marker, Choice choice) {
        Set<Call> calls = new LinkedHashSet<>();
        for (Extent extent : Extent.values()) {
            calls.add(description.call(operation, extent, marker, choice));
        }
        return calls;
    }

    private void finish() {
        Set<String> now = content.ofDomain(system.domain());
        Set<String> gone = new TreeSet<>(before);
        gone.removeAll(now);
        Set<String> come = new TreeSet<>(now);
        come.removeAll(before);
        findings.expect(gone.isEmpty() && come.isEmpty(), "changed", "before: " + gone + "\n    after:  " + come);
        findings.finish();
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
        assertThat(operations.stream().filter(Operation::isPublic).map(Operation::name))
                .containsExactlyInAnyOrderElementsOf(PUBLIC);
        assertThat(operations.stream()
                        .filter(one -> one.permissions().contains("signed-in"))
                        .map(Operation::name))
                .containsExactlyInAnyOrderElementsOf(ANYBODYS);
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
                WalkAnswer answer =
                        client.sendWithVersion(nobody, call(operation, Extent.EVERYTHING, first::get), owner());
                if (operation.isPublic()) {
                    findings.expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
                } else {
                    findings.expect(answer.status() == 401 && answer.isProblem(), "not 401", answer);
                }
                findings.expectNoServerError(answer);
                findings.expectNothingOf(secrets, answer);
            }
        }
        finish();
    }

    @Test
    @Order(3)
    void anOwnerOfAnotherDomainSeesAndChangesNothing() {
        Person foreign = foreignOwner();
        for (Operation operation : guarded()) {
            for (Call all : calls(operation, otherMarker, first::get)) {
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
        WalkAnswer answer = client.sendWithVersion(foreign, call, foreign);
        if (call.operation().permissions().equals(List.of("operate-installation"))) {
            // which means something in the operator's domain alone
            findings.expect(
                    answer.status() == 403
                            || answer.status() == 404
                            || call.operation().changes() && answer.status() >= 400,
                    "not refused",
                    answer);
        } else {
            findings.expect(
                    answer.status() == 200 || call.operation().changes(), "an owner does not get his own", answer);
        }
        findings.expectNoServerError(answer);
        findings.expectNothingOf(secrets, answer);
    }

    /** One thing of the first domain among things of one's own. */
    private void eachAlone(Person foreign, Operation operation) {
        List<Slot> slots = call(operation, Extent.EVERYTHING, first::get).slots();
        for (Slot slot : slots.size() > 1 ? Set.copyOf(slots) : Set.<Slot>of()) {
            if (slots.stream()
                    .anyMatch(one -> !one.equals(slot) && other.find(one).isEmpty())) {
                continue;
            }
            for (Call mixed :
                    calls(operation, otherMarker, one -> one.equals(slot) ? first.get(one) : other.get(one))) {
                if (mixed.sent().stream().anyMatch(secrets::contains)) {
                    refusedLikeNothing(foreign, mixed, foreign);
                }
            }
        }
    }

    /** What is hidden answers exactly as what does not exist. */
    private void refusedLikeNothing(Person by, Call hidden, Person whoKnows) {
        WalkAnswer answer = client.sendWithVersion(by, hidden, whoKnows);
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
        WalkAnswer nothing = client.sendWithVersion(by, nowhere, whoKnows);
        boolean inPath = false;
        for (int i = 0; i < hidden.slots().size(); i++) {
            inPath |= hidden.slots().get(i).in().equals("path")
                    && secrets.contains(hidden.sent().get(i));
        }
        findings.expect(!inPath || answer.status() == 404, "not 404", answer);
        findings.expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
        findings.expect(
                comparable(answer).equals(comparable(nothing)), "differs from what does not exist: " + nothing, answer);
        findings.expectNoServerError(answer);
        findings.expectNothingOf(secrets, answer);
    }

    private static String replaced(String text, Map<String, String> ids) {
        String result = text;
        for (Map.Entry<String, String> one : ids.entrySet()) {
            result = result.replace(one.getKey(), one.getValue());
        }
        return result;
    }

    private static String comparable(WalkAnswer answer) {
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
            boolean lacks = operation.name().equals(IMPORT)
                    || operation.permissions().stream().noneMatch(one -> held.contains(one) || one.equals("signed-in"));
            for (Call call : calls(operation, marker, first::get)) {
                if (lacks) {
                    lacking(client.sendWithVersion(viewer, call, owner()), true);
                } else if (!operation.changes()) {
                    findings.expectNoServerError(client.send(viewer, call));
                }
            }
        }
        finish();
    }

    /** He is refused, or gets a list with nothing in it; what he sees of the things themselves is no reason to hide that it is refused. */
    private void lacking(WalkAnswer answer, boolean sees) {
        boolean refused = (answer.status() == 403 || answer.status() == 404) && answer.isProblem();
        findings.expect(refused || answer.status() == 200 && isEmpty(answer), "neither refused nor empty", answer);
        boolean seen = answer.call().slots().stream()
                .findFirst()
                .filter(slot -> slot.in().equals("path"))
                .filter(slot -> Set.of("/api/folders", "/api/devices", "/api/sub-devices")
                        .contains(slot.list()))
                .isPresent();
        boolean own = answer.call().operation().permissions().contains("own");
        findings.expect(!sees || !seen || own || answer.status() == 403, "not 403 for what he sees", answer);
        findings.expectNoServerError(answer);
        findings.expectNothingUnasked(secrets, answer);
    }

    /** A list of nothing, counts of nothing, a change of nothing, or what comes of a change of nothing. */
    private static boolean isEmpty(WalkAnswer answer) {
        if (!answer.http().headers().firstValue("content-type").orElse("").startsWith("application/json")) {
            return false;
        }
        JsonObject json = Api.json(answer.http());
        Set<String> lists = new TreeSet<>(json.keySet());
        lists.removeAll(Set.of("next", "reached", "refused", "ownersLeft", "sessionsEnding"));
        boolean counts = !lists.isEmpty()
                && lists.stream()
                        .map(json::get)
                        .allMatch(count -> count instanceof JsonNumber number && number.intValue() == 0);
        return counts
                || lists.size() == 1
                        && lists.stream()
                                .map(json::get)
                                .allMatch(list -> list instanceof JsonArray array && array.isEmpty());
    }

    /** So an operation that asks for another permission than the one it is described with is found, whichever that is. */
    @Test
    @Order(5)
    void whoHasEverythingButThePermissionIsRefused() {
        String root = first.rootFolder();
        WalkRights rights = new WalkRights(system.api("automation"), root, system.api("viewer"));
        Set<String> all = without(permissionsOn(system.api("automation"), root), Set.of(NOT_PASSED_ON));
        Map<Set<String>, List<Operation>> byNeed = guarded().stream()
                .filter(one -> !one.permissions().contains("signed-in"))
                .collect(Collectors.groupingBy(OpenApiWalkIT::needed));
        assertThat(byNeed).hasSizeGreaterThan(18);
        rights.whileAllowed(
                all,
                () -> byNeed.forEach(
                        (need, concerned) -> rights.whileDenied(without(need, Set.of(NOT_PASSED_ON)), () -> {
                            boolean sees = !need.contains("see-resources");
                            if (sees) {
                                assertThat(permissionsOn(system.api("viewer"), root))
                                        .isEqualTo(without(all, need));
                            }
                            Person viewer = new Person(
                                    "viewer without " + need, person("viewer").token());
                            for (Operation operation : concerned) {
                                calls(operation, marker, first::get)
                                        .forEach(call -> lacking(client.sendWithVersion(viewer, call, owner()), sees));
                            }
                        })));
        finish();
    }

    private static Set<String> without(Set<String> all, Set<String> some) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(some);
        return left;
    }

    /** One of these is enough; nothing for what is somebody's own. */
    private static Set<String> needed(Operation operation) {
        return operation.permissions().stream()
                .filter(one -> !one.equals("own"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @Order(6)
    void whoDoesNotSeeAThingFindsNothing() {
        secrets.remove(first.rootFolder());
        Person person = person("viewer");
        try {
            new WalkRights(system.api("automation"), first.all().get("/api/folders"), system.api("viewer"))
                    .whileDenied(Set.of("see-resources"), () -> {
                        for (Operation operation : guarded()) {
                            calls(operation, marker, first::get).forEach(call -> unseen(person, call));
                        }
                    });
        } finally {
            secrets.add(first.rootFolder());
        }
        finish();
    }

    private void unseen(Person person, Call call) {
        if (call.slots().stream().anyMatch(slot -> IN_NO_FOLDER.contains(slot.list()))) {
            WalkAnswer answer = client.sendWithVersion(person, call, owner());
            findings.expect(answer.status() == 403 || call.slots().size() > 1, "not 403", answer);
            findings.expectNothingUnasked(secrets, answer);
        } else if (!call.slots().isEmpty()) {
            refusedLikeNothing(person, call, owner());
        } else if (!call.operation().changes()) {
            findings.expectNothingUnasked(secrets, client.send(person, call));
        }
    }

    /** Also of what anybody may call. */
    @Test
    @Order(7)
    void wrongBodiesAreProblems() {
        WrongCalls wrong = new WrongCalls(client, findings, description, marker, owner());
        List<Operation> withBody =
                operations.stream().filter(one -> one.contentType().isPresent()).toList();
        assertThat(withBody).hasSizeGreaterThan(30);
        withBody.forEach(operation -> wrong.bodies(call(operation, Extent.EVERYTHING, first::get)));
        finish();
    }

    @Test
    @Order(8)
    void wrongCallsAreProblems() {
        WrongCalls wrong = new WrongCalls(client, findings, description, marker, owner());
        guarded().forEach(operation -> wrong.others(operation, first::get));
        finish();
    }

    /** The same calls by somebody who may: reading before changing, the things within before the folder that holds them. */
    @Test
    @Order(9)
    void theOwnerGetsThroughWithTheSameCalls() {
        Person owner = owner();
        // in case the block has come to its end meanwhile
        machines.blocked(first.get(new Slot("path", "address", "/api/blocked-addresses")));
        List<String> order = List.of("GET", "PUT", "PATCH", "POST", "DELETE");
        Comparator<Operation> readingFirst = Comparator.comparingInt(one -> order.indexOf(one.method()));
        List<Operation> sorted = guarded().stream()
                .sorted(readingFirst
                        .thenComparing(one -> one.path().matches("/api/devices/.*(revoke|release|rebind)"))
                        .thenComparing(one -> one.path().equals("/api/folders/{id}"))
                        .thenComparing(one -> one.path().matches("/api/(groups|users)/\\{id}")))
                .toList();
        for (Operation operation : sorted) {
            WalkAnswer answer = client.sendWithVersion(owner, call(operation, Extent.REQUIRED, first::get), owner);
            boolean through = answer.status() < 300 || answer.status() == 409;
            boolean whose = operation.permissions().contains("own")
                    && Set.of(403, 404, 422).contains(answer.status());
            // the description cannot say what is to be read at a machine
            boolean compared =
                    answer.status() == 422 && answer.http().body().contains("\"errors\":[{\"field\":\"fingerprint\"");
            findings.expect(through || whose || compared, "the owner does not get through", answer);
            findings.expectNoServerError(answer);
        }
        findings.finish();
    }
}
