package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswersTest {

    private static JsonObject log(@Nullable String next) throws RefusedException {
        return Answers.log(new Slice<>(List.of("row"), next), 2, row -> Json.createObjectBuilder()
                        .add("id", row))
                .build();
    }

    @Test
    void aPageOfALogTellsHowFarBackItHasLooked() throws RefusedException {
        String next = Cursor.encode(List.of("2026-01-02T03:04:05.123456Z", ""));
        assertThat(log(next).toString())
                .isEqualTo("{\"items\":[{\"id\":\"row\"}],\"next\":\"%s\",\"reached\":\"2026-01-02T03:04:05.123456Z\"}"
                        .formatted(next));
        assertThat(log(null).toString()).isEqualTo("{\"items\":[{\"id\":\"row\"}],\"next\":null,\"reached\":null}");
    }
}
