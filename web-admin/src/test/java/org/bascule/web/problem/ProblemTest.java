package org.bascule.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.bascule.domain.refusal.Language;
import org.bascule.domain.refusal.Sentence;
import org.bascule.web.problem.Problem.FieldError;
import org.junit.jupiter.api.Test;

class ProblemTest {

    @Test
    void hasTheMembersOfTheSpecification() {
        Problem problem = Problem.of(ProblemCode.DEVICE_OFFLINE);
        JsonObject json = problem.json(Language.ENGLISH);
        assertThat(json.getString("type")).isEqualTo("urn:bascule:problem:device-offline");
        assertThat(json.getString("title")).isEqualTo("Device offline");
        assertThat(json.getInt("status")).isEqualTo(409);
        assertThat(json.getString("detail")).isEqualTo("The device is not connected at the moment.");
        assertThat(json.getString("reference")).matches("[0-9a-f]{12}").isEqualTo(problem.reference());
        assertThat(json).doesNotContainKey("errors");
    }

    @Test
    void referencesDiffer() {
        assertThat(Problem.of(ProblemCode.INTERNAL).reference())
                .isNotEqualTo(Problem.of(ProblemCode.INTERNAL).reference());
    }

    @Test
    void invalidNamesTheFields() {
        JsonObject json = Problem.invalid(List.of(new FieldError("name", Sentence.plain("Too long."))))
                .json(Language.ENGLISH);
        assertThat(json.getJsonArray("errors").getJsonObject(0).getString("field"))
                .isEqualTo("name");
        assertThat(json.getJsonArray("errors").getJsonObject(0).getString("detail"))
                .isEqualTo("Too long.");
    }

    @Test
    void coversEveryRefusalOfTheDomain() {
        for (org.bascule.domain.refusal.Problem refusal : org.bascule.domain.refusal.Problem.values()) {
            ProblemCode code = ProblemCode.valueOf(refusal.name());
            assertThat(code.code()).isEqualTo(refusal.code());
            assertThat(code.status()).isEqualTo(refusal.status());
        }
    }

    /** Their templates take no arguments. */
    @Test
    void everyCodeHasWordsInEveryLanguage() {
        for (ProblemCode code : ProblemCode.values()) {
            for (Language language : Language.values()) {
                assertThat(code.title().in(language)).isNotBlank();
                assertThat(code.sentence().in(language)).isNotBlank();
            }
        }
    }

    @Test
    void codesAreUnique() {
        assertThat(Arrays.stream(ProblemCode.values()).map(ProblemCode::code)).doesNotHaveDuplicates();
    }
}
