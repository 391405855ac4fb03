package org.bascule.relay.admission;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class RehearsalTest {

    @Test
    void itsOwnTokensAreGood() {
        assertThatCode(Rehearsal::run).doesNotThrowAnyException();
    }
}
