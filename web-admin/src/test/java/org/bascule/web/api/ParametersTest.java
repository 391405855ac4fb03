package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.bascule.domain.directory.DeviceAssistance;
import org.bascule.domain.directory.DeviceState;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

    @Test
    void firstPageOfFiftyIsTheDefault() throws Exception {
        assertThat(Parameters.cursor(null, 2, null)).isEqualTo(Cursor.first(50));
        String next = Cursor.encode(List.of("a", "b"));
        assertThat(Parameters.cursor(next, 2, "200")).isEqualTo(new Cursor(List.of("a", "b"), 200));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "201"})
    void sizeIsBounded(String size) {
        assertThatThrownBy(() -> Parameters.cursor(null, 2, size)).isInstanceOf(RefusedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.0", "one", "99999999999999999999", " 1", "1;drop", "٣"})
    void numbersAreDigitsOnly(String text) {
        assertThatThrownBy(() -> Parameters.cursor(null, 2, text)).isInstanceOf(ProblemException.class);
    }

    @Test
    void unknownCodesAreRefused() {
        assertThat(Parameters.code("state", "online", DeviceState::ofCode)).isEqualTo(DeviceState.ONLINE);
        assertThat(Parameters.code("state", null, DeviceState::ofCode)).isNull();
        assertThatThrownBy(() -> Parameters.code("state", "sleeping", DeviceState::ofCode))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void timesAreUtc() {
        assertThat(Parameters.time("from", "2026-01-31T12:00:00Z")).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
        assertThatThrownBy(() -> Parameters.time("from", "yesterday")).isInstanceOf(ProblemException.class);
    }

    @Test
    void changesNameTheVersion() {
        assertThat(Parameters.revision("\"7\"")).isEqualTo(7);
        assertThatThrownBy(() -> Parameters.revision(null))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.PRECONDITION_REQUIRED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "7", "\"\"", "\"x\"", "W/\"7\"", "\"7\", \"8\"", "\"99999999999999999999\""})
    void otherVersionsAreNotTheOne(String ifMatch) {
        assertThatThrownBy(() -> Parameters.revision(ifMatch))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.PRECONDITION_FAILED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"enabled\":null}", "{\"enabled\":\"true\"}", "{\"enabled\":1}", "{\"enabled\":{}}"})
    void whatIsNeitherTrueNorFalseDoesNotCountAsFalse(String json) throws Exception {
        StrictJson option = StrictJson.parse(json, 1_000);
        assertThatThrownBy(() -> DeviceResource.option(option))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(ProblemCode.INVALID));
        assertThat(DeviceResource.option(StrictJson.parse("{\"enabled\":true}", 1_000)))
                .isEqualTo(new DeviceAssistance(true, null));
    }
}
