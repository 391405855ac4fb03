package org.bascule.wire.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentTokenTest {

    @Test
    void aTokenComesBackFromItsText() throws WireException {
        EnrolmentToken token = EnrolmentToken.generate(RootSigningKey.generate().publicKey());
        EnrolmentToken read = EnrolmentToken.parse(token.reveal());
        assertThat(read).usingRecursiveComparison().isEqualTo(token);
        assertThat(read).hasToString("EnrolmentToken[REDACTED]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bsc1.", "bsc1.AA.AA", "bsc2.AA.AA", "bsc1.a.b.c", "x"})
    void refusesWhatIsNoToken(String text) {
        assertThatThrownBy(() -> EnrolmentToken.parse(text)).isInstanceOf(WireException.class);
    }

    @Test
    void aRequestDoesNotPrintItsToken() {
        assertThat(new EnrolRequest("bsc1.secret", new byte[1], "n", "o", "v").toString())
                .doesNotContain("secret");
    }
}
