package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;

/** What may be watched (AUD-8): one running session of somebody else on the same device, in a session that is for nothing else. The permission is checked with all others. */
@ApplicationScoped
public class WatchRules {

    @Inject
    SessionStore store;

    /**
     * Whether the operations that somebody asks for watch what may be watched; says nothing about others.
     *
     * @throws RefusedException {@code INVALID} for more than one operation, {@code CONFLICT} if that session does not run or is the caller's own
     */
    public void require(Caller caller, String deviceUid, Operations operations) throws RefusedException {
        Optional<SessionId> watched = watched(operations);
        if (watched.isEmpty()) {
            return;
        }
        if (operations.names().size() > 1) {
            throw RefusedException.invalid("operations", "Who watches a session does nothing else in the same one.");
        }
        boolean watchable = store.ownership(caller.domainId(), watched.get())
                .filter(session -> session.deviceUid().equals(deviceUid)
                        && session.state().equals("running")
                        && !session.userId().equals(caller.userId()))
                .isPresent();
        if (!watchable) {
            throw new RefusedException(
                    Problem.CONFLICT, "The session does not run on this device any more, or is your own.");
        }
    }

    /** Whether a session watches another one, and that one is over. */
    public boolean isOver(StoredSession session) {
        return watched(session.operations())
                .map(sid -> store.runningOn(session.deviceUid(), sid).isEmpty())
                .orElse(false);
    }

    private static Optional<SessionId> watched(Operations operations) {
        List<SessionId> all = operations.names().stream()
                .map(Operations::watched)
                .flatMap(Optional::stream)
                .toList();
        return all.stream().findFirst();
    }
}
