package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.EJBException;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.refusal.Language;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;
import org.bascule.web.problem.Problem;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemsTest {

    @Test
    void whatTheDomainRefusesKeepsItsCodeAndSentence() {
        Problem problem = Problems.of(new RefusedException(
                org.bascule.domain.refusal.Problem.DEVICE_QUARANTINED, "Two machines use this key."));
        assertThat(problem.code()).isEqualTo(ProblemCode.DEVICE_QUARANTINED);
        assertThat(problem.detail()).hasToString("Two machines use this key.");
    }

    @Test
    void invalidFieldsAreNamed() {
        Problem problem = Problems.of(RefusedException.invalid("name", "Not empty."));
        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID);
        assertThat(problem.errors()).containsExactly(new Problem.FieldError("name", Sentence.plain("Not empty.")));
    }

    /** RFC 9110, section 12.5.4. What cannot be understood is no reason to refuse anything. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "none | en",
                "'' | en",
                "de | de",
                "de-AT,de;q=0.9,en;q=0.5 | de",
                "DE | de",
                "en-GB,de;q=0.8 | en",
                "de;q=0.3,en;q=0.7 | en",
                "fr | en",
                "fr,de;q=0.2 | de",
                "de;q=0 | en",
                "* | en",
                "de;q=x | en",
                ";;;,,%s%n | en",
                "<script> | en"
            })
    void aProblemSpeaksTheLanguageOfWhoAsked(String accepted, String language) {
        Language preferred = Language.preferred(accepted);
        assertThat(preferred.code()).isEqualTo(language);
        Problem problem = Problems.of(RefusedException.invalid("quota", "A quota is 1 to %,d sessions.", 100_000));
        String detail = preferred == Language.GERMAN
                ? "Eine Grenze ist 1 bis 100.000 Sitzungen."
                : "A quota is 1 to 100,000 sessions.";
        assertThat(problem.json(preferred).getString("detail")).isEqualTo(detail);
        assertThat(problem.json(preferred)
                        .getJsonArray("errors")
                        .getJsonObject(0)
                        .getString("detail"))
                .isEqualTo(detail);
        assertThat(problem.json(preferred).getString("title"))
                .isEqualTo(preferred == Language.GERMAN ? "Ungültige Werte" : "Invalid values");
    }

    @Test
    void aLongHeaderIsNotLookedAt() {
        assertThat(Language.preferred("de,".repeat(10_000))).isEqualTo(Language.ENGLISH);
    }

    /** What somebody typed is never read as a template. */
    @Test
    void namesAreShownAsTheyAre() {
        Problem problem = Problems.of(
                new RefusedException(org.bascule.domain.refusal.Problem.CONFLICT, "The folder '%s'", "100%d %s %n"));
        assertThat(problem.json(Language.GERMAN).getString("detail")).isEqualTo("Der Ordner „100%d %s %n“");
        assertThat(problem.json(Language.ENGLISH).getString("detail")).isEqualTo("The folder '100%d %s %n'");
    }

    @Test
    void refusalsAreFoundWithinWrappers() {
        RefusedException refused = RefusedException.forbidden();
        assertThat(Problems.of(new CompletionException(refused)).code()).isEqualTo(ProblemCode.FORBIDDEN);
        assertThat(Problems.of(new CompletionException(new EJBException("x", refused)))
                        .code())
                .isEqualTo(ProblemCode.FORBIDDEN);
    }

    @Test
    void silenceIsUnavailable() {
        assertThat(Problems.of(new CompletionException(new TimeoutException())).code())
                .isEqualTo(ProblemCode.UNAVAILABLE);
    }

    /** Whoever changed the same as another at the same moment may try again. */
    @Test
    void aDeadlockIsUnavailableAndAnotherFailureOfTheDatabaseIsNot() {
        DatabaseException deadlock = new DatabaseException("x", new SQLException("x", "40001", 1213));
        assertThat(Problems.of(new EJBException("x", deadlock)).code()).isEqualTo(ProblemCode.UNAVAILABLE);
        DatabaseException other = new DatabaseException("x", new SQLException("x", "42000", 1064));
        assertThat(Problems.of(new EJBException("x", other)).code()).isEqualTo(ProblemCode.INTERNAL);
    }

    @Test
    void ourOwnProblemsStayWhatTheyAre() {
        ProblemException csrf = ProblemException.of(ProblemCode.CSRF);
        assertThat(Problems.of(csrf)).isSameAs(csrf.problem());
    }

    @Test
    void internalsDoNotLeak() {
        Exception failure = new IllegalStateException(
                "SELECT secret FROM bascule.device", new NullPointerException("org.bascule.domain.Thing.field"));
        for (Throwable leak : new Throwable[] {failure, new EJBException(failure), new CompletionException(failure)}) {
            Problem problem = Problems.of(leak);
            assertThat(problem.code()).isEqualTo(ProblemCode.INTERNAL);
            assertThat(problem.json(Language.ENGLISH).toString())
                    .doesNotContain("SELECT")
                    .doesNotContain("org.bascule")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void aWrapperAroundItselfEnds() {
        class Loop extends EJBException {
            @Override
            public synchronized Throwable getCause() {
                return this;
            }
        }
        assertThat(Problems.of(new Loop()).code()).isEqualTo(ProblemCode.INTERNAL);
    }

    @Test
    void wrongFormIsMalformedAndTooLongIsInvalid() throws Exception {
        StrictJson body = StrictJson.parse("{\"name\":\"%s\",\"uses\":\"x\"}".formatted("n".repeat(10_000)), 20_000);
        assertThat(Problems.of(failure(() -> body.string("name", 200))).errors())
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.field()).isEqualTo("name");
                    assertThat(error.detail().toString()).contains("200").doesNotContain("nnn");
                });
        assertThat(Problems.of(failure(() -> body.number("uses", 1, 2))).code()).isEqualTo(ProblemCode.MALFORMED);
    }

    private interface Attempt {
        void run() throws WireException;
    }

    private static WireException failure(Attempt attempt) {
        try {
            attempt.run();
        } catch (WireException e) {
            return e;
        }
        throw new AssertionError("nothing was refused");
    }
}
