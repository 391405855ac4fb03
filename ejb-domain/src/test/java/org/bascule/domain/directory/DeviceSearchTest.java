package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.stream.Collectors;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceSearchTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "pump                    | WORD=pump",
                "Pump  7                 | WORD=pump WORD=7",
                "\"Pump 7\"              | WORD=pump_7",
                "-\"Pump 7\"             | -WORD=pump_7",
                "-pump                   | -WORD=pump",
                "17\" screen             | WORD=17\" WORD=screen",
                "tag:Urgent              | TAG=urgent",
                "-tag:urgent             | -TAG=urgent",
                "TAG:urgent              | TAG=urgent",
                "os:\"Debian 12\" tag:a  | OS=debian_12 TAG=a",
                "ip:192.0.2              | IP=192.0.2",
                "ip:FE80::1              | IP=fe80::1",
                "version:1.4             | VERSION=1.4",
                "online                  | STATE=online",
                "-offline                | -STATE=offline",
                "quarantined             | STATE=quarantined",
                "\"online\"              | WORD=online",
                "Assistance -assistance  | ASSISTANCE=assistance -ASSISTANCE=assistance",
                "\"assistance\"          | WORD=assistance",
                "online7                 | WORD=online7",
                "fe80::1                 | WORD=fe80::1",
                "10:30                   | WORD=10:30",
                ":x                      | WORD=:x",
                "\"a:b\"                 | WORD=a:b",
                "a\"b                    | WORD=a\"b",
                "0192b3c4-0000-7000-8000-00000000000A | UID=0192b3c4-0000-7000-8000-00000000000a",
                "ÄÖ                      | WORD=äö",
            })
    void typedTextIsReadAs(String text, String expected) throws RefusedException {
        assertThat(DeviceSearch.parse(text).terms().stream()
                        .map(term -> (term.negated() ? "-" : "") + term.kind() + "="
                                + term.text().replace(' ', '_'))
                        .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    @Test
    void blanksAreEverything() throws RefusedException {
        for (String text : List.of("", "   ", "\t", "\u00a0\u2003")) {
            assertThat(DeviceSearch.parse(text).terms()).as(text).isEmpty();
        }
        assertThat(DeviceSearch.parse(null)).isEqualTo(DeviceSearch.ALL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"open",
                "\"",
                "\"\"",
                "\" \"",
                "tag:",
                "tag: x",
                "tag:\"\"",
                "os:\"open",
                "-",
                "pump - 7",
                "name:x",
                "https://x",
                "\"a\"b",
                "\"a\"\"b\"",
                "ip:pump",
                "ip:%",
                "a\u0000b",
                "a\nb",
                "\uD800",
                "1 2 3 4 5 6 7 8 9 10 11",
            })
    void whatIsNoSearchIsRefusedWithItsField(String text) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> DeviceSearch.parse(text))
                .matches(e -> e.problem() == Problem.INVALID)
                .matches(e -> e.fields().get(0).field().equals("q"))
                .matches(e -> !e.fields().get(0).sentence().toString().isBlank());
    }

    @Test
    void lengthIsBounded() throws RefusedException {
        assertThat(DeviceSearch.parse("x".repeat(200)).terms()).hasSize(1);
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> DeviceSearch.parse("x".repeat(201)));
    }
}
