package org.bascule.control.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.Test;

class CopyTest {

    /** It is missing there, whatever the reason. */
    @Test
    @SuppressWarnings("NullAway") // no device is asked
    void whatNobodyForesawIsAFailureToo() throws Exception {
        TestUser user = new TestUser(Path.of("nowhere"));
        Copy copy = new Copy(null, false, new Progress(user.around(), false));
        copy.begin("fine", () -> {});
        copy.begin("broken", () -> {
            throw new IllegalStateException("a mistake");
        });
        List<Copy.Failure> failures = copy.finish();
        assertThat(failures).singleElement().satisfies(failure -> {
            assertThat(failure.path()).isEqualTo("broken");
            assertThat(failure.code()).isEqualTo("internal");
            assertThat(failure.text()).contains("a mistake");
        });
    }
}
