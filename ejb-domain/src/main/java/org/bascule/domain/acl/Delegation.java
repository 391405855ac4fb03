package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;

/**
 * How far administrators may go (requirement ACL-7). Whoever manages permissions on a resource sets and changes entries there about permissions that
 * he holds there himself, by an entry that may be passed on, and for no longer than that entry and he himself last: a partner's people have an end. Entries farther up are out of reach, because
 * one must manage permissions where they are set.
 */
@Stateless
public class Delegation {

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    /** Whether the caller may set such an entry, or change or remove one, on a resource whose permissions the caller manages. */
    public boolean mayPass(Caller caller, Permission permission, String resource, Validity validity) {
        Instant ends = authorization.ends(caller);
        // what the caller came with may leave less than what the entries give
        return authorization.allows(caller, permission, resource)
                && authorization
                        .explain(caller.domainId(), caller.userId(), permission, resource)
                        .filter(explanation -> covers(explanation, validity, ends))
                        .isPresent();
    }

    private static boolean covers(Explanation explanation, Validity validity, Instant ends) {
        Entry deciding = explanation.deciding();
        return explanation.granted()
                && deciding != null
                && deciding.effect() == Effect.ALLOW
                && deciding.delegable()
                && validity.isWithin(deciding.validity())
                && (ends.equals(Instant.MAX)
                        || validity.until() != null && !validity.until().isAfter(ends));
    }

    /**
     * Which of some permissions others may gain by inheritance for all the caller has to say, without limits of time, on each of many resources; those that do not exist are missing. He must be able
     * to pass them on, but for operating the installation: that counts on the root folder alone, and who inherits it has gained nothing.
     */
    public Map<String, Set<Permission>> passable(
            Caller caller, Set<Permission> permissions, Collection<String> resources) {
        Instant ends = authorization.ends(caller);
        Map<String, Set<Permission>> held = authorization.permissions(caller, resources);
        Map<String, Set<Permission>> passable = new HashMap<>();
        authorization
                .explain(caller.domainId(), caller.userId(), permissions, resources)
                .forEach((id, explanations) -> passable.put(
                        id,
                        explanations.stream()
                                .filter(explanation -> covers(explanation, Validity.ALWAYS, ends))
                                .map(Explanation::permission)
                                .filter(held.getOrDefault(id, Set.of())::contains)
                                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Permission.class)))));
        if (permissions.contains(Permission.OPERATE_INSTALLATION)) {
            passable.values().forEach(some -> some.add(Permission.OPERATE_INSTALLATION));
        }
        return passable;
    }

    /**
     * Refuses and audits what brings entries into force, or takes some out of force, by which somebody gains what the caller may not give: to be asked
     * with the permissions that are gained, wherever the caller could set entries about them himself. Without limits of time, because what is set there
     * later counts as well.
     *
     * @throws RefusedException {@code DELEGATION} naming the first such permission
     */
    public void requireMayGain(Caller caller, Operation operation, Set<Permission> gained, String resource)
            throws RefusedException {
        Set<Permission> passable = passable(caller, gained, List.of(resource)).getOrDefault(resource, Set.of());
        for (Permission permission : gained) {
            if (!passable.contains(permission)) {
                audit.recordRefused(caller.did(operation, Outcome.DENIED)
                        .on(resource, null)
                        .saying("does not hold " + permission.code() + " to pass on"));
                throw RefusedException.saying(Problem.DELEGATION, gains(permission));
            }
        }
    }

    /** For people: why what gives somebody a permission is refused. */
    public static Sentence gains(Permission permission) {
        return Sentence.of(
                "By this somebody may gain a permission that you may not pass on here: '%s'.", permission.sentence());
    }

    /**
     * Refuses and audits what goes too far.
     *
     * @throws RefusedException {@code DELEGATION} naming the permission
     */
    public void requireMayPass(
            Caller caller, Operation operation, Permission permission, String resource, Validity validity)
            throws RefusedException {
        if (!mayPass(caller, permission, resource, validity)) {
            audit.recordRefused(caller.did(operation, Outcome.DENIED)
                    .on(resource, null)
                    .saying("does not hold " + permission.code() + " to pass on"));
            throw new RefusedException(
                    Problem.DELEGATION,
                    "You may only set entries about permissions that you hold here yourself, may pass on, and hold for as long: not '%s'.",
                    permission.sentence());
        }
    }

    /** Whether the caller may change or remove an entry. */
    public boolean mayChange(Caller caller, Entry entry, Instant now) {
        return authorization.allows(caller, Permission.MANAGE_PERMISSIONS, entry.resource())
                && mayPass(caller, entry.permission(), entry.resource(), remaining(entry.validity(), now));
    }

    /** What has begun already can be judged by its rest. */
    public static Validity remaining(Validity validity, Instant now) {
        Instant from = validity.from() == null || validity.from().isBefore(now) ? now : validity.from();
        return new Validity(from, validity.until(), validity.window());
    }
}
