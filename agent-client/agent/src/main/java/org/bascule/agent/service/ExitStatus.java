package org.bascule.agent.service;

import jakarta.json.Json;
import jakarta.json.JsonObject;

/** How a process ended, as the client is told. */
public sealed interface ExitStatus {

    /** By itself. */
    record Code(int code) implements ExitStatus {}

    /** By a signal. */
    record Signal(int signal) implements ExitStatus {}

    default JsonObject toJson() {
        var exit = Json.createObjectBuilder();
        if (this instanceof Code code) {
            exit.add("code", code.code());
        } else if (this instanceof Signal signal) {
            exit.add("signal", signal.signal());
        }
        return Json.createObjectBuilder().add("exit", exit).build();
    }
}
