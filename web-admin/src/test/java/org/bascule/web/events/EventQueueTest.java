package org.bascule.web.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventQueueTest {

    private final EventQueue<Integer> queue = new EventQueue<>(3);

    @Test
    void oneWorkerIsStartedAndTakesEverythingInOrder() {
        assertThat(queue.offer(1)).isTrue();
        assertThat(queue.offer(2)).isFalse();
        assertThat(queue.takeOrRest()).containsExactly(1, 2);
        assertThat(queue.offer(3)).isFalse();
        assertThat(queue.takeOrRest()).containsExactly(3);
        assertThat(queue.takeOrRest()).isEmpty();
        assertThat(queue.offer(4)).isTrue();
    }

    @Test
    void overflowIsRemembered() {
        for (int i = 1; i <= 4; i++) {
            queue.offer(i);
        }
        assertThat(queue.takeOrRest()).containsExactly(4);
        assertThat(queue.overflowed()).isTrue();
        assertThat(queue.overflowed()).isFalse();
    }
}
