package org.bascule.domain.bench;

import java.util.Arrays;
import org.bascule.domain.guard.Attempt;
import org.bascule.domain.guard.AttemptKind;
import org.bascule.domain.guard.Decision;
import org.bascule.domain.guard.Guard;
import org.bascule.domain.testing.TestDomain;

/** What it costs to ask whether an address may try, and to try: with {@value #BLOCKED} addresses that are blocked beside it, each with five failures. */
public final class GuardBench {

    private static final int BLOCKED = 20_000;
    private static final int WARM = 1_000;
    private static final int RUNS = 2_000;

    private final TestDomain domain = new TestDomain().started();
    private final Guard guard = domain.get(Guard.class);

    private GuardBench() {}

    public static void main(String[] args) {
        Bench.run(() -> new GuardBench().run());
    }

    private interface Work {
        void run(int number);
    }

    private static String address(int number) {
        return "10.%d.%d.%d".formatted(number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF);
    }

    private void run() {
        for (int i = 0; i < BLOCKED; i++) {
            for (int j = 0; j < 5; j++) {
                guard.failed(Attempt.at(AttemptKind.BEARER, address(i)));
            }
        }
        measure("admission, not blocked", i -> guard.blockedFor("192.0.2.1"));
        measure("admission, blocked", i -> guard.blockedFor(address(i % BLOCKED)));
        measure("admission, IPv6", i -> guard.blockedFor("2001:db8:1:2::3"));
        measure("attempt and success, IPv4", i -> guard.succeeded(begin("192.0.2.1")));
        measure("attempt and success, IPv6", i -> guard.succeeded(begin("2001:db8:1:2::3")));
        measure("attempt and failure, a new address each", i -> guard.failed(begin(address(BLOCKED + i))));
        measure("failure at a blocked address", i -> guard.failed(Attempt.at(AttemptKind.BEARER, address(i % BLOCKED))));
    }

    private String begin(String address) {
        return ((Decision.Admitted) guard.begin(Attempt.at(AttemptKind.PASSWORD, address))).id();
    }

    private static void measure(String what, Work work) {
        for (int i = 0; i < WARM; i++) {
            work.run(i);
        }
        long[] nanos = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long begun = System.nanoTime();
            work.run(WARM + i);
            nanos[i] = System.nanoTime() - begun;
        }
        Arrays.sort(nanos);
        Bench.print(
                "%s: median %.2f ms, p99 %.2f ms", what, nanos[RUNS / 2] / 1e6, nanos[RUNS * 99 / 100] / 1e6);
    }
}
