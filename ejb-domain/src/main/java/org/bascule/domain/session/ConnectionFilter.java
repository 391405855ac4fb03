package org.bascule.domain.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which connections are wanted; null stands for "any".
 *
 * @param from of the request of the session, included
 * @param to not included
 * @param userId who connected
 * @param deviceUid to what
 * @param state {@code running} or {@code ended}
 * @param text part of the name of the user or the device, of the reason, the comment or an address
 */
public record ConnectionFilter(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String userId,
        @Nullable String deviceUid,
        @Nullable String state,
        @Nullable String text) {

    /** For the record of an export: what was asked for. */
    @Override
    public String toString() {
        StringBuilder said = new StringBuilder();
        add(said, "from", from);
        add(said, "to", to);
        add(said, "user", userId);
        add(said, "device", deviceUid);
        add(said, "state", state);
        add(said, "text", text);
        return said.isEmpty() ? "everything" : said.toString();
    }

    private static void add(StringBuilder said, String name, @Nullable Object value) {
        if (value != null) {
            said.append(said.isEmpty() ? "" : ", ").append(name).append(' ').append(value);
        }
    }
}
