package org.bascule.system;

import java.util.List;

/** One line of a bench. */
final class Figures {

    private Figures() {}

    /** @param times in milliseconds, at least one */
    static void print(String what, List<Double> times) {
        double[] sorted =
                times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                "%s: n %d, min %.2f, median %.2f, p90 %.2f, p99 %.2f, max %.2f ms%n",
                what,
                sorted.length,
                sorted[0],
                sorted[sorted.length / 2],
                sorted[(int) (sorted.length * 0.9)],
                sorted[(int) (sorted.length * 0.99)],
                sorted[sorted.length - 1]);
    }
}
