package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunningTest {

    private final Running running = new Running();

    /** Whoever comes next waits for the one that runs, and for nobody else. */
    @Test
    void whoIsInterruptedWhileItWaitsHoldsNobodyUp() throws Exception {
        Running.Turn first = running.begin("upload", new FileStream());
        CompletableFuture<Throwable> interrupted = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                running.begin("upload", new FileStream());
            } catch (InterruptedException e) {
                interrupted.complete(e);
            }
        });
        waiting.start();
        waiting.interrupt();
        interrupted.get(20, TimeUnit.SECONDS);
        CompletableFuture<Running.Turn> next = new CompletableFuture<>();
        Thread last = new Thread(() -> {
            try {
                next.complete(running.begin("upload", new FileStream()));
            } catch (InterruptedException e) {
                next.completeExceptionally(e);
            }
        });
        last.setDaemon(true);
        last.start();
        assertThatThrownBy(() -> next.get(200, TimeUnit.MILLISECONDS))
                .as("the first one still runs")
                .isInstanceOf(TimeoutException.class);
        first.close();
        Running.Turn mine = next.get(20, TimeUnit.SECONDS);
        assertThat(mine.isOver()).isFalse();
        mine.close();
    }
}
