package org.bascule.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SocketsTest {

    private final Sockets sockets = new Sockets(Executors.defaultThreadFactory());

    @AfterEach
    void stop() {
        sockets.stop(0);
    }

    @Test
    void whatIsRepeatedGoesOnAfterAnError() throws InterruptedException {
        CountDownLatch calls = new CountDownLatch(3);
        sockets.repeat(
                () -> {
                    calls.countDown();
                    throw new OutOfMemoryError("of this test");
                },
                1);
        assertThat(calls.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
