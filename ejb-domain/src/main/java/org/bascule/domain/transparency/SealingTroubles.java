package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Trees that cannot be sealed are tried again every second, and the log says so now and then. */
@ApplicationScoped
public class SealingTroubles {

    static final Duration AGAIN = Duration.ofMinutes(5);

    /** When it was said last, by tree. */
    private final Map<String, Instant> said = new ConcurrentHashMap<>();

    /** Whether this is worth saying: it is the first time, or a while ago that it was said. */
    boolean isNews(String tree, Instant now) {
        Instant last = said.get(tree);
        if (last != null && now.isBefore(last.plus(AGAIN))) {
            return false;
        }
        said.put(tree, now);
        return true;
    }

    /** Whether the tree could not be sealed when this node tried last. */
    boolean has(String tree) {
        return said.containsKey(tree);
    }

    void over(String tree) {
        said.remove(tree);
    }
}
