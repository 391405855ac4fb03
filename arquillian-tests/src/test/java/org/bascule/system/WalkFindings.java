package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with the answers of a walk: all of it is told at its end. */
final class WalkFindings {

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

    /** By person, which things he named so far. */
    private static final Map<String, Set<String>> SAID = new HashMap<>();

    private final List<String> violations = new ArrayList<>();

    void finish() {
        assertThat(violations).as(String.join("\n", violations)).isEmpty();
    }

    void expect(boolean holds, String what, Object answer) {
        if (!holds) {
            violations.add(what + "\n    " + answer);
        }
    }

    /** Nothing that the caller did not say himself: his own log may tell what he tried. */
    void expectNothingOf(Set<String> hidden, WalkAnswer answer) {
        Set<String> said = SAID.computeIfAbsent(answer.by().name(), name -> new HashSet<>());
        said.addAll(answer.call().sent());
        expectNothing(hidden, said, answer);
    }

    /** Nothing that the caller did not say in this very call. */
    void expectNothingUnasked(Set<String> hidden, WalkAnswer answer) {
        expectNothing(hidden, Set.of(), answer);
    }

    private void expectNothing(Set<String> hidden, Set<String> said, WalkAnswer answer) {
        String everything = answer.everything();
        String asked = answer.call().target() + answer.call().body().orElse("");
        for (String secret : hidden) {
            boolean known = said.contains(secret) || asked.contains(secret);
            expect(known || !everything.contains(secret), "shows " + secret, answer);
        }
    }

    void expectNoServerError(WalkAnswer answer) {
        expect(answer.status() < 500, "a failure of the server", answer);
        expect(
                !answer.http().body().contains("Exception")
                        && !answer.http().body().contains("org.bascule."),
                "shows how the server is made",
                answer);
    }

    void wrong(WalkAnswer answer, Integer... statuses) {
        expect(List.of(statuses).contains(answer.status()), "not " + List.of(statuses), answer);
        expect(answer.status() < 400 || answer.isProblem(), "no problem", answer);
        String code = CODES.get(answer.status());
        expect(code == null || !answer.isProblem() || code.equals(answer.code()), "not " + code, answer);
        expectNoServerError(answer);
    }
}
