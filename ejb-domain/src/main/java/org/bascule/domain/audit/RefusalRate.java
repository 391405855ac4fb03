package org.bascule.domain.audit;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bascule.domain.id.Uuid7;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a flood of refused attempts from filling the log, which nobody can clean: within a minute one user gets {@value #PER_MINUTE} records, and all who
 * were not recognised get {@value #UNKNOWN_PER_MINUTE} in one domain. What is beyond is counted, and recorded as one number for each operation, with the first
 * {@value #MAX_RESOURCES} things that it was attempted on, when the minute is over, or the node is stopped (docs/decisions/0052). Each node counts for itself;
 * numbers that were not recorded yet are lost when it is killed.
 */
@ApplicationScoped
public class RefusalRate {

    static final int PER_MINUTE = 120;
    static final int UNKNOWN_PER_MINUTE = 600;

    /** Things that the record of a number names. */
    static final int MAX_RESOURCES = 20;

    /** Who is counted singly at a time; who comes on top shares the count of his domain. */
    static final int MAX_COUNTED = 10_000;

    private static final Duration WINDOW = Duration.ofMinutes(1);

    @Inject
    Clock clock;

    private final Map<Who, Window> windows = new HashMap<>();

    private record Who(String domainId, @Nullable String userId) {}

    private record Reading(Operation operation, @Nullable String resourceId, @Nullable String detail) {}

    private static final class Window {
        private final Instant end;
        private final Actor actor;
        private final Map<Operation, Beyond> beyond = new EnumMap<>(Operation.class);
        private final Set<Reading> readings = new HashSet<>();
        private int records;

        Window(Instant end, Actor actor) {
            this.end = end;
            this.actor = actor;
        }
    }

    /** What is only counted of one operation. */
    private static final class Beyond {
        private final Set<String> resources = new LinkedHashSet<>();
        private int number;
        private boolean others;

        void add(AuditEvent event) {
            number++;
            String id = event.resourceId();
            if (id == null || resources.contains(id)) {
                return;
            }
            // an id that was made up may be of any length
            if (resources.size() < MAX_RESOURCES && Uuid7.isUuid(id)) {
                resources.add(id);
            } else {
                others = true;
            }
        }

        String told() {
            String on =
                    resources.isEmpty() ? "" : ", on " + String.join(" ", resources) + (others ? " and others" : "");
            return number + " more refused attempts within a minute" + on;
        }
    }

    /** Whether the event gets a record of its own; otherwise it is counted. */
    synchronized boolean admits(AuditEvent event) {
        Window window = window(event);
        int most = window.actor.userId() == null ? UNKNOWN_PER_MINUTE : PER_MINUTE;
        if (window.records < most) {
            window.records++;
            return true;
        }
        window.beyond
                .computeIfAbsent(event.operation(), operation -> new Beyond())
                .add(event);
        return false;
    }

    /** Whether the same was not read by the same user within this minute; what was is neither recorded nor counted. Of too much that differs all is counted. */
    synchronized boolean isNewReading(AuditEvent event) {
        Set<Reading> readings = window(event).readings;
        return readings.size() >= PER_MINUTE
                || readings.add(new Reading(event.operation(), event.resourceId(), event.detail()));
    }

    private Window window(AuditEvent event) {
        String userId = event.actor().userId();
        Who who = new Who(event.domainId(), userId);
        Window known = windows.get(who);
        if (known != null) {
            // one that is over stays until it was read: it counts on meanwhile
            return known;
        }
        if (userId != null && windows.size() >= MAX_COUNTED) {
            who = new Who(event.domainId(), null);
            userId = null;
        }
        Actor actor = new Actor(userId, userId == null ? null : event.actor().name(), null);
        return windows.computeIfAbsent(who, key -> new Window(clock.instant().plus(WINDOW), actor));
    }

    /** Records for what was counted within minutes that are over, each given out once. */
    synchronized List<AuditEvent> over() {
        return ended(clock.instant());
    }

    /** The same for all minutes, those that go on too. */
    synchronized List<AuditEvent> all() {
        return ended(Instant.MAX);
    }

    private List<AuditEvent> ended(Instant now) {
        List<AuditEvent> records = new ArrayList<>();
        for (Iterator<Map.Entry<Who, Window>> all = windows.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Who, Window> each = all.next();
            Window window = each.getValue();
            if (window.end.isAfter(now)) {
                continue;
            }
            all.remove();
            window.beyond.forEach((operation, beyond) ->
                    records.add(AuditEvent.of(each.getKey().domainId(), window.actor, operation, Outcome.DENIED)
                            .saying(beyond.told())));
        }
        return records;
    }
}
