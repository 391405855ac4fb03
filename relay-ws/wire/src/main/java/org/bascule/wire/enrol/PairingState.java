package org.bascule.wire.enrol;

import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Answer of {@code POST /api/pair/{id}}.
 *
 * @param state one of the constants here; an agent takes another for a refusal
 * @param by who accepted it, hostile text
 * @param enrolment what the machine became, once it was accepted
 */
public record PairingState(String state, Optional<String> by, Optional<EnrolAnswer> enrolment) {

    public static final String WAITING = "waiting";
    public static final String ACCEPTED = "accepted";
    public static final String REJECTED = "rejected";
    public static final String EXPIRED = "expired";
    /** The hardware is registered already. */
    public static final String BOUND = "bound";

    private static final int MAX_LENGTH = 64 * 1_024;

    public static PairingState of(String state) {
        return new PairingState(state, Optional.empty(), Optional.empty());
    }

    public String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("state", state);
        by.ifPresent(value -> json.add("by", value));
        enrolment.ifPresent(value -> json.add("enrolment", value.json()));
        return json.build().toString();
    }

    public static PairingState parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        Optional<StrictJson> enrolment = json.optionalChild("enrolment");
        return new PairingState(
                json.string("state", 20),
                json.optionalString("by", 200),
                enrolment.isPresent() ? Optional.of(EnrolAnswer.parse(enrolment.get())) : Optional.empty());
    }
}
