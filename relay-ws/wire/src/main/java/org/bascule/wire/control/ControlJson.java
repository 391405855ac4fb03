package org.bascule.wire.control;

import jakarta.json.JsonArrayBuilder;
import java.util.List;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Members that several messages have. */
final class ControlJson {

    private ControlJson() {}

    static JsonArrayBuilder array(List<String> values) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(array::add);
        return array;
    }

    static SessionId sid(StrictJson json) throws WireException {
        return SessionId.parse(json.string("sid", 32));
    }
}
