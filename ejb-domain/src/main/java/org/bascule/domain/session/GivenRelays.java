package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.domain.relay.LiveRelay;

/** Which relays were given to a session: only they are believed when they tell what they have forwarded of it. */
@Stateless
public class GivenRelays {

    @Inject
    Sql sql;

    /** Before its ends get tokens for these. */
    public void give(StoredSession session, List<LiveRelay> relays) {
        for (LiveRelay relay : relays) {
            sql.in(session.domainId())
                    .statement("insert ignore into session_relay (sid, relay)"
                            + " select sid, :relay from remote_session where domain_id = :domain and sid = :sid")
                    .set("relay", relay.id())
                    .set("sid", session.sid().hex())
                    .update();
        }
    }
}
