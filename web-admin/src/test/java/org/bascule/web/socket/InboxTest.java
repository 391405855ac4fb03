package org.bascule.web.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InboxTest {

    private final Queue<Runnable> handedOver = new ArrayDeque<>();
    private final Inbox inbox = new Inbox(handedOver::add);
    private final List<String> done = new ArrayList<>();

    private void work() {
        handedOver.remove().run();
    }

    @Test
    void oneTaskOfASocketIsDoneAtATime() {
        inbox.add(() -> done.add("a"));
        inbox.add(() -> done.add("b"));
        assertThat(handedOver).hasSize(1);
        work();
        assertThat(done).containsExactly("a");
        work();
        assertThat(done).containsExactly("a", "b");
        assertThat(handedOver).isEmpty();
    }

    @Test
    void nothingIsReadWhileSomethingIsLeftToDo() {
        assertThat(inbox.pause(() -> done.add("read"))).isFalse();
        inbox.add(() -> done.add("a"));
        inbox.add(() -> done.add("b"));
        assertThat(inbox.pause(() -> done.add("read"))).isTrue();
        work();
        assertThat(done).containsExactly("a");
        work();
        assertThat(done).containsExactly("a", "b", "read");
        assertThat(inbox.pause(() -> done.add("read"))).isFalse();
    }

    @Test
    void aTaskThatFailsStopsNobody() {
        inbox.add(() -> {
            throw new IllegalStateException("failed");
        });
        inbox.add(() -> done.add("b"));
        assertThatThrownBy(this::work).hasMessage("failed");
        work();
        assertThat(done).containsExactly("b");
    }

    @Test
    void orderHoldsBetweenThreads() throws InterruptedException {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            Inbox shared = new Inbox(executor);
            List<Integer> order = new ArrayList<>();
            CountDownLatch last = new CountDownLatch(1);
            for (int i = 0; i < 10_000; i++) {
                int number = i;
                // not synchronised: the inbox is what orders
                shared.add(() -> order.add(number));
            }
            shared.add(last::countDown);
            assertThat(last.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(order).hasSize(10_000).isSorted();
        } finally {
            executor.shutdownNow();
        }
    }
}
