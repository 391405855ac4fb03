package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.domain.live.LiveEvent;

/** Tells that devices, or what belongs to them, were changed. */
@Stateless
public class DeviceNews {

    @Inject
    Sql sql;

    @Inject
    Event<LiveEvent> live;

    /** To be called in the transaction that changed them; told after it. */
    public void changed(String domainId, Collection<String> uids) {
        sql.in(domainId)
                .statement(
                        """
                        select r.id, d.state, d.last_seen, r.name from resource r join device d on d.id = r.id
                        where r.domain_id = :domain and r.id in (:uids)""")
                .set("uids", uids)
                .list(row -> new LiveEvent.DeviceChanged(
                        domainId, row.text(1), row.text(2), row.instantOrNull(3), row.text(4)))
                .forEach(live::fire);
    }

    /** Tells that something was added, changed or removed behind a device; as above. */
    public void subDevicesChanged(String domainId, String uid) {
        changed(domainId, List.of(uid));
        live.fire(new LiveEvent.SubDevicesChanged(domainId, uid));
    }
}
