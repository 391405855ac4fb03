package org.bascule.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/**
 * Processor time of the parts of a running system and of this process, from {@code /proc}.
 *
 * @param nanos of {@link System#nanoTime}, when it was taken
 * @param seconds user and system, by part
 */
record Load(long nanos, Map<String, Double> seconds, TheSystem system) {

    private static final double TICKS_PER_SECOND = 100;

    static Load now(TheSystem system) throws IOException {
        Map<String, Long> pids = new LinkedHashMap<>();
        system.demo().pid("access-server").ifPresent(pid -> pids.put("access server", pid));
        system.demo().pid("database").ifPresent(pid -> pids.put("database", pid));
        pids.put("generator", ProcessHandle.current().pid());
        Map<String, Double> seconds = new LinkedHashMap<>();
        for (Map.Entry<String, Long> part : pids.entrySet()) {
            seconds.put(part.getKey(), cpu(part.getValue()));
        }
        return new Load(System.nanoTime(), seconds, system);
    }

    private static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** What was used since, as a share of one core. */
    String ofACore() throws IOException {
        double passed = (System.nanoTime() - nanos) / 1e9;
        return since(used -> "%.1f %%".formatted(used * 100 / passed));
    }

    /** What was used since, for each of so many. */
    String forEach(int count) throws IOException {
        return since(used -> "%.2f ms".formatted(used * 1e3 / count));
    }

    private String since(DoubleFunction<String> written) throws IOException {
        Map<String, Double> now = now(system).seconds();
        return seconds.entrySet().stream()
                .map(part -> part.getKey() + " "
                        + written.apply(now.getOrDefault(part.getKey(), part.getValue()) - part.getValue()))
                .collect(Collectors.joining(", "));
    }
}
