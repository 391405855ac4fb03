package org.bascule.domain.audit;

import org.jspecify.annotations.Nullable;

/**
 * What is to be recorded. Id and time are given when it is stored.
 *
 * @param domainId domain that it belongs to
 * @param actor who did it
 * @param resourceId what it was done to, if anything
 * @param resourceName its name at that time
 * @param sid remote session that it belongs to
 * @param detail a description for people; cut at 1,000 characters
 * @param changes values before and after, as {@link Changes#json} has them
 */
public record AuditEvent(
        String domainId,
        Actor actor,
        Operation operation,
        Outcome outcome,
        @Nullable String resourceId,
        @Nullable String resourceName,
        @Nullable String sid,
        @Nullable String detail,
        @Nullable String changes) {

    public static AuditEvent of(String domainId, Actor actor, Operation operation, Outcome outcome) {
        return new AuditEvent(domainId, actor, operation, outcome, null, null, null, null, null);
    }

    public AuditEvent on(@Nullable String id, @Nullable String name) {
        return new AuditEvent(domainId, actor, operation, outcome, id, name, sid, detail, changes);
    }

    public AuditEvent inSession(String id) {
        return new AuditEvent(domainId, actor, operation, outcome, resourceId, resourceName, id, detail, changes);
    }

    public AuditEvent saying(String text) {
        return new AuditEvent(domainId, actor, operation, outcome, resourceId, resourceName, sid, text, changes);
    }

    /** With values before and after. A name that is given up comes to the description, where the filter by text finds it; so the description is said before. */
    public AuditEvent changing(Changes made) {
        @Nullable
        String told = made.formerName()
                .map(name -> (detail == null || detail.isEmpty() ? "" : detail + ", ") + "formerly '" + name + "'")
                .orElse(detail);
        return new AuditEvent(domainId, actor, operation, outcome, resourceId, resourceName, sid, told, made.json());
    }
}
