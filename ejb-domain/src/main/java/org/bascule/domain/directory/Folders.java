package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.MoveRights.Move;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Folders as the caller may see and change them (requirement DOM-2). Ids that are not UUIDs are unknown ids. */
@Stateless
public class Folders {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Memberships memberships;

    @Inject
    AuditLog audit;

    @Inject
    FolderTree tree;

    @Inject
    FolderPaths folderPaths;

    @Inject
    MoveRights moveRights;

    @Inject
    Removals removals;

    @Inject
    LastOwner owners;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** One page of the folders that the caller sees, by name. */
    public Slice<FolderView> list(Caller caller, FolderQuery query) throws RefusedException {
        List<String> position = query.cursor().position();
        if (!position.isEmpty() && !Uuid7.isUuid(position.get(1))) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        String value = query.value();
        boolean unknown = query.scope() == FolderQuery.Scope.CHILDREN && (value == null || !Uuid7.isUuid(value));
        List<Seen> rows = unknown ? List.of() : rows(caller, query);
        Slice<Seen> page = query.cursor().slice(rows, seen -> List.of(seen.name(), seen.id()));
        return new Slice<>(views(caller, page.items()), page.next());
    }

    private List<Seen> rows(Caller caller, FolderQuery query) {
        Scope scope = seen(caller);
        if (scope.isEmpty()) {
            return List.of();
        }
        Statement statement = scope.bind(sql.in(caller.domainId()).statement(FolderStatements.page(scope, query)))
                .set("rows", query.cursor().fetch());
        if (query.scope() == FolderQuery.Scope.SEARCH) {
            statement.set(
                    "value",
                    Like.containing(Objects.requireNonNull(query.value()).toLowerCase(Locale.ROOT)));
        } else if (query.scope() == FolderQuery.Scope.CHILDREN) {
            statement.set("value", query.value());
        }
        List<String> position = query.cursor().position();
        if (!position.isEmpty()) {
            statement.set("key", position.get(0)).set("id", position.get(1));
        }
        return statement.list(Seen::of);
    }

    /** A row, of which the caller may see less. */
    private record Seen(
            String id,
            String name,
            @Nullable String description,
            @Nullable String parent,
            long revision,
            boolean inherit,
            @Nullable Integer quota) {
        static Seen of(Row row) {
            @Nullable String quota = row.textOrNull(7);
            return new Seen(
                    row.text(1),
                    row.text(2),
                    row.textOrNull(3),
                    row.textOrNull(4),
                    row.number(5),
                    row.flag(6),
                    quota == null ? null : Integer.valueOf(quota));
        }
    }

    private Scope seen(Caller caller) {
        return authorization.scope(caller, Permission.SEE_RESOURCES);
    }

    /** With what a row does not hold, in one statement for each number and not for each folder. */
    private List<FolderView> views(Caller caller, List<Seen> page) {
        if (page.isEmpty()) {
            return List.of();
        }
        List<String> ids = page.stream().map(Seen::id).toList();
        Scope scope = seen(caller);
        Map<String, Long> children = numbers(caller, scope, FolderStatements.children(scope), ids);
        Map<String, Long> devices = numbers(caller, scope, FolderStatements.devices(scope), ids);
        Map<String, List<Named>> paths = paths(caller, ids);
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        return page.stream()
                .map(seen -> {
                    List<Named> path = paths.getOrDefault(seen.id(), List.of());
                    return new FolderView(
                            seen.id(),
                            seen.name(),
                            seen.description(),
                            parent(seen, path),
                            path,
                            children.getOrDefault(seen.id(), 0L),
                            devices.getOrDefault(seen.id(), 0L),
                            permissions.getOrDefault(seen.id(), Set.of()),
                            seen.inherit(),
                            seen.quota(),
                            seen.revision());
                })
                .toList();
    }

    private static @Nullable String parent(Seen seen, List<Named> path) {
        return path.stream()
                .map(Named::id)
                .filter(id -> id.equals(seen.parent()))
                .findAny()
                .orElse(null);
    }

    private Map<String, Long> numbers(Caller caller, Scope scope, String statement, List<String> folders) {
        Map<String, Long> numbers = new HashMap<>();
        scope.bind(sql.in(caller.domainId()).statement(statement))
                .set("folders", folders)
                .list(row -> numbers.put(row.text(1), row.number(2)));
        return numbers;
    }

    /** The folders above each of these that the caller sees, from the top down. */
    public Map<String, List<Named>> paths(Caller caller, Collection<String> folders) {
        Map<String, List<Named>> paths = new HashMap<>();
        Scope scope = seen(caller);
        if (!folders.isEmpty() && !scope.isEmpty()) {
            scope.bind(sql.in(caller.domainId()).statement(FolderStatements.paths(scope)))
                    .set("folders", folders)
                    .list(row -> paths.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                            .add(new Named(row.text(2), row.text(3))));
        }
        return paths;
    }

    /** One folder that the caller sees. */
    public FolderView folder(Caller caller, String id) throws RefusedException {
        if (!authorization.shows(caller, Permission.SEE_RESOURCES, id)) {
            throw RefusedException.notFound();
        }
        Seen seen = sql.in(caller.domainId())
                .statement(
                        """
                        select r.id, r.name, r.description, r.parent_id, r.version, r.inherit, f.quota
                        from resource r join folder f on f.id = r.id where r.domain_id = :domain and r.id = :id""")
                .set("id", id)
                .first(Seen::of)
                .orElseThrow(RefusedException::notFound);
        return views(caller, List.of(seen)).get(0);
    }

    /** Creates a folder; {@code CONFLICT} if the parent has one of that name, {@code NOT_FOUND} also if the parent is deleted meanwhile. */
    public FolderView create(Caller caller, String parentId, String name, @Nullable String description)
            throws RefusedException {
        String checked = Names.checked("name", name);
        String told = Descriptions.checked(description);
        authorization.require(caller, Permission.MANAGE_FOLDERS, parentId);
        requireFolder(caller, "parent", parentId);
        Map<String, List<Named>> paths = paths(caller, List.of(parentId));
        FolderView parent = folder(caller, parentId);
        // before any row is held: two that held the rows around the parent would each wait for the other's place, and a
        // deletion for both
        owners.lock(caller.domainId());
        if (!tree.isWithin(caller.domainId(), parentId, parentId)) {
            // deleted while this waited for it
            throw RefusedException.notFound();
        }
        try {
            String id = tree.add(caller.domainId(), parentId, checked, told);
            audit.record(caller.did(Operation.FOLDER_CREATED, Outcome.SUCCESS)
                    .on(id, checked)
                    .changing(Changes.none()
                            .field("name", null, checked)
                            .field("description", null, told)
                            .place("parent", null, folderPaths.of(caller.domainId(), parentId))));
            live.fire(new LiveEvent.FolderChanged(caller.domainId(), id, "added"));
            List<Named> path = new ArrayList<>(paths.getOrDefault(parentId, List.of()));
            path.add(new Named(parentId, parent.name()));
            // a new folder has no entries of its own, so what its parent permits is permitted on it
            return new FolderView(id, checked, told, parentId, path, 0, 0, parent.permissions(), true, null, 0);
        } catch (DuplicateException e) {
            throw taken();
        }
    }

    private static RefusedException taken() {
        return new RefusedException(Problem.CONFLICT, "There is a folder of that name already.");
    }

    private void requireFolder(Caller caller, String field, String id) throws RefusedException {
        boolean folder = sql.in(caller.domainId())
                .statement("select 1 from folder where domain_id = :domain and id = :id")
                .set("id", id)
                .first(row -> row.number(1))
                .isPresent();
        if (!folder) {
            throw RefusedException.invalid(field, "This is not a folder.");
        }
    }

    /**
     * Changes a folder, all that is asked for or nothing; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. A move keeps
     * everything that is in the folder as it is; one into the folder itself is refused.
     */
    public FolderView change(Caller caller, String id, long revision, FolderChange change) throws RefusedException {
        FolderView before = folder(caller, id);
        authorization.require(caller, Permission.MANAGE_FOLDERS, id);
        String name = change.name() == null ? before.name() : Names.checked("name", change.name());
        String description =
                change.description() == null ? before.description() : Descriptions.checked(change.description());
        @Nullable
        Integer quota = change.quota() == null ? before.quota() : change.quota().sessions();
        String above = above(caller.domainId(), id);
        if (!Objects.equals(quota, before.quota())) {
            // a limit is set from above, so that who it limits cannot lift it
            authorization.require(caller, Permission.MANAGE_PERMISSIONS, above == null ? id : above);
        }
        @Nullable String to = Objects.equals(change.parent(), above) ? null : change.parent();
        if (to != null) {
            requireMove(caller, id, above, to);
        }
        owners.lock(caller.domainId());
        try {
            write(caller.domainId(), id, revision, name, description, quota);
            Changes changes = Changes.none()
                    .field("name", before.name(), name)
                    .field("description", before.description(), description)
                    .field("quota", before.quota(), quota);
            if (!changes.isEmpty()) {
                audit.record(caller.did(Operation.FOLDER_UPDATED, Outcome.SUCCESS)
                        .on(id, name)
                        .changing(changes));
            }
            if (to != null) {
                move(caller, id, name, above, to);
            }
        } catch (DuplicateException e) {
            throw taken();
        }
        live.fire(new LiveEvent.FolderChanged(caller.domainId(), id, to != null ? "moved" : "changed"));
        return folder(caller, id);
    }

    private @Nullable String above(String domainId, String id) {
        return sql.in(domainId)
                .statement(
                        "select parent_id from resource where domain_id = :domain and id = :id and parent_id is not null")
                .set("id", id)
                .first(row -> row.text(1))
                .orElse(null);
    }

    private void requireMove(Caller caller, String id, @Nullable String from, String to) throws RefusedException {
        if (from == null) {
            throw RefusedException.invalid("parent", "The topmost folder stays where it is.");
        }
        moveRights.require(caller, Operation.FOLDER_MOVED, "parent", new Move(id, from, to));
    }

    private void write(
            String domainId,
            String id,
            long revision,
            String name,
            @Nullable String description,
            @Nullable Integer quota)
            throws RefusedException, DuplicateException {
        int changed = sql.in(domainId)
                .statement(
                        """
                        update resource r join folder f on f.id = r.id
                        set r.name = :name, r.description = :description, r.version = r.version + 1, f.quota = :quota
                        where r.domain_id = :domain and r.id = :id and r.version = :revision""")
                .set("name", name)
                .set("description", description)
                .set("quota", quota)
                .set("id", id)
                .set("revision", revision)
                .updateUnique();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The folder was changed in the meantime.");
        }
    }

    private void move(Caller caller, String id, String name, @Nullable String from, String to)
            throws RefusedException, DuplicateException {
        if (tree.isWithin(caller.domainId(), to, id)) {
            throw RefusedException.invalid("parent", "A folder cannot be moved into itself.");
        }
        tree.move(caller.domainId(), id, to);
        audit.record(caller.did(Operation.FOLDER_MOVED, Outcome.SUCCESS)
                .on(id, name)
                .changing(Changes.none()
                        .place(
                                "parent",
                                folderPaths.of(caller.domainId(), from),
                                folderPaths.of(caller.domainId(), to))));
    }

    private Scope within(Caller caller, Permission permission, String id) throws RefusedException {
        return authorization.scope(caller, permission, id).orElseThrow(RefusedException::notFound);
    }

    /** Something that goes with a folder. */
    private record Gone(String id, String kind) {}

    /**
     * Deletes a folder with all that is in it and below: certificates are revoked, and after the commit channels and sessions end. Needs what the
     * deletion of each single thing needs. References to users who are in it go as if they were deleted one by one.
     */
    public void delete(Caller caller, String id, long revision) throws RefusedException {
        FolderView before = folder(caller, id);
        authorization.require(caller, Permission.MANAGE_FOLDERS, id);
        requireNotTopmost(caller.domainId(), id);
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        requireAll(caller, id);
        List<Gone> gone = gone(caller.domainId(), id, "for update");
        requireDeletable(caller, gone);
        for (Gone each : gone) {
            if (each.kind().equals("group")) {
                memberships.require(caller, each.id(), Effect.DENY);
            }
        }
        memberships.requireRemovable(
                caller,
                gone.stream()
                        .filter(each -> each.kind().equals("user"))
                        .map(Gone::id)
                        .toList());
        int marked = sql.in(caller.domainId())
                .statement(
                        "update resource set version = version + 1 where domain_id = :domain and id = :id and version = :revision")
                .set("id", id)
                .set("revision", revision)
                .update();
        if (marked == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The folder was changed in the meantime.");
        }
        sql.in(caller.domainId())
                .statement(
                        """
                        update device_certificate x join resource r on r.id = x.device_id
                          join folder_closure c on c.descendant_id = r.parent_id and c.ancestor_id = :id
                        set x.revoked = :now where x.domain_id = :domain and x.revoked is null""")
                .set("now", clock.instant())
                .set("id", id)
                .update();
        removals.record(caller, gone.stream().map(Gone::id).toList(), before.name());
        tree.delete(caller.domainId(), id);
        owners.require(caller, held, Operation.FOLDER_DELETED, id);
        gone.forEach(each -> tell(caller.domainId(), each));
    }

    /** Refuses whom {@link #delete} would refuse, because of what he may do, what the folder is, or what is in it. Changes and locks nothing. */
    public void requireDeletion(Caller caller, String id) throws RefusedException {
        folder(caller, id);
        authorization.require(caller, Permission.MANAGE_FOLDERS, id);
        requireNotTopmost(caller.domainId(), id);
        Optional<Permission> lacking = lacking(caller, id, "");
        if (lacking.isPresent()) {
            throw refused(caller, Operation.ACCESS, id, lacking.get());
        }
        requireDeletable(caller, gone(caller.domainId(), id, "and r.kind in ('user', 'group')"));
    }

    private void requireNotTopmost(String domainId, String id) throws RefusedException {
        if (above(domainId, id) == null) {
            throw new RefusedException(Problem.CONFLICT, "The topmost folder cannot be deleted.");
        }
    }

    /** Whoever may not delete one thing in it may not delete it with the folder. Reads what is deleted: what this transaction saw at its beginning may be less. */
    private void requireAll(Caller caller, String id) throws RefusedException {
        Optional<Permission> lacking = lacking(caller, id, "for update");
        if (lacking.isPresent()) {
            throw refused(caller, Operation.FOLDER_DELETED, id, lacking.get());
        }
    }

    private RefusedException refused(Caller caller, Operation attempt, String id, Permission lacking) {
        audit.recordRefused(caller.did(attempt, Outcome.DENIED)
                .on(id, null)
                .saying("without the permission " + lacking.code() + " on everything in it"));
        return RefusedException.forbidden();
    }

    private Optional<Permission> lacking(Caller caller, String id, String locking) throws RefusedException {
        if (isLacking(caller, id, Permission.MANAGE_FOLDERS, "r.kind = 'folder'", locking)) {
            return Optional.of(Permission.MANAGE_FOLDERS);
        }
        if (isLacking(caller, id, Permission.REMOVE_DEVICES, "r.kind = 'device'", locking)) {
            return Optional.of(Permission.REMOVE_DEVICES);
        }
        return isLacking(caller, id, Permission.MANAGE_USERS, "r.kind in ('user', 'group')", locking)
                ? Optional.of(Permission.MANAGE_USERS)
                : Optional.empty();
    }

    private boolean isLacking(Caller caller, String id, Permission permission, String kind, String locking)
            throws RefusedException {
        Scope scope = within(caller, permission, id);
        boolean folders = permission == Permission.MANAGE_FOLDERS;
        String place = folders ? "r.id" : "r.parent_id";
        return scope.bind(sql.in(caller.domainId())
                        .statement("select 1 from resource r join folder_closure c on c.descendant_id = " + place
                                + " and c.ancestor_id = :id where r.domain_id = :domain and " + kind + " and not ("
                                + (folders ? scope.folders("r") : scope.things("r")) + ") limit 1 " + locking))
                .set("id", id)
                .first(row -> row.number(1))
                .isPresent();
    }

    private List<Gone> gone(String domainId, String id, String which) {
        return sql.in(domainId)
                .statement(
                        """
                        select r.id, r.kind from folder_closure c
                          join resource r on case when r.kind = 'folder' then r.id else r.parent_id end = c.descendant_id
                        where c.domain_id = :domain and c.ancestor_id = :id and r.domain_id = :domain\s"""
                                + which)
                .set("id", id)
                .list(row -> new Gone(row.text(1), row.text(2)));
    }

    private void requireDeletable(Caller caller, List<Gone> gone) throws RefusedException {
        if (gone.stream().anyMatch(each -> each.id().equals(caller.userId()))) {
            throw new RefusedException(Problem.CONFLICT, "You are in this folder yourself.");
        }
        if (gone.isEmpty()) {
            return;
        }
        boolean builtIn = sql.in(caller.domainId())
                .statement("select 1 from user_group where domain_id = :domain and built_in and id in (:ids) limit 1")
                .set("ids", gone.stream().map(Gone::id).toList())
                .first(row -> row.number(1))
                .isPresent();
        if (builtIn) {
            throw new RefusedException(Problem.CONFLICT, "A group that every domain has is in this folder.");
        }
    }

    private void tell(String domain, Gone gone) {
        live.fire(
                switch (gone.kind()) {
                    case "device" -> new LiveEvent.DeviceRemoved(domain, gone.id());
                    case "folder" -> new LiveEvent.FolderChanged(domain, gone.id(), "removed");
                    default -> new LiveEvent.PrincipalChanged(domain, gone.id(), gone.kind(), "removed");
                });
    }
}
