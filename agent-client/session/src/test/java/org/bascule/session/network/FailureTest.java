package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class FailureTest {

    @Test
    void wordsAreForPeople() {
        assertThat(Failure.words(new IOException(new ConnectException("Connection refused"))))
                .isEqualTo("Connection refused");
        assertThat(Failure.words(new UnknownHostException("relay.example"))).isEqualTo("unknown host relay.example");
        assertThat(Failure.words(new UpgradeRefusedException(404))).isEqualTo("it answered with 404");
        assertThat(Failure.words(new EOFException())).isEqualTo("EOF");
    }
}
