package org.bascule.domain.people;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.Descriptions;
import org.bascule.domain.directory.FolderPaths;
import org.bascule.domain.directory.MoveRights;
import org.bascule.domain.directory.MoveRights.Move;
import org.bascule.domain.directory.Named;
import org.bascule.domain.directory.Names;
import org.bascule.domain.directory.Removals;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.people.PeopleRights.Seen;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Groups and their members. */
@Stateless
public class Groups {

    private static final String KIND = "group";

    @Inject
    Sql sql;

    @Inject
    PeopleRights people;

    @Inject
    Memberships memberships;

    @Inject
    Authorization authorization;

    @Inject
    MoveRights moveRights;

    @Inject
    Removals removals;

    @Inject
    LastOwner owners;

    @Inject
    RightsVersion rights;

    @Inject
    FolderPaths paths;

    @Inject
    AuditLog audit;

    @Inject
    Uuid7 ids;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** One page of the groups that the caller sees, by name. */
    public Slice<GroupView> list(Caller caller, PrincipalQuery query) throws RefusedException {
        Slice<Seen> page = query.cursor().slice(people.rows(caller, KIND, query), row -> List.of(row.name(), row.id()));
        return new Slice<>(views(caller, page.items()), page.next());
    }

    /** One group that the caller sees. */
    public GroupView group(Caller caller, String id) throws RefusedException {
        return views(caller, List.of(people.seen(caller, KIND, id))).get(0);
    }

    private List<GroupView> views(Caller caller, List<Seen> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<String> groups = rows.stream().map(Seen::id).toList();
        Map<String, Named> folders = people.folders(caller, rows);
        Map<String, Set<Permission>> permissions = people.permissions(caller, rows);
        Map<String, Long> members = members(caller, groups);
        List<String> builtIn = sql.in(caller.domainId())
                .statement("select id from user_group where domain_id = :domain and built_in and id in (:ids)")
                .set("ids", groups)
                .list(row -> row.text(1));
        return rows.stream()
                .map(row -> new GroupView(
                        row.id(),
                        row.name(),
                        row.description(),
                        folders.get(row.folder()),
                        builtIn.contains(row.id()),
                        members.getOrDefault(row.id(), 0L),
                        permissions.getOrDefault(row.id(), Set.of()),
                        row.revision()))
                .toList();
    }

    private Map<String, Long> members(Caller caller, List<String> groups) {
        Scope scope = authorization.scope(caller, Permission.SEE_USERS);
        Map<String, Long> members = new HashMap<>();
        scope.bind(sql.in(caller.domainId())
                        .statement(
                                "select m.group_id, count(*) from group_member m join resource r on r.id = m.member_id"
                                        + " where m.domain_id = :domain and m.group_id in (:groups) and "
                                        + scope.things("r")
                                        + " group by m.group_id"))
                .set("groups", groups)
                .list(row -> members.put(row.text(1), row.number(2)));
        return members;
    }

    /** The direct members that the caller sees, by name. */
    public Slice<Principal> members(Caller caller, String id, Cursor cursor) throws RefusedException {
        people.seen(caller, KIND, id);
        List<String> position = cursor.position();
        if (!position.isEmpty() && !Uuid7.isUuid(position.get(1))) {
            throw RefusedException.invalid("cursor", "This is no cursor of this list.");
        }
        Scope scope = authorization.scope(caller, Permission.SEE_USERS);
        Statement statement = scope.bind(sql.in(caller.domainId())
                        .statement(
                                "select r.id, r.name, r.kind from group_member m join resource r on r.id = m.member_id"
                                        + " where m.domain_id = :domain and m.group_id = :group and "
                                        + scope.things("r")
                                        + (position.isEmpty()
                                                ? ""
                                                : " and r.name >= :key and (r.name > :key or r.id > :after)")
                                        + " order by r.name, r.id limit :rows"))
                .set("group", id)
                .set("rows", cursor.fetch());
        if (!position.isEmpty()) {
            statement.set("key", position.get(0)).set("after", position.get(1));
        }
        return cursor.slice(
                statement.list(row -> new Principal(row.text(1), row.text(2), row.text(3))),
                member -> List.of(member.name(), member.id()));
    }

    /** Creates a group; {@code CONFLICT} if the folder has one of that name. */
    public GroupView create(Caller caller, String folder, String name, @Nullable String description)
            throws RefusedException {
        String checked = Names.checked("name", name);
        String told = Descriptions.checked(description);
        people.requireFolder(caller, folder);
        String id = ids.next();
        try {
            sql.in(caller.domainId())
                    .statement(
                            """
                            insert into resource (id, domain_id, parent_id, kind, name, description, created)
                            values (:id, :domain, :folder, 'group', :name, :description, :now)""")
                    .set("id", id)
                    .set("folder", folder)
                    .set("name", checked)
                    .set("description", told)
                    .set("now", clock.instant())
                    .insertUnique();
        } catch (DuplicateException e) {
            throw taken();
        }
        sql.in(caller.domainId())
                .statement("insert into user_group (id, domain_id) values (:id, :domain)")
                .set("id", id)
                .update();
        audit.record(caller.did(Operation.GROUP_CREATED, Outcome.SUCCESS)
                .on(id, checked)
                .changing(Changes.none()
                        .field("name", null, checked)
                        .field("description", null, told)
                        .place("folder", null, paths.of(caller.domainId(), folder))));
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, "added"));
        return group(caller, id);
    }

    private static RefusedException taken() {
        return new RefusedException(Problem.CONFLICT, "There is a group of that name already.");
    }

    /** Renames, describes or moves a group; null keeps what there is, an empty description takes it away. */
    public GroupView change(
            Caller caller,
            String id,
            long revision,
            @Nullable String name,
            @Nullable String description,
            @Nullable String folder)
            throws RefusedException {
        Seen before = people.seen(caller, KIND, id);
        people.require(caller, Permission.MANAGE_USERS, before);
        String newName = name == null ? before.name() : Names.checked("name", name);
        String newDescription = description == null ? before.description() : Descriptions.checked(description);
        if (!newName.equals(before.name())) {
            requireOwn(caller, Operation.GROUP_UPDATED, id);
        }
        Optional<Move> move = moveRights.checked(caller, Operation.GROUP_MOVED, id, folder);
        if (move.isPresent()) {
            // its folder could not be deleted any more
            requireOwn(caller, Operation.GROUP_MOVED, id);
        }
        try {
            int changed = sql.in(caller.domainId())
                    .statement(
                            """
                            update resource set name = :name, description = :description, version = version + 1
                            where domain_id = :domain and id = :id and version = :revision""")
                    .set("name", newName)
                    .set("description", newDescription)
                    .set("id", id)
                    .set("revision", revision)
                    .updateUnique();
            if (changed == 0) {
                throw changedMeanwhile();
            }
        } catch (DuplicateException e) {
            throw taken();
        }
        Changes changes = Changes.none()
                .field("name", before.name(), newName)
                .field("description", before.description(), newDescription);
        if (!changes.isEmpty()) {
            audit.record(caller.did(Operation.GROUP_UPDATED, Outcome.SUCCESS)
                    .on(id, newName)
                    .changing(changes));
        }
        if (move.isPresent()) {
            requireFreeName(caller, move.get(), newName);
            moveRights.move(caller, move.get(), Operation.GROUP_MOVED, newName);
        }
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, move.isPresent() ? "moved" : "changed"));
        return group(caller, id);
    }

    private void requireFreeName(Caller caller, Move move, String name) throws RefusedException {
        boolean there = sql.in(caller.domainId())
                .statement("select 1 from resource where domain_id = :domain and parent_id = :folder"
                        + " and kind = 'group' and sibling_name = :name for update")
                .set("folder", move.to())
                .set("name", name)
                .first(row -> row.number(1))
                .isPresent();
        if (there) {
            throw taken();
        }
    }

    private void requireOwn(Caller caller, Operation operation, String id) throws RefusedException {
        if (isBuiltIn(caller, id)) {
            audit.recordRefused(
                    caller.did(operation, Outcome.DENIED).on(id, null).saying("every domain has this group"));
            throw builtIn();
        }
    }

    private boolean isBuiltIn(Caller caller, String id) {
        return sql.in(caller.domainId())
                .statement("select 1 from user_group where domain_id = :domain and id = :id and built_in")
                .set("id", id)
                .first(row -> row.number(1))
                .isPresent();
    }

    private static RefusedException builtIn() {
        return new RefusedException(Problem.CONFLICT, "Every domain has this group: it keeps its name and stays.");
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The group was changed in the meantime.");
    }

    /** Refuses whom {@link #delete} would refuse, because of what he may do with the group, or what it is. Changes, locks and records nothing of it. */
    public void requireDeletion(Caller caller, String id) throws RefusedException {
        people.require(caller, Permission.MANAGE_USERS, people.seen(caller, KIND, id));
        if (isBuiltIn(caller, id)) {
            throw builtIn();
        }
    }

    /** Deletes a group: its entries and memberships go with it. */
    public void delete(Caller caller, String id, long revision) throws RefusedException {
        Seen before = people.seen(caller, KIND, id);
        people.require(caller, Permission.MANAGE_USERS, before);
        memberships.require(caller, id, Effect.DENY);
        requireOwn(caller, Operation.GROUP_DELETED, id);
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        removals.record(caller, List.of(id), null);
        int deleted = sql.in(caller.domainId())
                .statement("delete from resource where domain_id = :domain and id = :id and version = :revision")
                .set("id", id)
                .set("revision", revision)
                .update();
        if (deleted == 0) {
            throw changedMeanwhile();
        }
        owners.require(caller, held, Operation.GROUP_DELETED, id);
        rights.changed(caller.domainId());
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, "removed"));
    }

    private record Pair(Seen group, Principal member) {}

    private Pair pair(Caller caller, String groupId, String memberId) throws RefusedException {
        Seen group = people.seen(caller, KIND, groupId);
        people.require(caller, Permission.MANAGE_USERS, group);
        if (!authorization.shows(caller, Permission.SEE_USERS, memberId)) {
            throw RefusedException.notFound();
        }
        Principal member = sql.in(caller.domainId())
                .statement("select id, name, kind from resource"
                        + " where domain_id = :domain and id = :id and kind in ('user', 'group')")
                .set("id", memberId)
                .first(row -> new Principal(row.text(1), row.text(2), row.text(3)))
                .orElseThrow(RefusedException::notFound);
        return new Pair(group, member);
    }

    /** Makes a user or a group a member; nothing happens if it is one. {@code GROUP_CYCLE} if the group would contain itself. */
    public void addMember(Caller caller, String groupId, String memberId) throws RefusedException {
        Pair pair = pair(caller, groupId, memberId);
        // the member gains what the group is allowed, and loses what it is denied
        memberships.require(caller, groupId, Effect.ALLOW);
        memberships.require(caller, groupId, Effect.DENY);
        owners.lock(caller.domainId());
        if (contains(caller.domainId(), memberId, groupId)) {
            audit.recordRefused(caller.did(Operation.MEMBER_ADDED, Outcome.DENIED)
                    .on(groupId, pair.group().name())
                    .saying("a circle of groups with " + pair.member().name()));
            throw new RefusedException(Problem.GROUP_CYCLE, "The group would be a member of itself.");
        }
        Held held = owners.held(caller.domainId());
        int added = sql.in(caller.domainId())
                .statement("insert ignore into group_member (domain_id, group_id, member_id)"
                        + " values (:domain, :group, :member)")
                .set("group", groupId)
                .set("member", memberId)
                .update();
        if (added == 1) {
            // a group may be denied what makes an owner
            owners.require(caller, held, Operation.MEMBER_ADDED, groupId);
            changed(caller, pair, Operation.MEMBER_ADDED);
        }
    }

    /** Ends a membership; nothing happens if there is none. */
    public void removeMember(Caller caller, String groupId, String memberId) throws RefusedException {
        Pair pair = pair(caller, groupId, memberId);
        memberships.require(caller, groupId, Effect.DENY);
        owners.lock(caller.domainId());
        Held held = owners.held(caller.domainId());
        int removed = sql.in(caller.domainId())
                .statement(
                        "delete from group_member where domain_id = :domain and group_id = :group and member_id = :member")
                .set("group", groupId)
                .set("member", memberId)
                .update();
        if (removed == 1) {
            owners.require(caller, held, Operation.MEMBER_REMOVED, groupId);
            changed(caller, pair, Operation.MEMBER_REMOVED);
        }
    }

    /** Whether a group is another one or contains it, at any depth; as others have committed it since this transaction began, too. */
    private boolean contains(String domainId, String outer, String inner) {
        Set<String> seen = new java.util.HashSet<>(Set.of(outer));
        List<String> level = List.of(outer);
        while (!level.isEmpty()) {
            if (seen.contains(inner)) {
                return true;
            }
            level = sql
                    .in(domainId)
                    .statement("select m.member_id from group_member m join user_group g on g.id = m.member_id"
                            + " where m.domain_id = :domain and m.group_id in (:groups) lock in share mode")
                    .set("groups", level)
                    .list(row -> row.text(1))
                    .stream()
                    .filter(seen::add)
                    .toList();
        }
        return seen.contains(inner);
    }

    private void changed(Caller caller, Pair pair, Operation operation) {
        rights.changed(caller.domainId());
        boolean added = operation == Operation.MEMBER_ADDED;
        String text = pair.member().kind() + " " + pair.member().id() + " '"
                + pair.member().name() + "'";
        audit.record(caller.did(operation, Outcome.SUCCESS)
                .on(pair.group().id(), pair.group().name())
                // the filter by text looks here, and not at the changes
                .saying("%s '%s'".formatted(pair.member().kind(), pair.member().name()))
                .changing(Changes.none().field("member", added ? null : text, added ? text : null)));
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), pair.group().id(), KIND, "changed"));
        live.fire(new LiveEvent.PrincipalChanged(
                caller.domainId(), pair.member().id(), pair.member().kind(), "changed"));
    }
}
