package org.bascule.control.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemTest {

    private static String detail(String errors) {
        return Problem.parse(
                        422,
                        "{\"type\":\"urn:bascule:problem:invalid\",\"title\":\"Invalid values\",\"detail\":\"A name has 1 character.\","
                                + "\"errors\":[" + errors + "]}")
                .detail();
    }

    @Test
    void whatIsWrongWithOneFieldIsSaidOnce() {
        assertThat(detail("{\"field\":\"name\",\"detail\":\"A name has 1 character.\"}"))
                .isEqualTo("name: A name has 1 character.");
    }

    @Test
    void whatIsWrongWithSeveralIsSaidOfEach() {
        assertThat(
                        detail(
                                "{\"field\":\"from\",\"detail\":\"Too early.\"},{\"field\":\"until\",\"detail\":\"Too late.\"}"))
                .isEqualTo("A name has 1 character. from: Too early. until: Too late.");
        assertThat(detail("")).isEqualTo("A name has 1 character.");
    }
}
