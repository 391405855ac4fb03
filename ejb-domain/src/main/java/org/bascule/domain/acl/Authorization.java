package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.RightsSnapshot.Principals;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a caller may do something to a resource: the only place that does. Answers come from memory ({@link Snapshots}); a resource that
 * is no folder is looked up once.
 */
@Stateless
public class Authorization {

    private static final Set<Permission> ADMINISTRATOR = administrator();

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    Snapshots snapshots;

    @Inject
    Requirements requirements;

    @Inject
    FreshFactors factors;

    @Inject
    Clock clock;

    private static Set<Permission> administrator() {
        Set<Permission> permissions = EnumSet.copyOf(Permission.of(Permission.Kind.ADMINISTRATION));
        permissions.removeAll(
                EnumSet.of(Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.RECEIVE_ASSISTANCE_REQUESTS));
        return permissions;
    }

    /**
     * Returns if the caller holds the permission on the resource. Otherwise the attempt is audited and refused.
     *
     * @throws RefusedException {@code NOT_FOUND} if the caller may not even see the resource or there is none, else {@code FORBIDDEN}
     */
    public void require(Caller caller, Permission permission, String resourceId) throws RefusedException {
        if (meets(caller, permission, resourceId)) {
            return;
        }
        Optional<String> name = Uuid7.isUuid(resourceId) ? name(caller.domainId(), resourceId) : Optional.empty();
        if (name.isEmpty()) {
            throw RefusedException.notFound();
        }
        refused(caller, permission, resourceId, name.get());
        throw allows(caller, Permission.SEE_RESOURCES, resourceId)
                ? RefusedException.forbidden()
                : RefusedException.notFound();
    }

    /** The same for what concerns the domain as a whole: on its root folder. Refuses with {@code FORBIDDEN}. */
    public void requireOnDomain(Caller caller, Permission permission) throws RefusedException {
        String root = root(caller.domainId());
        if (!meets(caller, permission, root)) {
            refused(caller, permission, root, caller.domainName());
            throw RefusedException.forbidden();
        }
    }

    /**
     * The same for whoever answers a refusal in a way of his own: whether the caller holds the permission and so may go on. Whoever only wants to know asks
     * {@link #allows(Caller, Permission, String)}.
     *
     * @throws RefusedException {@code FACTOR_NOT_FRESH} if the caller holds it and has to prove a second factor first
     */
    public boolean meets(Caller caller, Permission permission, String resourceId) throws RefusedException {
        if (!allows(caller, permission, resourceId)) {
            return false;
        }
        factors.require(caller, permission, resourceId);
        requirements.met(permission, resourceId);
        return true;
    }

    private void refused(Caller caller, Permission permission, String resourceId, @Nullable String name) {
        audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                .on(resourceId, name)
                .saying("without the permission " + permission.code()));
    }

    /**
     * Whether the caller holds the permission by which a resource is seen, for whoever answers that there is none such otherwise. An attempt at one that
     * exists in the domain and stays hidden is audited.
     */
    public boolean shows(Caller caller, Permission permission, String resourceId) {
        if (allows(caller, permission, resourceId)) {
            return true;
        }
        if (Uuid7.isUuid(resourceId)) {
            name(caller.domainId(), resourceId).ifPresent(name -> refused(caller, permission, resourceId, name));
        }
        return false;
    }

    /** Asks about the domain as a whole without auditing. */
    public boolean holdsOnDomain(Caller caller, Permission permission) {
        return allows(caller, permission, root(caller.domainId()));
    }

    /** Asks without auditing. */
    public boolean allows(Caller caller, Permission permission, String resourceId) {
        return allows(caller.domainId(), caller.userId(), caller.credential(), permission, resourceId);
    }

    /** Whether the user is one of these users and groups, or is in one of them, directly or through groups. */
    public boolean isOneOf(String domainId, String userId, Set<String> principals) {
        return principals.contains(userId)
                || !snapshots.of(domainId).namedAmong(userId, principals).isEmpty();
    }

    /** Grows with every change of anybody's rights, groups or ways to sign in: what was worked out for an older one is old. */
    public long rightsVersion(String domainId) {
        return snapshots.of(domainId).version();
    }

    /** Looks up together where many resources are, so that single questions about them need not. */
    public void prepare(String domainId, Collection<String> resourceIds) {
        snapshots.places(domainId, snapshots.of(domainId), resourceIds);
    }

    /** Asks for a user who is not calling now, such as the one of a running session, with what that user came with. */
    public boolean allows(
            String domainId, String userId, Credential credential, Permission permission, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        Optional<Placement> place = place(domainId, snapshot, resourceId);
        return place.isPresent()
                && snapshot.allows(snapshot.principals(userId), permission, resourceId, place.get(), clock.instant())
                && Reach.of(credential).covers(snapshot, permission, resourceId, place.get());
    }

    /**
     * Refuses what no API token may do, whatever its limits: make tokens, change factors, passwords or accounts, manage sign-in.
     *
     * @throws RefusedException {@code FORBIDDEN} for a token; the attempt is audited
     */
    public void requirePerson(Caller caller) throws RefusedException {
        if (caller.credential().isToken()) {
            audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                    .on(caller.userId(), caller.userName())
                    .saying("with an API token"));
            throw new RefusedException(Problem.FORBIDDEN, "An API token cannot do this.");
        }
    }

    /** From when on a user holds nothing, whatever entries say; {@link Instant#MAX} for the domain's own people. */
    public Instant ends(Caller caller) {
        return snapshots.of(caller.domainId()).principals(caller.userId()).ends();
    }

    /** Whether the caller belongs to an outside organisation, with whose end everything ends that was given. */
    public boolean isPartners(Caller caller) {
        return !ends(caller).equals(Instant.MAX);
    }

    /**
     * Refuses what would outlast an outside organisation's people: accounts that are the domain's own.
     *
     * @throws RefusedException {@code FORBIDDEN} for a partner's people; the attempt is audited
     */
    public void requireOwn(Caller caller, Operation operation) throws RefusedException {
        if (isPartners(caller)) {
            audit.recordRefused(caller.did(operation, Outcome.DENIED)
                    .on(caller.userId(), caller.userName())
                    .saying("comes with a partner"));
            throw new RefusedException(
                    Problem.FORBIDDEN, "People of a partner organisation cannot make accounts of the domain.");
        }
    }

    private Optional<Placement> place(String domainId, RightsSnapshot snapshot, String resourceId) {
        return Uuid7.isUuid(resourceId) ? snapshots.place(domainId, snapshot, resourceId) : Optional.empty();
    }

    /** All permissions that the caller holds on the resource; empty if there is none such. */
    public Set<Permission> permissions(Caller caller, String resourceId) {
        return permissions(caller, List.of(resourceId)).getOrDefault(resourceId, Set.of());
    }

    /** The same for the resources of a page. */
    public Map<String, Set<Permission>> permissions(Caller caller, Collection<String> resourceIds) {
        List<String> ids = resourceIds.stream().filter(Uuid7::isUuid).toList();
        if (ids.isEmpty()) {
            return Map.of();
        }
        RightsSnapshot snapshot = snapshots.of(caller.domainId());
        Principals who = snapshot.principals(caller.userId());
        Reach reach = Reach.of(caller.credential());
        Instant now = clock.instant();
        Map<String, Set<Permission>> permissions = new HashMap<>();
        snapshots.places(caller.domainId(), snapshot, ids).forEach((id, place) -> {
            long mask = reach.of(snapshot.mask(who, id, place, now), snapshot, id, place);
            if (mask != 0) {
                permissions.put(id, RightsSnapshot.permissions(mask));
            }
        });
        return permissions;
    }

    /** Why a user holds a permission on a resource or does not; empty if there is no such resource. */
    public Optional<Explanation> explain(String domainId, String userId, Permission permission, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        return place(domainId, snapshot, resourceId)
                .map(place ->
                        snapshot.explain(snapshot.principals(userId), permission, resourceId, place, clock.instant()));
    }

    /** The same for some permissions on many resources; those that do not exist are missing. */
    public Map<String, List<Explanation>> explain(
            String domainId, String userId, Collection<Permission> permissions, Collection<String> resourceIds) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        Principals who = snapshot.principals(userId);
        Instant now = clock.instant();
        List<String> ids = resourceIds.stream().filter(Uuid7::isUuid).toList();
        Map<String, List<Explanation>> explanations = new HashMap<>();
        snapshots
                .places(domainId, snapshot, ids)
                .forEach((id, place) -> explanations.put(
                        id,
                        permissions.stream()
                                .map(permission -> snapshot.explain(who, permission, id, place, now))
                                .toList()));
        return explanations;
    }

    /** The resource and the folders above it whose entries count there, nearest first; empty if there is no such resource. */
    public List<String> levels(String domainId, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        return place(domainId, snapshot, resourceId)
                .map(place -> snapshot.openLevels(resourceId, place))
                .orElseGet(List::of);
    }

    /** The folder that a resource is in; empty for the root folder, and for what does not exist. */
    public Optional<String> parent(String domainId, String resourceId) {
        RightsSnapshot snapshot = snapshots.of(domainId);
        return place(domainId, snapshot, resourceId)
                .map(place -> snapshot.levels(resourceId, place))
                .filter(levels -> levels.size() > 1)
                .map(levels -> levels.get(1));
    }

    /** All resources on which the caller holds the permission, as a condition for lists. */
    public Scope scope(Caller caller, Permission permission) {
        return scope(caller, permission, -1, snapshots.of(caller.domainId()));
    }

    /** The same for what is in a folder or below it; empty for what is no folder. */
    public Optional<Scope> scope(Caller caller, Permission permission, String folderId) {
        RightsSnapshot snapshot = snapshots.of(caller.domainId());
        int folder = snapshot.folder(folderId);
        return folder < 0 ? Optional.empty() : Optional.of(scope(caller, permission, folder, snapshot));
    }

    private Scope scope(Caller caller, Permission permission, int below, RightsSnapshot snapshot) {
        return Scope.of(
                snapshot,
                snapshot.principals(caller.userId()),
                permission,
                clock.instant(),
                Reach.of(caller.credential()).folders(snapshot, permission, below),
                snapshots.devices(caller.domainId()));
    }

    /** Whether the caller may change anything in the domain's administration: decides which pages are offered, nothing else. */
    public boolean administers(Caller caller) {
        return onDomain(caller).stream().anyMatch(ADMINISTRATOR::contains);
    }

    /** What the caller holds on the domain as a whole: on its root folder. */
    public Set<Permission> onDomain(Caller caller) {
        return permissions(caller, root(caller.domainId()));
    }

    /** What the caller holds on anything at all: decides which pages are offered, nothing else. */
    public Set<Permission> anywhere(Caller caller) {
        RightsSnapshot snapshot = snapshots.of(caller.domainId());
        Principals who = snapshot.principals(caller.userId());
        Reach reach = Reach.of(caller.credential());
        Instant now = clock.instant();
        Set<Permission> held = EnumSet.noneOf(Permission.class);
        for (String id : snapshot.concerning(who)) {
            Placement place = snapshot.special().get(id);
            if (place != null) {
                held.addAll(
                        RightsSnapshot.permissions(reach.of(snapshot.mask(who, id, place, now), snapshot, id, place)));
            }
        }
        for (Permission permission : Permission.values()) {
            if (snapshot.granted(who, permission, now).intersects(reach.folders(snapshot, permission, -1))) {
                held.add(permission);
            }
        }
        return held;
    }

    private String root(String domainId) {
        return sql.in(domainId)
                .statement("select id from resource where root_of = :domain")
                .first(row -> row.text(1))
                .orElseThrow(() -> new IllegalStateException("a domain has a root folder"));
    }

    private Optional<String> name(String domainId, String resourceId) {
        return sql.in(domainId)
                .statement("select name from resource where domain_id = :domain and id = :id")
                .set("id", resourceId)
                .first(row -> row.text(1));
    }
}
