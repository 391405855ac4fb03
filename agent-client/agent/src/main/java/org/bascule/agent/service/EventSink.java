package org.bascule.agent.service;

import jakarta.json.JsonObject;
import java.io.IOException;

/** Where a client of a session is told something. */
@FunctionalInterface
public interface EventSink {

    /** Sends an event beside a stream's bytes, in order with them. */
    void event(JsonObject event) throws IOException;
}
