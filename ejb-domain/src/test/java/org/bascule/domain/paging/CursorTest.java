package org.bascule.domain.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {

    @Test
    void theNextPageBeginsBehindTheLastRowThatWasShown() throws RefusedException {
        Slice<String> page = Cursor.first(2).slice(List.of("a", "b \"ü", "c"), row -> List.of(row, "7"));

        assertThat(page.items()).containsExactly("a", "b \"ü");
        Cursor next = Cursor.checked(page.next(), 2, 2);
        assertThat(next.position()).containsExactly("b \"ü", "7");
        assertThat(next.key(1)).isEqualTo("7");
    }

    @Test
    void theLastPageHasNoNext() {
        Slice<String> page = Cursor.first(2).slice(List.of("a", "b"), row -> List.of(row));

        assertThat(page.next()).isNull();
        assertThat(Cursor.first(2).key(0)).isNull();
        assertThat(Cursor.first(2).fetch()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1]", "[\"a\",\"b\"]", "{}", "[", "", "[\"a\"] x"})
    void aTextThatThisListDidNotGiveOutIsRefused(String json) {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8))
                + (json.isEmpty() ? "*" : "");

        assertThatThrownBy(() -> Cursor.checked(text, 1, 50))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID));
    }

    /** The database would refuse to compare it. */
    @Test
    void aKeyThatIsNoIdentifierIsRefused() throws RefusedException {
        Cursor tampered = new Cursor(List.of("2026-01-01T00:00:00Z", "ü"), 50);

        assertThatThrownBy(() -> tampered.id(1))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.problem()).isEqualTo(Problem.INVALID));
        assertThat(tampered.id(0)).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(Cursor.first(2).id(0)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 201})
    void aLimitBeyondItsBoundsIsRefused(int limit) {
        assertThatThrownBy(() -> Cursor.checked(null, 1, limit)).isInstanceOf(RefusedException.class);
    }
}
