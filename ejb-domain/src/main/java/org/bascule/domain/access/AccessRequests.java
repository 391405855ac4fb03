package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Access for a limited time, asked for by whoever needs it and given by a second person (requirement ACL-6).
 *
 * <p>Whoever sees a resource may ask for access to it. Whoever holds {@code approve-access} there decides, but never about an own request. That
 * permission covers the permissions of device access; for one of administration, whoever approves must be able to pass it on as well.
 */
@Stateless
public class AccessRequests {

    /** Open requests of one user. */
    static final int MAX_OPEN = 50;

    private static final int MAX_REASON = 500;
    private static final Pattern LINE_BREAK = Pattern.compile("\\R");
    private static final int BATCH = 200;

    private static final String COLUMNS =
            """
            q.id, q.resource_id, q.user_id, u.name, q.permissions, q.reason, q.valid_until, q.state, q.decided_by, q.decision,
              q.created, q.version, r.name
            from access_request q join resource r on r.id = q.resource_id join resource u on u.id = q.user_id
            """;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Delegation delegation;

    @Inject
    Entries entries;

    @Inject
    References references;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private record Stored(
            String id,
            String resource,
            String userId,
            String userName,
            Set<Permission> permissions,
            String reason,
            Instant until,
            String state,
            @Nullable String decidedBy,
            @Nullable String decision,
            Instant created,
            long version,
            String resourceName) {

        private String permissionCodes() {
            return permissions.stream().map(Permission::code).sorted().collect(Collectors.joining(", "));
        }
    }

    private static Stored stored(Row row) {
        return new Stored(
                row.text(1),
                row.text(2),
                row.text(3),
                row.text(4),
                Arrays.stream(row.text(5).split(","))
                        .map(Permission::ofCode)
                        .flatMap(Optional::stream)
                        .collect(Collectors.toSet()),
                row.text(6),
                row.instant(7),
                row.text(8),
                row.textOrNull(9),
                row.textOrNull(10),
                row.instant(11),
                row.number(12),
                row.text(13));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Newest first: the caller's own, and those that the caller may decide about. With an API token only these.
     *
     * @param open true for open ones, false for decided ones, null for all
     */
    public Slice<RequestView> list(Caller caller, @Nullable Boolean open, boolean mine, Cursor cursor)
            throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.APPROVE_ACCESS);
        String decides = scope.resources("r");
        String whose = mine
                ? "q.user_id = :user and (:own or " + decides + ")"
                : "(:own and q.user_id = :user or " + decides + ")";
        String state = open == null ? "" : open ? " and q.state = 'open'" : " and q.state <> 'open'";
        List<Stored> found = scope.bind(sql.in(caller.domainId())
                        .statement("select " + COLUMNS + "where q.domain_id = :domain and " + whose + state
                                + " and (:after is null or q.id < :after) order by q.id desc limit :rows"))
                .set("own", !caller.credential().isToken())
                .set("user", caller.userId())
                .set("after", cursor.id(0))
                .set("rows", cursor.fetch())
                .list(AccessRequests::stored);
        Slice<Stored> slice = cursor.slice(found, one -> List.of(one.id()));
        return new Slice<>(views(caller, slice.items()), slice.next());
    }

    private List<RequestView> views(Caller caller, List<Stored> found) {
        Map<String, ResourceReference> resources = references.resources(
                caller,
                Permission.APPROVE_ACCESS,
                found.stream().map(Stored::resource).toList());
        List<RequestView> views = new ArrayList<>();
        for (Stored one : found) {
            ResourceReference resource = resources.get(one.resource());
            if (resource != null) {
                views.add(view(one, resource));
            }
        }
        return views;
    }

    private static RequestView view(Stored one, ResourceReference resource) {
        return new RequestView(
                one.id(),
                resource,
                one.userId(),
                one.userName(),
                one.permissions().stream().map(Permission::code).sorted().toList(),
                one.reason(),
                one.until(),
                one.state(),
                one.decidedBy(),
                one.decision(),
                one.created(),
                one.version());
    }

    private RequestView view(Caller caller, String id) throws RefusedException {
        Stored stored = find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
        return views(caller, List.of(stored)).stream().findFirst().orElseThrow(RefusedException::notFound);
    }

    private Optional<Stored> find(String domainId, String id) {
        return Uuid7.isUuid(id)
                ? sql.in(domainId)
                        .statement("select " + COLUMNS + "where q.domain_id = :domain and q.id = :id")
                        .set("id", id)
                        .first(AccessRequests::stored)
                : Optional.empty();
    }

    /** Asks for access until a time. */
    public RequestView create(Caller caller, String resource, Set<Permission> permissions, String reason, Instant until)
            throws RefusedException {
        authorization.require(caller, Permission.SEE_RESOURCES, resource);
        if (permissions.isEmpty()) {
            throw RefusedException.invalid("permissions", "Name at least one permission.");
        }
        String why = Names.cleaned(LINE_BREAK.matcher(reason).replaceAll(" "), "", MAX_REASON);
        if (why.isEmpty() || reason.strip().length() > MAX_REASON) {
            throw RefusedException.invalid("reason", "Say in 1 to %d characters what it is for.", MAX_REASON);
        }
        Instant end = until(until);
        long open = sql.in(caller.domainId())
                .statement("select count(*) from access_request"
                        + " where domain_id = :domain and user_id = :user and state = 'open'")
                .set("user", caller.userId())
                .number();
        if (open >= MAX_OPEN) {
            throw new RefusedException(Problem.TOO_MANY_REQUESTS, "You have too many open requests.");
        }
        String id = ids.next();
        sql.in(caller.domainId())
                .statement(
                        """
                        insert into access_request (id, domain_id, resource_id, user_id, permissions, reason, valid_until, created)
                        values (:id, :domain, :resource, :user, :permissions, :reason, :until, :now)""")
                .set("id", id)
                .set("resource", resource)
                .set("user", caller.userId())
                .set(
                        "permissions",
                        permissions.stream().map(Permission::code).sorted().collect(Collectors.joining(",")))
                .set("reason", why)
                .set("until", end)
                .set("now", now())
                .update();
        Stored stored = find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
        audit.record(about(caller.did(Operation.ACCESS_REQUESTED, Outcome.SUCCESS), stored)
                .changing(Changes.none()
                        .field("state", null, stored.state())
                        .field("permissions", null, stored.permissionCodes())
                        .field("reason", null, why)
                        .field("until", null, end)));
        tell(caller.domainId(), stored, "open");
        return view(caller, id);
    }

    private Instant until(Instant until) throws RefusedException {
        Instant end = until.truncatedTo(ChronoUnit.MILLIS);
        if (!end.isAfter(now()) || end.isAfter(now().plus(Entry.LONGEST_REQUEST))) {
            throw RefusedException.invalid(
                    "until", "Access is asked for until a time within %d days.", Entry.LONGEST_REQUEST.toDays());
        }
        return end;
    }

    /** Gives what was asked for, at most until the time that was asked for. */
    public RequestView approve(Caller caller, String id, @Nullable Instant until) throws RefusedException {
        Stored request = decidable(caller, id, Operation.ACCESS_APPROVED);
        Instant end = until == null ? request.until() : until(until);
        if (end.isAfter(request.until())) {
            throw RefusedException.invalid("until", "This is longer than was asked for.");
        }
        if (end.isAfter(authorization.ends(caller))) {
            throw RefusedException.invalid("until", "What you give ends no later than your own access to this domain.");
        }
        Validity validity = new Validity(null, end, null);
        for (Permission permission : request.permissions()) {
            if (permission.kind() == Permission.Kind.ADMINISTRATION) {
                delegation.requireMayPass(
                        caller,
                        Operation.ACCESS_APPROVED,
                        permission,
                        request.resource(),
                        Delegation.remaining(validity, now()));
            }
        }
        decide(caller.domainId(), request, "approved", caller.userName(), null, end);
        List<Entry> given = give(caller.domainId(), request, validity);
        AuditEvent approved = about(caller.did(Operation.ACCESS_APPROVED, Outcome.SUCCESS), request)
                .changing(Changes.none()
                        .field("state", "open", "approved")
                        .field("until", request.until(), end)
                        .field("entries", null, ids(given)));
        audit.record(approved);
        audit.recordAll(
                caller.domainId(),
                given.stream()
                        .map(entry -> caller.did(Operation.ENTRY_CREATED, Outcome.SUCCESS)
                                .on(entry.resource(), approved.resourceName())
                                .saying(Entries.text(entry, "user", request.userName()))
                                .changing(Entries.changes(null, entry)))
                        .toList());
        return view(caller, id);
    }

    /** Null if what was asked for had been given meanwhile. */
    private static @Nullable String ids(List<Entry> entries) {
        return entries.isEmpty() ? null : entries.stream().map(Entry::id).collect(Collectors.joining(", "));
    }

    /** The entries that are new by it. */
    private List<Entry> give(String domainId, Stored request, Validity validity) {
        List<Entry> given = new ArrayList<>();
        for (Permission permission : request.permissions()) {
            String id = entries.add(
                    domainId,
                    request.resource(),
                    request.userId(),
                    permission,
                    Effect.ALLOW,
                    validity,
                    false,
                    Entry.Origin.REQUEST);
            entries.find(domainId, id).ifPresent(given::add);
        }
        return given;
    }

    /** Refuses what was asked for. */
    public RequestView reject(Caller caller, String id, @Nullable String reason) throws RefusedException {
        Stored request = decidable(caller, id, Operation.ACCESS_REJECTED);
        String why = reason == null ? "" : Names.cleaned(reason, "");
        decide(caller.domainId(), request, "rejected", caller.userName(), why.isEmpty() ? null : why, null);
        audit.record(about(caller.did(Operation.ACCESS_REJECTED, Outcome.SUCCESS), request)
                .changing(Changes.none()
                        .field("state", "open", "rejected")
                        .field("decision", null, why.isEmpty() ? null : why)));
        return view(caller, id);
    }

    /** Takes an own request back, which no API token may. */
    public RequestView withdraw(Caller caller, String id) throws RefusedException {
        authorization.requirePerson(caller);
        Stored request = find(caller.domainId(), id)
                .filter(one -> one.userId().equals(caller.userId()))
                .orElseThrow(RefusedException::notFound);
        requireOpen(request);
        decide(caller.domainId(), request, "withdrawn", null, null, null);
        audit.record(about(caller.did(Operation.ACCESS_WITHDRAWN, Outcome.SUCCESS), request)
                .changing(Changes.none().field("state", "open", "withdrawn")));
        return view(caller, id);
    }

    /** The open request, if the caller may decide about it. */
    private Stored decidable(Caller caller, String id, Operation operation) throws RefusedException {
        Stored request = find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
        authorization.require(caller, Permission.APPROVE_ACCESS, request.resource());
        if (request.userId().equals(caller.userId())) {
            audit.recordRefused(about(caller.did(operation, Outcome.DENIED), request));
            throw new RefusedException(Problem.FORBIDDEN, "A second person decides about your own request.");
        }
        requireOpen(request);
        return request;
    }

    private void requireOpen(Stored request) throws RefusedException {
        if (!request.state().equals("open") || !request.until().isAfter(now())) {
            throw new RefusedException(Problem.CONFLICT, "This request is not open any more.");
        }
    }

    private void decide(
            String domainId,
            Stored request,
            String state,
            @Nullable String by,
            @Nullable String decision,
            @Nullable Instant until)
            throws RefusedException {
        int decided = sql.in(domainId)
                .statement(
                        """
                        update access_request set state = :state, decided_by = :by, decided = :now, decision = :decision,
                          valid_until = coalesce(:until, valid_until), version = version + 1
                        where domain_id = :domain and id = :id and state = 'open'""")
                .set("state", state)
                .set("by", by)
                .set("now", now())
                .set("decision", decision)
                .set("until", until)
                .set("id", request.id())
                .update();
        if (decided == 0) {
            throw new RefusedException(Problem.CONFLICT, "This request is not open any more.");
        }
        tell(domainId, request, state);
    }

    private void tell(String domainId, Stored request, String state) {
        live.fire(new LiveEvent.AccessRequested(domainId, request.id(), state, request.resource(), request.userId()));
    }

    private static AuditEvent about(AuditEvent event, Stored request) {
        return event.on(request.resource(), request.resourceName())
                .saying("request %s of %s until %s: %s; %s"
                        .formatted(
                                request.id(),
                                request.userName(),
                                request.until(),
                                request.permissionCodes(),
                                request.reason()));
    }

    /** What the log says of open requests for some resources that are about to be deleted, and of users among them. */
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        // what they name is not locked: somebody may be deleting it, too
        Set<String> open = new TreeSet<>();
        for (String column : List.of("resource_id", "user_id")) {
            open.addAll(sql.in(caller.domainId())
                    .statement("select id from access_request where domain_id = :domain and state = 'open' and "
                            + column + " in (:ids) order by id lock in share mode")
                    .set("ids", ids)
                    .list(row -> row.text(1)));
        }
        if (open.isEmpty()) {
            return List.of();
        }
        return sql
                .in(caller.domainId())
                .statement("select " + COLUMNS + "where q.domain_id = :domain and q.id in (:open) order by q.id")
                .set("open", open)
                .list(AccessRequests::stored)
                .stream()
                .map(request -> about(caller.did(Operation.ACCESS_WITHDRAWN, Outcome.SUCCESS), request)
                        .changing(Changes.none()
                                .field("state", request.state(), null)
                                .field("permissions", request.permissionCodes(), null)
                                .field("reason", request.reason(), null)
                                .field("until", request.until(), null)))
                .toList();
    }

    /** Whether the caller may know of a request: for live events. */
    public boolean sees(Caller caller, String resource, String requester) {
        return !caller.credential().isToken() && caller.userId().equals(requester)
                || authorization.allows(caller, Permission.APPROVE_ACCESS, resource);
    }

    /** Closes what nobody decided about in time. Called every few seconds. */
    public void expire() {
        record Due(String domainId, String id) {}
        List<Due> due = sql.acrossDomains()
                .statement("select domain_id, id from access_request where state = 'open' and valid_until <= :now"
                        + " order by valid_until limit " + BATCH)
                .set("now", now())
                .list(row -> new Due(row.text(1), row.text(2)));
        for (Due one : due) {
            find(one.domainId(), one.id()).ifPresent(request -> expire(one.domainId(), request));
        }
    }

    private void expire(String domainId, Stored request) {
        try {
            decide(domainId, request, "expired", null, null, null);
            audit.record(about(
                            AuditEvent.of(domainId, Actor.SERVER, Operation.ACCESS_REQUEST_EXPIRED, Outcome.SUCCESS),
                            request)
                    .changing(Changes.none().field("state", "open", "expired")));
        } catch (RefusedException e) {
            // somebody decided at the last moment
        }
    }
}
