package org.bascule.domain.startup;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.Schedule;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.session.Handshakes;
import org.bascule.domain.session.RightsWatch;
import org.bascule.domain.transparency.Sealer;
import org.junit.jupiter.api.Test;

/** Called as a container does: each timer on a thread of its own, and only when its last call has returned. */
class RecurringWorkTest {

    private static final int TIMES = 3;

    private final CountDownLatch done = new CountDownLatch(3 * TIMES);
    private final CountDownLatch sealed = new CountDownLatch(1);
    private final Set<String> sealing = ConcurrentHashMap.newKeySet();
    private final RecurringWork work = new RecurringWork();

    RecurringWorkTest() {
        work.sealer = new Sealer() {
            @Override
            public void seal() {
                sealing.add("now");
                try {
                    sealed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        work.rights = new RightsWatch() {
            @Override
            public void sweep() {
                done.countDown();
            }
        };
        work.handshakes = new Handshakes() {
            @Override
            public void sweep() {
                done.countDown();
            }
        };
        work.channels = new DeviceChannels() {
            @Override
            public void sweep() {
                done.countDown();
            }
        };
    }

    @Test
    void securityWorkGoesOnWhileTheLogIsSealed() throws InterruptedException {
        List<Thread> timers = new ArrayList<>();
        for (Method method : everySecond()) {
            Thread timer = new Thread(() -> {
                for (int i = 0; i < TIMES; i++) {
                    call(method);
                }
            });
            timer.start();
            timers.add(timer);
        }
        try {
            assertThat(done.await(10, TimeUnit.SECONDS))
                    .as("three works, three times each")
                    .isTrue();
            assertThat(sealed.getCount()).as("the log is being sealed").isEqualTo(1);
        } finally {
            sealed.countDown();
            for (Thread timer : timers) {
                timer.join(TimeUnit.SECONDS.toMillis(10));
            }
        }
        assertThat(sealing).isNotEmpty();
    }

    private static List<Method> everySecond() {
        return Arrays.stream(RecurringWork.class.getDeclaredMethods())
                .filter(method -> {
                    Schedule schedule = method.getAnnotation(Schedule.class);
                    return schedule != null && schedule.second().equals("*");
                })
                .toList();
    }

    private void call(Method method) {
        try {
            method.setAccessible(true);
            method.invoke(work);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
