package org.bascule.domain.bench;

import java.lang.management.ManagementFactory;

/** What the benchmarks share: how they begin, say what they found, and end. */
final class Bench {

    private Bench() {}

    /** The measurements of one benchmark. */
    interface Work {
        void run() throws Exception;
    }

    static void run(Work work) {
        int status = 1;
        try {
            work.run();
            print("load %.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            status = 0;
        } catch (Exception e) {
            e.printStackTrace();
        } finally {
            // threads of the database would keep this from ending
            System.exit(status);
        }
    }

    static void print(String format, Object... values) {
        System.out.println("bench: " + format.formatted(values));
    }
}
