package org.bascule.session.stream;

import jakarta.json.JsonObject;

/** Decides about streams that the other end opens. Called by the receiving thread, must not block. The session has checked the ticket's operations before. */
@FunctionalInterface
public interface ServiceHandler {

    /**
     * Accepts a stream.
     *
     * @param stream may be written to from now on; nothing of it arrives before this returns
     * @param arguments as given by the other end: to be checked
     * @throws StreamRefusedException if it is not accepted; the stream is reset with that reason
     */
    StreamHandler open(SessionStream stream, Service service, JsonObject arguments) throws StreamRefusedException;

    /** Of a client: the agent opens none. */
    static ServiceHandler none() {
        return (stream, service, arguments) -> {
            throw new StreamRefusedException(EndReason.NO_SUCH_SERVICE, "");
        };
    }
}
