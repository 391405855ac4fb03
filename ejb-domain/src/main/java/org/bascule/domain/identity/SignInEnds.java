package org.bascule.domain.identity;

import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.domain.live.LiveEvent;

/** Ends sign-ins, and with them what was opened with them (requirement IDN-9). One of several that hear of the same end does it, and is told so. */
@Dependent
public class SignInEnds {

    private static final String OPEN = "select id from sign_in where domain_id = :domain and ended is null and ";
    private static final String IN_ORDER = " order by id for update";

    @Inject
    Sql sql;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    public boolean of(String domainId, String id) {
        return end(domainId, "id = :value", id);
    }

    /** All that came with a session of the realm, whichever programs they are. */
    public boolean ofRealmSession(String domainId, String realmSession) {
        return end(domainId, "realm_session = :value", realmSession);
    }

    public boolean ofProvider(String domainId, String provider) {
        return end(domainId, "provider_id = :value", provider);
    }

    public boolean ofUser(String domainId, String userId) {
        return end(domainId, "user_id = :value", userId);
    }

    /**
     * All of a user that began before a time, but for the browser's with a session of the realm.
     *
     * @param realmSession empty if none goes on
     */
    public boolean ofUserBefore(String domainId, String userId, Instant time, String realmSession) {
        return end(
                domainId,
                sql.in(domainId)
                        .statement(OPEN + "user_id = :user and since <= :time"
                                + " and (client <> 'browser' or coalesce(realm_session, '') <> :kept or :kept = '')"
                                + IN_ORDER)
                        .set("user", userId)
                        .set("time", time)
                        .set("kept", realmSession)
                        .list(row -> row.text(1)));
    }

    private boolean end(String domainId, String which, String value) {
        return end(
                domainId,
                sql.in(domainId)
                        .statement(OPEN + which + IN_ORDER)
                        .set("value", value)
                        .list(row -> row.text(1)));
    }

    private boolean end(String domainId, List<String> open) {
        for (String id : open) {
            sql.in(domainId)
                    .statement("update sign_in set ended = :now where domain_id = :domain and id = :id")
                    .set("now", clock.instant().truncatedTo(ChronoUnit.MILLIS))
                    .set("id", id)
                    .update();
            live.fire(new LiveEvent.CredentialEnded(domainId, id));
        }
        return !open.isEmpty();
    }
}
