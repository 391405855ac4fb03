package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.transfer.Plan.Action;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Consent;
import org.jspecify.annotations.Nullable;

/** Lines about session policies and about fixed relays: what is set for one thing, or not set there any more. */
final class PolicyLines {

    private final Draft draft;

    /** Ids of those that sessions may use. */
    private final Set<String> relays;

    PolicyLines(Draft draft, Set<String> relays) {
        this.draft = draft;
        this.relays = relays;
    }

    void sessionPolicy(Line line) throws LineRefusedException {
        if (draft.leavesOut(line)) {
            return;
        }
        Draft.Named resource = draft.resource(line);
        require(
                resource.kind() == Kind.FOLDER || resource.kind() == Kind.DEVICE,
                Column.RESOURCE,
                "A session policy is set for a folder or a device.");
        SessionPolicy before = draft.state.sessionPolicies.get(resource.id());
        SessionPolicy after =
                line.delete() ? null : wanted(line, Objects.requireNonNullElse(before, SessionPolicy.DEFAULT));
        Fields fields = new Fields()
                .add("consent", of(before, SessionPolicy::consentText), of(after, SessionPolicy::consentText))
                .add(
                        "reasonRequired",
                        of(before, SessionPolicy::reasonRequired),
                        of(after, SessionPolicy::reasonRequired))
                .add("fullLog", of(before, SessionPolicy::fullLog), of(after, SessionPolicy::fullLog))
                .add(
                        "timeoutSeconds",
                        of(before, SessionPolicy::timeoutSeconds),
                        of(after, SessionPolicy::timeoutSeconds));
        set(
                line,
                resource,
                draft.plan.sessionPolicies,
                before,
                after,
                Permission.SET_CONSENT_POLICY,
                Operation.SESSION_POLICY_SET,
                fields);
    }

    private static @Nullable Object of(
            @Nullable SessionPolicy policy, java.util.function.Function<SessionPolicy, Object> part) {
        return policy == null ? null : part.apply(policy);
    }

    private static SessionPolicy wanted(Line line, SessionPolicy before) throws LineRefusedException {
        Integer timeout = Cells.number(line, Column.TIMEOUT_SECONDS, before.timeoutSeconds());
        int seconds = timeout == null ? SessionPolicy.DEFAULT.timeoutSeconds() : timeout;
        require(
                seconds >= SessionPolicy.MIN_TIMEOUT && seconds <= SessionPolicy.MAX_TIMEOUT,
                Column.TIMEOUT_SECONDS,
                "A question waits %d to %d seconds for its answer.",
                SessionPolicy.MIN_TIMEOUT,
                SessionPolicy.MAX_TIMEOUT);
        return new SessionPolicy(
                line.has(Column.CONSENT)
                        ? consent(line.value(Column.CONSENT).orElse(SessionPolicy.NEVER))
                        : before.consent(),
                Cells.flag(line, Column.REASON_REQUIRED, !line.has(Column.REASON_REQUIRED) && before.reasonRequired()),
                Cells.flag(line, Column.FULL_LOG, !line.has(Column.FULL_LOG) && before.fullLog()),
                seconds);
    }

    private static Optional<Consent> consent(String text) throws LineRefusedException {
        try {
            return text.equals(SessionPolicy.NEVER) ? Optional.empty() : Optional.of(Consent.parse(text));
        } catch (WireException e) {
            throw new LineRefusedException(Column.CONSENT, "Consent is 'never', 'device' or 'approver'.");
        }
    }

    void fixedRelay(Line line) throws LineRefusedException {
        if (draft.leavesOut(line)) {
            return;
        }
        Draft.Named resource = draft.resource(line);
        require(resource.kind() != Kind.GROUP, Column.RESOURCE, "A relay is set for a folder, a device or a user.");
        String before = draft.state.fixedRelays.get(resource.id());
        String after = line.delete() ? null : Cells.required(line, Column.RELAY);
        require(
                after == null || after.equals(before) || relays.contains(after),
                Column.RELAY,
                "There is no relay of this name.");
        set(
                line,
                resource,
                draft.plan.fixedRelays,
                before,
                after,
                resource.kind() == Kind.USER ? Permission.MANAGE_USERS : Permission.CONFIGURE_DEVICES,
                Operation.RELAY_FIXED,
                new Fields().add("relay", before, after));
    }

    private <T> void set(
            Line line,
            Draft.Named resource,
            Map<String, Optional<T>> plan,
            @Nullable T before,
            @Nullable T after,
            Permission permission,
            Operation operation,
            Fields fields)
            throws LineRefusedException {
        draft.once(line.kind().code() + " " + resource.id(), Column.RESOURCE);
        if (Objects.equals(before, after)) {
            draft.unchanged();
            return;
        }
        Draft.permit(draft.holdsOn(permission, resource.id()), permission);
        draft.keep(resource.id());
        plan.put(resource.id(), Optional.ofNullable(after));
        Action action = after == null ? Action.DELETE : before == null ? Action.CREATE : Action.UPDATE;
        draft.tell(line, action, Cells.required(line, Column.RESOURCE), fields.text());
        draft.log(operation, resource.id(), resource.name(), fields.changes());
    }
}
