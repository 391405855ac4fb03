package org.bascule.web.login;

import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The logins that one browser has under way, one for each tab, the oldest dropped first. Each can be taken once. */
final class PendingLogins implements Serializable {

    static final String ATTRIBUTE = PendingLogins.class.getName();
    static final int MAX = 5;

    // guarded by this
    private final ArrayList<PendingLogin> logins = new ArrayList<>();

    synchronized void add(PendingLogin login) {
        logins.removeIf(old -> old.expired(login.started()));
        while (logins.size() >= MAX) {
            logins.remove(0);
        }
        logins.add(login);
    }

    /** Takes the login with this state out, so that an answer counts once. */
    synchronized Optional<PendingLogin> take(@Nullable String state, Instant now) {
        logins.removeIf(old -> old.expired(now));
        List<PendingLogin> found =
                logins.stream().filter(login -> login.state().equals(state)).toList();
        logins.removeAll(found);
        return found.stream().findFirst();
    }
}
