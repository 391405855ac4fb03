package org.bascule.control.server;

import java.util.ArrayList;
import java.util.List;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.session.RelayAddress;

/**
 * Answer of {@code GET /api/relays}, as far as it is needed to measure them.
 *
 * @param probe {@link org.bascule.wire.relay.ProbeToken}, signed text
 */
public record RelayOffer(List<RelayAddress> relays, String probe) {

    public RelayOffer {
        relays = List.copyOf(relays);
    }

    static RelayOffer parse(StrictJson json) throws WireException {
        List<RelayAddress> relays = new ArrayList<>();
        for (StrictJson relay : json.children("relays", RelayList.MAX_RELAYS)) {
            relays.add(RelayAddress.parse(relay));
        }
        return new RelayOffer(relays, json.string("probe", RelayLimits.MAX_TOKEN));
    }

    @Override
    public String toString() {
        return "RelayOffer[" + relays + ", REDACTED]";
    }
}
