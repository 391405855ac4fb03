package org.bascule.domain.access;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsReports;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Permission entries and inheritance, as the caller may see and change them. */
@Stateless
public class AccessEntries {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Delegation delegation;

    @Inject
    Entries entries;

    @Inject
    RightsReports reports;

    @Inject
    LastOwner owners;

    @Inject
    RightsVersion rights;

    @Inject
    References references;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    /**
     * Entries in the order in which they were made.
     *
     * @param resource those set on it; null for those on every resource whose permissions the caller manages
     * @param inherited with a resource: also those that it inherits, from folders that the caller sees
     * @param principal those about it alone; null for all
     */
    public Slice<EntryView> list(
            Caller caller, @Nullable String resource, boolean inherited, @Nullable String principal, Cursor cursor)
            throws RefusedException {
        List<Entry> found = resource == null
                ? managed(caller, principal, cursor)
                : on(caller, levels(caller, resource, inherited), principal, cursor);
        return views(caller, cursor.slice(found, entry -> List.of(entry.id())));
    }

    private List<String> levels(Caller caller, String resource, boolean inherited) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, resource);
        List<String> levels = authorization.levels(caller.domainId(), resource);
        return inherited ? levels : levels.subList(0, 1);
    }

    private List<Entry> on(Caller caller, List<String> levels, @Nullable String principal, Cursor cursor)
            throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        return scope
                .bind(sql.in(caller.domainId())
                        .statement("select " + Entries.COLUMNS
                                + "from acl_entry e join resource r on r.id = e.resource_id"
                                + " where e.domain_id = :domain and e.resource_id in (:levels)"
                                + " and (e.resource_id = :own or " + scope.resources("r") + ")" + PAGE))
                .set("levels", levels)
                .set("own", levels.get(0))
                .set("principal", principal)
                .set("after", cursor.id(0))
                .set("rows", cursor.fetch())
                .list(Entries::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private List<Entry> managed(Caller caller, @Nullable String principal, Cursor cursor) throws RefusedException {
        Scope scope = authorization.scope(caller, Permission.MANAGE_PERMISSIONS);
        return scope
                .bind(sql.in(caller.domainId())
                        .statement("select " + Entries.COLUMNS
                                + "from acl_entry e join resource r on r.id = e.resource_id where e.domain_id = :domain and "
                                + scope.resources("r") + PAGE))
                .set("principal", principal)
                .set("after", cursor.id(0))
                .set("rows", cursor.fetch())
                .list(Entries::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static final String PAGE =
            " and (:principal is null or e.principal_id = :principal) and (:after is null or e.id > :after)"
                    + " order by e.id limit :rows";

    private Slice<EntryView> views(Caller caller, Slice<Entry> slice) {
        return new Slice<>(views(caller, slice.items()), slice.next());
    }

    /** The same entries with names, as far as the caller sees users. */
    public List<EntryView> views(Caller caller, List<Entry> found) {
        Map<String, ResourceReference> resources = references.resources(
                caller,
                Permission.MANAGE_PERMISSIONS,
                found.stream().map(Entry::resource).toList());
        Map<String, PrincipalReference> principals = references.principals(
                caller, found.stream().map(Entry::principal).toList());
        Instant now = clock.instant();
        List<EntryView> views = new ArrayList<>();
        for (Entry entry : found) {
            ResourceReference resource = resources.get(entry.resource());
            PrincipalReference principal = principals.get(entry.principal());
            if (resource != null && principal != null) {
                views.add(new EntryView(entry, resource, principal, delegation.mayChange(caller, entry, now)));
            }
        }
        return views;
    }

    /** Adds entries, one for each permission. An equal entry that is there already is left alone. */
    public List<EntryView> create(Caller caller, EntryRequest request) throws RefusedException {
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, request.resource());
        PrincipalReference principal = principal(caller, request.principal());
        checkPermissions(request.permissions());
        Validity validity = checked(request.validity());
        for (Permission permission : request.permissions()) {
            delegation.requireMayPass(
                    caller,
                    Operation.ENTRY_CREATED,
                    permission,
                    request.resource(),
                    Delegation.remaining(validity, clock.instant()));
        }
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        requireRoom(caller, request);
        Set<String> before = ids(caller, request);
        for (Permission permission : request.permissions()) {
            entries.add(
                    caller.domainId(),
                    request.resource(),
                    principal.id(),
                    permission,
                    request.effect(),
                    validity,
                    request.delegable(),
                    Entry.Origin.ENTRY);
        }
        owners.require(caller, held, Operation.ENTRY_CREATED, request.resource());
        List<EntryView> made = views(caller, same(caller, request, validity));
        for (EntryView view : made) {
            if (!before.contains(view.entry().id())) {
                audit.record(about(caller, Operation.ENTRY_CREATED, view, Entries.changes(null, view.entry())));
            }
        }
        return made;
    }

    private static void checkPermissions(Set<Permission> permissions) throws RefusedException {
        if (permissions.isEmpty()) {
            throw RefusedException.invalid("permissions", "Name at least one permission.");
        }
    }

    /** Users and groups that the caller does not see do not exist for the caller. */
    private PrincipalReference principal(Caller caller, String id) throws RefusedException {
        PrincipalReference found = Uuid7.isUuid(id)
                ? references.principals(caller.domainId(), List.of(id)).get(id)
                : null;
        if (found == null || !authorization.shows(caller, Permission.SEE_USERS, id)) {
            throw RefusedException.invalid("principal", "There is no such user or group.");
        }
        return found;
    }

    /** Refuses limits in time that make no sense. */
    private Validity checked(Validity validity) throws RefusedException {
        Instant until = validity.until();
        Instant from = validity.from();
        if (until != null && !until.isAfter(clock.instant())) {
            throw RefusedException.invalid("until", "This time has passed.");
        }
        if (until != null && from != null && !from.isBefore(until)) {
            throw RefusedException.invalid("until", "The end is not after the beginning.");
        }
        return new Validity(millis(from), millis(until), validity.window());
    }

    private static @Nullable Instant millis(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
    }

    private void requireRoom(Caller caller, EntryRequest request) throws RefusedException {
        long there = sql.in(caller.domainId())
                .statement("select count(*) from acl_entry where domain_id = :domain and resource_id = :resource")
                .set("resource", request.resource())
                .number();
        if (there + request.permissions().size() > Entries.MAX_ON_RESOURCE) {
            throw new RefusedException(Problem.CONFLICT, "There are too many entries on this resource.");
        }
    }

    private Set<String> ids(Caller caller, EntryRequest request) {
        return new HashSet<>(about(caller, request).stream().map(Entry::id).toList());
    }

    private List<Entry> same(Caller caller, EntryRequest request, Validity validity) {
        return about(caller, request).stream()
                .filter(entry -> request.permissions().contains(entry.permission())
                        && entry.effect() == request.effect()
                        && entry.validity().equals(validity)
                        && entry.delegable() == request.delegable()
                        && entry.origin() == Entry.Origin.ENTRY)
                .toList();
    }

    private List<Entry> about(Caller caller, EntryRequest request) {
        return sql
                .in(caller.domainId())
                .statement("select " + Entries.COLUMNS
                        + "from acl_entry e where e.domain_id = :domain and e.resource_id = :resource and e.principal_id = :principal"
                        + " order by e.id")
                .set("resource", request.resource())
                .set("principal", request.principal())
                .list(Entries::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** What to change of an entry: each part is kept if it is absent, and may be taken away. */
    public record EntryChange(
            boolean setsFrom,
            @Nullable Instant from,
            boolean setsUntil,
            @Nullable Instant until,
            boolean setsWindow,
            @Nullable WeeklyWindow window,
            @Nullable Boolean delegable) {

        Validity applied(Validity validity) {
            return new Validity(
                    setsFrom ? from : validity.from(),
                    setsUntil ? until : validity.until(),
                    setsWindow ? window : validity.window());
        }
    }

    /** Changes limits in time, and whether the permission may be passed on. */
    public EntryView change(Caller caller, String id, long version, EntryChange change) throws RefusedException {
        Entry entry = changeable(caller, id, version, Operation.ENTRY_CHANGED);
        Validity validity = change.applied(entry.validity());
        if (!validity.equals(entry.validity())) {
            validity = checked(validity);
        }
        delegation.requireMayPass(
                caller,
                Operation.ENTRY_CHANGED,
                entry.permission(),
                entry.resource(),
                Delegation.remaining(validity, clock.instant()));
        boolean delegable = change.delegable() == null ? entry.delegable() : change.delegable();
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        if (!entries.change(caller.domainId(), entry, validity, delegable)) {
            throw changedMeanwhile();
        }
        owners.require(caller, held, Operation.ENTRY_CHANGED, entry.resource());
        Entry after = entries.find(caller.domainId(), id).orElseThrow(RefusedException::notFound);
        EntryView view = views(caller, List.of(after)).get(0);
        audit.record(about(caller, Operation.ENTRY_CHANGED, view, Entries.changes(entry, after)));
        return view;
    }

    /** Removes an entry. */
    public void remove(Caller caller, String id, long version) throws RefusedException {
        Entry entry = changeable(caller, id, version, Operation.ENTRY_REMOVED);
        EntryView view = views(caller, List.of(entry)).get(0);
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        if (!entries.remove(caller.domainId(), entry)) {
            throw changedMeanwhile();
        }
        owners.require(caller, held, Operation.ENTRY_REMOVED, entry.resource());
        audit.record(about(caller, Operation.ENTRY_REMOVED, view, Entries.changes(entry, null)));
    }

    private Entry changeable(Caller caller, String id, long version, Operation operation) throws RefusedException {
        Optional<Entry> found = Uuid7.isUuid(id) ? entries.find(caller.domainId(), id) : Optional.empty();
        Entry entry = found.orElseThrow(RefusedException::notFound);
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, entry.resource());
        delegation.requireMayPass(
                caller,
                operation,
                entry.permission(),
                entry.resource(),
                Delegation.remaining(entry.validity(), clock.instant()));
        if (entry.version() != version) {
            throw changedMeanwhile();
        }
        return entry;
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The entry was changed in the meantime.");
    }

    private AuditEvent about(Caller caller, Operation operation, EntryView view, Changes changes) {
        Entry entry = view.entry();
        // the log names everybody, whatever its writer sees
        Optional<PrincipalReference> principal = Optional.ofNullable(references
                .principals(caller.domainId(), List.of(entry.principal()))
                .get(entry.principal()));
        return caller.did(operation, Outcome.SUCCESS)
                .on(entry.resource(), view.resource().name())
                .saying(Entries.text(
                        entry,
                        view.principal().kind(),
                        principal.map(PrincipalReference::name).orElse(entry.principal())))
                .changing(changes);
    }

    /**
     * Cuts a folder or device off from the entries above it, or joins it again. Whoever manages permissions of the folder above may do so too, so that
     * nobody below can shut that person out for good. Whoever joins it again gives everybody what the entries above allow, and must be allowed to give
     * each of it without limits of time: there, or where it comes from.
     *
     * @param version of the resource
     */
    public void inherit(Caller caller, String resource, long version, boolean inherit) throws RefusedException {
        Optional<String> above = authorization.parent(caller.domainId(), resource);
        boolean fromAbove =
                above.isPresent() && authorization.meets(caller, Permission.MANAGE_PERMISSIONS, above.get());
        if (!fromAbove) {
            authorization.require(caller, Permission.MANAGE_PERMISSIONS, resource);
        }
        record Found(String name, String kind, boolean inherit) {}
        Found found = sql.in(caller.domainId())
                .statement("select name, kind, inherit from resource where domain_id = :domain and id = :id")
                .set("id", resource)
                .first(row -> new Found(row.text(1), row.text(2), row.flag(3)))
                .orElseThrow(RefusedException::notFound);
        if (above.isEmpty() || !(found.kind().equals("folder") || found.kind().equals("device"))) {
            throw RefusedException.invalid(
                    "inherit", "Inheritance can be blocked at folders below the root and at devices.");
        }
        if (inherit && !found.inherit()) {
            requireMayJoin(caller, fromAbove ? above.get() : resource, above.get());
        }
        owners.lock(caller.domainId());
        int changed = sql.in(caller.domainId())
                .statement("update resource set inherit = :inherit, version = version + 1"
                        + " where domain_id = :domain and id = :id and version = :version")
                .set("inherit", inherit)
                .set("id", resource)
                .set("version", version)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The resource was changed in the meantime.");
        }
        rights.changed(caller.domainId());
        if (!inherit && !reports.isHeldByAnybody(caller.domainId(), Permission.MANAGE_PERMISSIONS, resource)) {
            audit.recordRefused(caller.did(Operation.INHERITANCE_CHANGED, Outcome.DENIED)
                    .on(resource, found.name())
                    .saying("nobody could manage permissions here"));
            throw new RefusedException(
                    Problem.CONFLICT,
                    "After this nobody could manage permissions here. First give somebody that permission here.");
        }
        audit.record(caller.did(Operation.INHERITANCE_CHANGED, Outcome.SUCCESS)
                .on(resource, found.name())
                .changing(Changes.none().field("inherit", found.inherit(), inherit)));
    }

    private void requireMayJoin(Caller caller, String where, String above) throws RefusedException {
        delegation.requireMayGain(caller, Operation.INHERITANCE_CHANGED, gained(caller.domainId(), above), where);
    }

    /** Whether {@link #inherit} would let the caller join it to what is above it. It is no attempt. */
    public boolean mayJoin(Caller caller, String resource) {
        Optional<String> above = authorization.parent(caller.domainId(), resource);
        if (above.isEmpty()) {
            return false;
        }
        String where =
                authorization.allows(caller, Permission.MANAGE_PERMISSIONS, above.get()) ? above.get() : resource;
        Set<Permission> gained = gained(caller.domainId(), above.get());
        return delegation
                .passable(caller, gained, List.of(where))
                .getOrDefault(where, Set.of())
                .containsAll(gained);
    }

    /** Where nothing nearer says anything, nobody holds anything behind a block: what denies above takes nothing from anybody, what allows gives. */
    private Set<Permission> gained(String domainId, String above) {
        Set<Permission> gained = EnumSet.noneOf(Permission.class);
        sql.in(domainId)
                .statement("select distinct permission from acl_entry where domain_id = :domain and effect = 'allow'"
                        + " and resource_id in (:levels) and (valid_until is null or valid_until > :now)")
                .set("levels", authorization.levels(domainId, above))
                .set("now", clock.instant())
                .list(row -> row.text(1))
                .forEach(code -> Permission.ofCode(code).ifPresent(gained::add));
        return gained;
    }
}
