package org.bascule.control.server;

import java.util.List;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * How it stands with the consent to a session ({@code docs/protocol/consent.md}).
 *
 * @param state {@code none}, {@code asking}, {@code granted}, {@code refused}, {@code timed-out} or {@code ended}
 * @param whom {@code device} or {@code approver}
 * @param by who answered; hostile text, as is the reason
 * @param operations what was asked for, or what is granted of it
 * @param seconds left for the answer
 */
public record ConsentState(
        String state,
        Optional<String> whom,
        Optional<String> by,
        Optional<String> reason,
        List<String> operations,
        long seconds) {

    public static final int MAX_WAIT = 25;

    private static final int MAX_LENGTH = 16 * 1_024;

    static ConsentState parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        return new ConsentState(
                json.string("state", 16),
                json.optionalString("whom", 16),
                json.optionalString("by", 256),
                json.optionalString("reason", 500),
                json.strings("operations", 16, 128),
                json.number("seconds", 0, 3_600));
    }

    public boolean isAsking() {
        return state.equals("asking");
    }
}
