package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.database.Sql;
import org.bascule.wire.SessionId;

/** Where the devices of sessions were when these began: reports count them there, whatever is moved or deleted later. */
@Stateless
public class SessionPlaces {

    @Inject
    Sql sql;

    private record Place(String folder, boolean nearest, boolean root, Instant created) {}

    /** Keeps where the device of a session is now, and every folder above. To be called in the transaction that starts it. */
    public void keep(String domainId, SessionId sid) {
        // read for itself: a statement that reads and writes would lock folders in another order than moves do
        List<Place> places = sql.in(domainId)
                .statement(
                        """
                        select c.ancestor_id, c.depth = 0, f.parent_id is null, s.created from remote_session s
                          join resource r on r.domain_id = s.domain_id and r.id = s.device_id
                          join folder_closure c on c.descendant_id = r.parent_id
                          join resource f on f.id = c.ancestor_id
                        where s.domain_id = :domain and s.sid = :sid""")
                .set("sid", sid.hex())
                .list(row -> new Place(row.text(1), row.flag(2), row.flag(3), row.instant(4)));
        places.stream().filter(Place::nearest).forEach(place -> sql.in(domainId)
                .statement("update remote_session set folder_id = :folder where domain_id = :domain and sid = :sid")
                .set("folder", place.folder())
                .set("sid", sid.hex())
                .update());
        sql.in(domainId)
                .statement("insert into session_place (domain_id, folder_id, created, sid)"
                        + " values (:domain, :folder, :created, :sid)")
                .set("sid", sid.hex())
                .updateEach(
                        places.stream().filter(place -> !place.root()).toList(),
                        (row, place) -> row.set("folder", place.folder()).set("created", place.created()));
    }
}
