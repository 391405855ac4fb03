package org.bascule.agent.system;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Looks at all processes again and again. Each costs one small read; what rarely changes (account, command line) is read again when the program's name is another, and of every
 * eighth process each time. For one thread.
 */
final class ProcessTable {

    /** More are not shown. */
    static final int MAX_PROCESSES = 20_000;

    /** USER_HZ of Linux, on every processor that this agent runs on. */
    private static final int TICKS_PER_SECOND = 100;

    private static final int TURNS = 8;

    private record Seen(ProcFiles.Stat stat, String user, String command) {}

    private final ProcFiles files;
    private final LongSupplier nanos;
    private Map<Long, Seen> seen = new HashMap<>();
    private long taken;
    private int turn;

    ProcessTable(ProcFiles files, LongSupplier nanos) {
        this.files = files;
        this.nanos = nanos;
    }

    /** All processes by number, with their share of the time since the last call. */
    Map<Long, ProcessRow> sample() throws IOException {
        long now = nanos.getAsLong();
        double seconds = (now - taken) / 1e9;
        taken = now;
        turn = (turn + 1) % TURNS;
        Map<Long, Seen> next = new HashMap<>();
        Map<Long, ProcessRow> rows = new TreeMap<>();
        for (long pid : files.pids(MAX_PROCESSES)) {
            try {
                look(pid, seconds, next, rows);
            } catch (IOException e) {
                // gone meanwhile
            }
        }
        seen = next;
        return rows;
    }

    private void look(long pid, double seconds, Map<Long, Seen> next, Map<Long, ProcessRow> rows) throws IOException {
        ProcFiles.Stat stat = files.stat(pid);
        Optional<Seen> before =
                Optional.ofNullable(seen.get(pid)).filter(known -> known.stat().start() == stat.start());
        Optional<Seen> same = before.filter(known -> known.stat().name().equals(stat.name()) && pid % TURNS != turn);
        Seen now = same.isPresent()
                ? new Seen(stat, same.get().user(), same.get().command())
                : new Seen(stat, files.user(files.uids(pid).effective()), files.command(pid));
        next.put(pid, now);
        rows.put(
                pid,
                new ProcessRow(
                        pid,
                        stat.start(),
                        stat.parent(),
                        now.user(),
                        stat.state(),
                        stat.threads(),
                        before.map(known -> share(stat.ticks() - known.stat().ticks(), seconds))
                                .orElse(-1L),
                        stat.memory(),
                        stat.name(),
                        now.command()));
    }

    private static long share(long ticks, double seconds) {
        return seconds <= 0 ? 0 : Math.max(0, Math.round(ticks * 1_000.0 / TICKS_PER_SECOND / seconds));
    }
}
