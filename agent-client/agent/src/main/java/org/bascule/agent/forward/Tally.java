package org.bascule.agent.forward;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says of many connections to the same target one by one only the first; how many there were since, a while later. Thread-safe. */
final class Tally {

    /** To be reported. */
    record Due(Key key, long count) {}

    record Key(String sid, String target) {}

    private static final long WHILE = 10_000_000_000L;
    private static final int MAX = 512;

    private static final class Since {
        private final long begin;
        private long count;

        Since(long begin) {
            this.begin = begin;
        }
    }

    private final Map<Key, Since> all = new LinkedHashMap<>();

    /** Another one. What is to be reported now, this one with it if it is the first. */
    synchronized List<Due> add(Key key, long now) {
        List<Due> due = due(now);
        Since since = all.get(key);
        if (since != null) {
            since.count++;
        } else {
            if (all.size() >= MAX) {
                Key eldest = all.keySet().iterator().next();
                report(eldest, all.remove(eldest), due);
            }
            all.put(key, new Since(now));
            due.add(new Due(key, 1));
        }
        return due;
    }

    /** What has waited long enough. */
    synchronized List<Due> due(long now) {
        List<Due> due = new ArrayList<>();
        all.entrySet().removeIf(entry -> {
            boolean old = now - entry.getValue().begin >= WHILE;
            if (old) {
                report(entry.getKey(), entry.getValue(), due);
            }
            return old;
        });
        return due;
    }

    private static void report(Key key, Since since, List<Due> to) {
        if (since.count > 0) {
            to.add(new Due(key, since.count));
        }
    }
}
