package org.bascule.domain.identity;

import java.time.Instant;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in a realm, as the identity provider tells it. All texts are hostile: whoever failed to log in chose the name and the program.
 *
 * @param operation null for what is recorded elsewhere, or says nothing
 * @param subject the user's id in the realm; empty if nobody was recognised
 * @param session of the realm; empty if none was concerned
 * @param detail what was done and the provider's code, such as {@code browser: login error: invalid_user_credentials}
 * @param userAgent empty if nobody told one
 */
record RealmEvent(
        String id,
        Instant time,
        @Nullable Operation operation,
        Outcome outcome,
        String subject,
        String userName,
        String address,
        String session,
        String detail,
        String userAgent) {

    /** The lists of events that a realm keeps. */
    enum Source {
        /** What users did, or failed to do. */
        USER("user", "events"),
        /** What was changed by its administration interface. */
        ADMIN("admin", "admin-events");

        private final String code;
        private final String path;

        Source(String code, String path) {
            this.code = code;
            this.path = path;
        }

        String code() {
            return code;
        }

        String path() {
            return path;
        }
    }

    /** For the audit log. */
    String description() {
        return userAgent.isEmpty() ? detail : detail + ", with " + userAgent;
    }
}
