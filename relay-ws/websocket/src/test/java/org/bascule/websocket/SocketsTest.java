package org.bascule.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

    /** A container's thread has the context of who has it made, and what comes on a socket comes on threads that have none. */
    @Test
    void threadsAreMadeByWhoMakesTheSockets() throws Exception {
        Set<Thread> makers = ConcurrentHashMap.newKeySet();
        Sockets made = new Sockets(task -> {
            makers.add(Thread.currentThread());
            return new Thread(task);
        });
        Thread other = new Thread(() -> {
            for (int i = 0; i < 50; i++) {
                made.execute(() -> {});
            }
            made.schedule(() -> {}, 1);
        });
        other.start();
        other.join();
        made.stop(0);
        assertThat(makers).containsExactly(Thread.currentThread());
    }
}
