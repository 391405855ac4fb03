package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.bascule.web.problem.ProblemCode;
import org.junit.jupiter.api.Test;

class RefusedRequestsTest {

    @Test
    void tellsWhatWasAskedForAndByWhichSite() {
        assertThat(RefusedRequests.detail(ProblemCode.CSRF, "POST", "/api/folders", "https://evil.example"))
                .isEqualTo("csrf: POST /api/folders, from https://evil.example");
        assertThat(RefusedRequests.detail(ProblemCode.SECOND_FACTOR_REQUIRED, "DELETE", "/api/folders/7", null))
                .isEqualTo("second-factor-required: DELETE /api/folders/7");
    }

    @Test
    void aCodeStaysOutOfTheLog() {
        assertThat(RefusedRequests.detail(ProblemCode.CSRF, "POST", "/api/pairings/K7QM-2XPD/accept", null))
                .isEqualTo("csrf: POST /api/pairings/…/accept");
    }

    @Test
    void nothingThatIsLongHidesTheRest() {
        String detail = RefusedRequests.detail(
                ProblemCode.CSRF, "X".repeat(9_000), "/" + "y".repeat(9_000), "https://evil.example");
        assertThat(detail).hasSizeLessThan(1_000).endsWith(", from https://evil.example");
        assertThat(RefusedRequests.detail(ProblemCode.CSRF, "POST", "/", "z".repeat(9_000)))
                .hasSizeLessThan(1_000);
    }
}
