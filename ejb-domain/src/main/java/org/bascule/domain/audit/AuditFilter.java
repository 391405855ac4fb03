package org.bascule.domain.audit;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are wanted; null stands for "any".
 *
 * @param from included
 * @param to not included
 * @param text part of a name, an address or a description, which says former names too
 * @param code operation code
 * @param outcome outcome code
 * @param userId id of the acting user
 * @param resourceId id of the resource
 * @param sid remote session
 */
public record AuditFilter(
        @Nullable Instant from,
        @Nullable Instant to,
        @Nullable String text,
        @Nullable String code,
        @Nullable String outcome,
        @Nullable String userId,
        @Nullable String resourceId,
        @Nullable String sid) {

    /** Everything. */
    public static final AuditFilter ALL = new AuditFilter(null, null, null, null, null, null, null, null);

    /** Of whatever session, or of none. */
    public AuditFilter(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String text,
            @Nullable String code,
            @Nullable String outcome,
            @Nullable String userId,
            @Nullable String resourceId) {
        this(from, to, text, code, outcome, userId, resourceId, null);
    }

    public AuditFilter {
        userId = userId == null ? null : userId.toLowerCase(Locale.ROOT);
        resourceId = resourceId == null ? null : resourceId.toLowerCase(Locale.ROOT);
    }

    /** For the record of an export: what was asked for. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        add(text, "from", from);
        add(text, "to", to);
        add(text, "text", this.text);
        add(text, "code", code);
        add(text, "outcome", outcome);
        add(text, "user", userId);
        add(text, "resource", resourceId);
        add(text, "session", sid);
        return text.isEmpty() ? "everything" : text.toString();
    }

    private static void add(StringBuilder text, String name, @Nullable Object value) {
        if (value != null) {
            text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(value);
        }
    }
}
