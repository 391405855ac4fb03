package org.bascule.domain.directory;

import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Statement;

/**
 * What of the devices a caller sees.
 *
 * @param devices where he sees devices
 * @param calls where he receives requests for assistance: a search does not tell anybody else of them
 * @param hits the only devices that a search or a state leaves, where those are few
 */
record Visible(Scope devices, Scope calls, Optional<List<String>> hits) {

    Visible {
        calls = calls.named("calls");
        hits = hits.map(List::copyOf);
    }

    /** Whether nothing can be found, so that nothing needs to be asked. */
    boolean isEmpty() {
        return devices.isEmpty() || hits.filter(List::isEmpty).isPresent();
    }

    /** The same of the devices in one state. */
    Visible in(SearchHits search, DeviceState state) {
        return hits.isPresent() || devices.isNarrow() || search.search().isForFew()
                ? this
                : new Visible(devices, calls, search.devices(state));
    }

    /**
     * The conditions on {@code resource r}, {@code device d} and, for a search that reads them, {@code device_search t}, each begun by {@code and}. They are decided on as they are written: what
     * is searched for leaves few, and costs less to look at than rights.
     */
    String condition(DeviceSearch search) {
        return search.condition(receives()) + (hits.isPresent() ? " and r.id in (:hits)" : "") + " and " + seen(search);
    }

    private String seen(DeviceSearch search) {
        if (search.readsTexts()) {
            return devices.thingsAfter("t.resource_text", "r");
        }
        return search.readsDevices() ? devices.thingsAfter("d.state", "r") : devices.things("r");
    }

    /** Whether the requests of a device {@code r} are received. */
    String receives() {
        return calls.isEmpty() ? "false" : calls.things("r");
    }

    /** Binds the values of both. */
    Statement bind(Statement statement, DeviceSearch search) {
        hits.ifPresent(ids -> statement.set("hits", ids));
        return calls.bind(devices.bind(search.bind(statement)));
    }
}
