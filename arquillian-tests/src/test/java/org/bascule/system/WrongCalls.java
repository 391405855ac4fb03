package org.bascule.system;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Choice;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.bascule.system.ApiDescription.Slot;
import org.bascule.system.WalkAnswer.Person;

/** Calls that are wrong in themselves, by somebody who may call: each is told what is wrong, and nothing else happens. */
final class WrongCalls {

    private static final List<String> NO_IDENTIFIERS =
            List.of("x", "x".repeat(300), "00000000-0000-0000-0000-00000000000g", "' or '1'='1", "é\u202e");

    /** The tenth wrong code in ten minutes is the last that is answered. */
    private static final List<String> FEW_CODES = List.of("' or '1'='1", "é\u202e");

    private static final int LONG_HEADER = 40_000;
    private static final int LONG_BODY = 70_000;

    private final WalkClient client;
    private final WalkFindings findings;
    private final ApiDescription description;
    private final List<Operation> operations;
    private final String marker;
    private final Person owner;
    private final Set<String> paths = new HashSet<>();

    /**
     * @param marker what things are called in the calls
     * @param owner who may do everything
     */
    WrongCalls(WalkClient client, WalkFindings findings, ApiDescription description, String marker, Person owner) {
        this.client = client;
        this.findings = findings;
        this.description = description;
        this.operations = description.operations();
        this.marker = marker;
        this.owner = owner;
    }

    /** @param things what the call names where it is right */
    void others(Operation operation, Choice things) {
        wrongIdentifiers(operation, things);
        Call call = description.call(operation, Extent.EVERYTHING, marker, things);
        if (operation.demandsVersion()) {
            findings.wrong(client.send(owner, call), 428);
        }
        if (operation.needsVersion()) {
            findings.wrong(client.send(owner, call, "If-Match", "\"999999\""), 412);
            findings.wrong(client.send(owner, call, "If-Match", "*"), 412);
            findings.wrong(client.send(owner, call, "If-Match", "x\"y"), 412);
        }
        if (paths.add(operation.path())) {
            wrongMethods(call);
            WalkAnswer tooLong = client.send(owner, call, "X-Long", "x".repeat(LONG_HEADER));
            findings.expect(Set.of(400, 413, 431).contains(tooLong.status()), "a header without end", tooLong);
        }
    }

    private void wrongIdentifiers(Operation operation, Choice things) {
        for (Slot slot : Set.copyOf(
                description.call(operation, Extent.EVERYTHING, marker, things).slots())) {
            for (String id : slot.list().equals("/api/pairings") ? FEW_CODES : NO_IDENTIFIERS) {
                Call call = description.call(
                        operation, Extent.EVERYTHING, marker, one -> one.equals(slot) ? id : things.id(one));
                WalkAnswer answer = client.sendWithVersion(owner, call, owner);
                boolean filter = slot.in().equals("query") && !operation.changes();
                boolean each = operation.changes() && answer.http().body().contains("\"done\":[]");
                if (answer.status() == 200 && (filter || each)) {
                    findings.expectNoServerError(answer);
                } else {
                    findings.wrong(answer, 400, 404, 409, 422);
                }
            }
        }
    }

    void bodies(Call call) {
        // what is wrong in a file is told by the import, and a file may be long
        boolean file = call.operation().path().equals("/api/imports");
        String version =
                call.operation().needsVersion() ? client.version(owner, call).orElse("\"0\"") : "\"0\"";
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
            findings.wrong(change(call, body, "If-Match", version), 400, 422);
        }
        findings.wrong(
                change(call, "a=b", "If-Match", version, "Content-Type", "application/x-www-form-urlencoded"), 415);
        findings.wrong(change(call, "<a/>", "If-Match", version, "Content-Type", "application/xml"), 415);
        findings.wrong(change(call, "{}", "If-Match", version, "Content-Type", "application"), 400);
        if (!file) {
            findings.wrong(change(call, "{\"name\":\"" + "x".repeat(LONG_BODY) + "\"}", "If-Match", version), 413);
        }
    }

    private WalkAnswer change(Call call, String body, String... headers) {
        return client.send(owner, call, call.operation().method(), Optional.of(body), headers);
    }

    /** A path may be that of a thing too, as "counts" could be a device. */
    private void wrongMethods(Call call) {
        String path = call.target().replaceFirst("\\?.*", "");
        Set<String> offered = operations.stream()
                .filter(one -> path.matches(one.path().replaceAll("\\{[^}]*}", "[^/]+")))
                .map(Operation::method)
                .collect(Collectors.toSet());
        for (String method : ApiDescription.METHODS) {
            if (!offered.contains(method)) {
                boolean body = !method.equals("GET") && !method.equals("DELETE");
                WalkAnswer answer = client.send(owner, call, method, body ? Optional.of("{}") : Optional.empty());
                findings.wrong(answer, 405);
                findings.expect(
                        answer.http().headers().firstValue("Allow").isPresent(),
                        "does not say what is allowed",
                        answer);
            }
        }
        if (offered.contains("GET")) {
            findings.wrong(client.send(owner, call, "GET", Optional.empty(), "Accept", "a/b/c"), 400);
        }
    }
}
