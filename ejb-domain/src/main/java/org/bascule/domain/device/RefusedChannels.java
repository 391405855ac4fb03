package org.bascule.domain.device;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Counts refusals that repeat, so that an agent which tries again and again fills neither the audit log nor the memory. */
final class RefusedChannels {

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int MAX = 10_000;

    /** What repeats. */
    record Kind(KnownDevice device, String address, ChannelRefusal refusal) {

        private String key() {
            return device.uid() + " " + refusal.code();
        }
    }

    /** Repetitions that are to be recorded. */
    record Repeated(Kind kind, long times) {}

    private static final class Counter {
        final Kind kind;
        final Instant since;
        long times;

        Counter(Kind kind, Instant since) {
            this.kind = kind;
            this.since = since;
        }
    }

    // guarded by this
    private final Map<String, Counter> counters = new HashMap<>();

    /** True if this is the first of its kind for a minute and is to be recorded at once; otherwise it is counted. */
    synchronized boolean isFirst(Kind kind, Instant now) {
        Counter counter = counters.get(kind.key());
        if (counter != null) {
            counter.times++;
            return false;
        }
        if (counters.size() < MAX) {
            counters.put(kind.key(), new Counter(kind, now));
        }
        return true;
    }

    /** Takes out what was counted for a minute. */
    synchronized List<Repeated> due(Instant now) {
        List<Repeated> due = new ArrayList<>();
        Iterator<Counter> all = counters.values().iterator();
        while (all.hasNext()) {
            Counter counter = all.next();
            if (!now.isBefore(counter.since.plus(INTERVAL))) {
                all.remove();
                if (counter.times > 0) {
                    due.add(new Repeated(counter.kind, counter.times));
                }
            }
        }
        return due;
    }
}
