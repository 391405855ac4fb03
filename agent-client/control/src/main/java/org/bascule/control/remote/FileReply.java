package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.session.service.FileProblem;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;

/** What the device says on one stream of {@code file}. */
final class FileReply extends Reply<FileProblem> {

    /** 40 MB/s over a round trip of 100 ms. */
    static final int AHEAD = 4 << 20;

    FileReply() {
        super(AHEAD);
    }

    @Override
    Optional<FileProblem> problem(JsonObject event) throws WireException {
        return FileProblem.parseEvent(event);
    }

    /** An event of one member. */
    static JsonObject say(String member, String value) {
        return Json.createObjectBuilder().add(member, value).build();
    }

    static JsonObject say(String member, long value) {
        return Json.createObjectBuilder().add(member, value).build();
    }
}
