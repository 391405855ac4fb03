package org.bascule.session.stream;

import jakarta.json.JsonObject;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;

/** Both ends of a session in one process. */
final class SessionPair {

    static final Operations ALL = Operations.of(Operations.EXEC, Operations.TERMINAL);
    static final JsonObject NO_ARGUMENTS = Json.createObjectBuilder().build();

    final MemoryTransport.Pair transports = MemoryTransport.pair();
    final Recorder atClient = new Recorder();
    final Recorder atDevice = new Recorder();
    final Session client;
    final Session device;

    SessionPair() {
        this(ALL, TestConfig.QUICK);
    }

    SessionPair(Operations granted, SessionConfig config) {
        this(granted, config, null);
    }

    SessionPair(Operations granted, SessionConfig config, @org.jspecify.annotations.Nullable ServiceHandler services) {
        device = Session.device(
                RecordVectors.KEYS,
                granted,
                transports.device(),
                services == null ? atDevice : services,
                atDevice,
                config);
        client = Session.client(RecordVectors.KEYS, granted, transports.client(), atClient, config);
    }

    SessionStream open(Service service) throws StreamEndedException {
        return client.open(service, NO_ARGUMENTS, atClient);
    }
}
