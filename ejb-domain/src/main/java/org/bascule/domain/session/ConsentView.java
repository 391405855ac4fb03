package org.bascule.domain.session;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with the consent to a session.
 *
 * @param state {@code none} (nobody is asked), {@code asking}, {@code granted}, {@code refused}, {@code timed-out} or {@code ended}
 * @param whom {@code device} or {@code approver}; null if nobody is asked
 * @param by who answered; hostile text
 * @param reason why it was refused, in that person's words; hostile text
 * @param operations what was asked for, or what is granted of it
 * @param until when the question is refused by itself
 */
public record ConsentView(
        String state,
        @Nullable String whom,
        @Nullable String by,
        @Nullable String reason,
        List<String> operations,
        @Nullable Instant until) {

    public static final String NONE = "none";
    public static final String ASKING = "asking";
    public static final String GRANTED = "granted";
    public static final String REFUSED = "refused";
    public static final String TIMED_OUT = "timed-out";
    public static final String ENDED = "ended";

    boolean isAsking() {
        return state.equals(ASKING);
    }
}
