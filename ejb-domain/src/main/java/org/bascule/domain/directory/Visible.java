package org.bascule.domain.directory;

import org.bascule.domain.acl.Scope;
import org.bascule.domain.database.Statement;

/**
 * What of the devices a caller sees.
 *
 * @param devices where he sees devices
 * @param calls where he receives requests for assistance: a search does not tell anybody else of them
 */
record Visible(Scope devices, Scope calls) {

    Visible {
        calls = calls.named("calls");
    }

    /** The condition on {@code resource r} and {@code device d}. */
    String condition(DeviceSearch search) {
        return devices.things("r") + search.condition(receives());
    }

    /** Whether the requests of a device {@code r} are received. */
    String receives() {
        return calls.isEmpty() ? "false" : calls.things("r");
    }

    /** Binds the values of both. */
    Statement bind(Statement statement, DeviceSearch search) {
        return calls.bind(devices.bind(search.bind(statement)));
    }
}
