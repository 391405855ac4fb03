package org.bascule.domain.people;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Memberships;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.FolderPaths;
import org.bascule.domain.directory.MoveRights;
import org.bascule.domain.directory.MoveRights.Move;
import org.bascule.domain.directory.Named;
import org.bascule.domain.directory.Names;
import org.bascule.domain.directory.Removals;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.people.PeopleRights.Seen;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * References to users of the realm. One may be made before the first sign-in; then {@code Identities} binds it, once, to the first subject that
 * signs in under its name.
 */
@Stateless
public class Users {

    private static final String KIND = "user";

    /** So many groups of each user are on a page of users, where a cell has room for a few; all of them are where the user is. */
    static final int GROUPS_LISTED = 20;

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

    /** One page of the users that the caller sees, by name. */
    public Slice<UserView> list(Caller caller, PrincipalQuery query) throws RefusedException {
        Slice<Seen> page = query.cursor().slice(people.rows(caller, KIND, query), row -> List.of(row.name(), row.id()));
        return new Slice<>(views(caller, page.items(), GROUPS_LISTED), page.next());
    }

    /** One user that the caller sees. */
    public UserView user(Caller caller, String id) throws RefusedException {
        return views(caller, List.of(people.seen(caller, KIND, id)), Integer.MAX_VALUE)
                .get(0);
    }

    private record Facts(@Nullable Instant lastSignIn, boolean pending, boolean enabled, @Nullable Instant expires) {}

    private List<UserView> views(Caller caller, List<Seen> rows, int mostGroups) {
        if (rows.isEmpty()) {
            return List.of();
        }
        List<String> users = rows.stream().map(Seen::id).toList();
        Map<String, Named> folders = people.folders(caller, rows);
        Map<String, Set<Permission>> permissions = people.permissions(caller, rows);
        Map<String, GroupsOfUser> groups = groups(caller, users, mostGroups);
        List<String> owning = owning(caller.domainId(), users);
        Map<String, Facts> facts = new HashMap<>();
        sql.in(caller.domainId())
                .statement("select id, last_sign_in, subject is null, enabled, expires from user_ref"
                        + " where domain_id = :domain and id in (:ids)")
                .set("ids", users)
                .list(row -> facts.put(
                        row.text(1), new Facts(row.instantOrNull(2), row.flag(3), row.flag(4), row.instantOrNull(5))));
        return rows.stream()
                .map(row -> {
                    Facts known = facts.getOrDefault(row.id(), new Facts(null, false, true, null));
                    GroupsOfUser of = groups.getOrDefault(row.id(), new GroupsOfUser(List.of(), 0));
                    return new UserView(
                            row.id(),
                            row.name(),
                            folders.get(row.folder()),
                            known.lastSignIn(),
                            known.pending(),
                            of.first(),
                            of.count(),
                            owning.contains(row.id()),
                            permissions.getOrDefault(row.id(), Set.of()),
                            known.enabled(),
                            known.expires(),
                            row.revision());
                })
                .toList();
    }

    /** The first groups that a user is directly in, by name, and how many there are. */
    private record GroupsOfUser(List<Named> first, int count) {}

    private Map<String, GroupsOfUser> groups(Caller caller, List<String> users, int most) {
        Scope scope = authorization.scope(caller, Permission.SEE_USERS);
        Map<String, GroupsOfUser> groups = new HashMap<>();
        scope.bind(sql.in(caller.domainId())
                        .statement(
                                """
                                select member_id, id, name, total from (
                                  select m.member_id, r.id, r.name, count(*) over (partition by m.member_id) as total,
                                    row_number() over (partition by m.member_id order by r.name, r.id) as place
                                  from group_member m join resource r on r.id = m.group_id
                                  where m.domain_id = :domain and m.member_id in (:users) and %s) g
                                where g.place <= :most order by member_id, place"""
                                        .formatted(scope.things("r"))))
                .set("users", users)
                .set("most", most)
                .list(row -> groups.computeIfAbsent(
                                row.text(1), id -> new GroupsOfUser(new ArrayList<>(), (int) row.number(4)))
                        .first()
                        .add(new Named(row.text(2), row.text(3))));
        return groups;
    }

    private List<String> owning(String domainId, List<String> users) {
        return sql.in(domainId)
                .statement(
                        """
                        with recursive inside (id) as (
                          select g.id from user_group g join resource r on r.id = g.id
                          where g.domain_id = :domain and g.built_in and r.name = :owners
                          union select m.member_id from inside i join group_member m on m.group_id = i.id and m.domain_id = :domain)
                        select id from inside where id in (:users)""")
                .set("owners", Preset.OWNERS.group())
                .set("users", users)
                .list(row -> row.text(1));
    }

    /** Makes a reference to a user who has not signed in yet; {@code CONFLICT} if one of that name is awaited already. */
    public UserView create(Caller caller, String folder, String name) throws RefusedException {
        String checked = Names.checked("name", name);
        people.requireFolder(caller, folder);
        authorization.requireOwn(caller, Operation.USER_ADDED);
        String id = ids.next();
        sql.in(caller.domainId())
                .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " values (:id, :domain, :folder, 'user', :name, :now)")
                .set("id", id)
                .set("folder", folder)
                .set("name", checked)
                .set("now", clock.instant())
                .update();
        try {
            sql.in(caller.domainId())
                    .statement("insert into user_ref (id, domain_id, pending_name) values (:id, :domain, :name)")
                    .set("id", id)
                    .set("name", checked.toLowerCase(Locale.ROOT))
                    .insertUnique();
        } catch (DuplicateException e) {
            throw awaited();
        }
        audit.record(caller.did(Operation.USER_ADDED, Outcome.SUCCESS)
                .on(id, checked)
                .changing(Changes.none()
                        .field("name", null, checked)
                        .place("folder", null, paths.of(caller.domainId(), folder))));
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, "added"));
        return user(caller, id);
    }

    /** Refuses a name under which somebody is awaited: {@code CONFLICT}. */
    public void requireNotAwaited(String domainId, String name) throws RefusedException {
        boolean awaited = sql.in(domainId)
                .statement("select 1 from user_ref where domain_id = :domain and pending_name = :name")
                .set("name", name.toLowerCase(Locale.ROOT))
                .first(row -> row.number(1))
                .isPresent();
        if (awaited) {
            throw awaited();
        }
    }

    /** Adds a user who has an account in the realm, without rights. The caller may make users in the folder: that was asked before. */
    public UserView add(Caller caller, String folder, String name, String subject, @Nullable Instant expires)
            throws RefusedException {
        sql.in(caller.domainId())
                .statement("insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " values (:id, :domain, :folder, 'user', :name, :now)")
                .set("id", subject)
                .set("folder", folder)
                .set("name", name)
                .set("now", clock.instant())
                .update();
        sql.in(caller.domainId())
                .statement(
                        "insert into user_ref (id, domain_id, subject, expires) values (:id, :domain, :id, :expires)")
                .set("id", subject)
                .set("expires", expires)
                .update();
        audit.record(caller.did(Operation.USER_ADDED, Outcome.SUCCESS)
                .on(subject, name)
                .changing(Changes.none()
                        .field("name", null, name)
                        .place("folder", null, paths.of(caller.domainId(), folder))
                        .field("expires", null, expires)));
        // who may sign in is worked out anew
        rights.changed(caller.domainId());
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), subject, KIND, "added"));
        return user(caller, subject);
    }

    private static RefusedException awaited() {
        return new RefusedException(Problem.CONFLICT, "A user of that name is awaited already.");
    }

    /** Moves or renames a user; null keeps what there is. Whoever has an account is named by it: {@code Accounts} renames both. */
    public UserView change(Caller caller, String id, long revision, @Nullable String name, @Nullable String folder)
            throws RefusedException {
        Seen before = people.seen(caller, KIND, id);
        people.require(caller, Permission.MANAGE_USERS, before);
        String newName = name == null ? before.name() : Names.checked("name", name);
        Optional<Move> move = moveRights.checked(caller, Operation.USER_MOVED, id, folder);
        int changed = sql.in(caller.domainId())
                .statement(
                        """
                        update resource set name = :name, version = version + 1
                        where domain_id = :domain and id = :id and version = :revision""")
                .set("name", newName)
                .set("id", id)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw changedMeanwhile();
        }
        if (!newName.equals(before.name())) {
            rename(caller, before, newName);
        }
        if (move.isPresent()) {
            moveRights.move(caller, move.get(), Operation.USER_MOVED, newName);
        }
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, move.isPresent() ? "moved" : "changed"));
        return user(caller, id);
    }

    /** Whoever decides who will sign in under a reference gives away all that it is allowed; whoever renames somebody may be taken for him. */
    private void rename(Caller caller, Seen before, String name) throws RefusedException {
        memberships.require(caller, before.id(), Effect.ALLOW);
        try {
            sql.in(caller.domainId())
                    .statement("update user_ref set pending_name = :name"
                            + " where domain_id = :domain and id = :id and subject is null")
                    .set("name", name.toLowerCase(Locale.ROOT))
                    .set("id", before.id())
                    .updateUnique();
        } catch (DuplicateException e) {
            throw awaited();
        }
        audit.record(caller.did(Operation.USER_UPDATED, Outcome.SUCCESS)
                .on(before.id(), name)
                .changing(Changes.none().field("name", before.name(), name)));
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(Problem.PRECONDITION_FAILED, "The user was changed in the meantime.");
    }

    /** Refuses whom {@link #delete} would refuse, because of what he may do with the user, or who that is. Changes and locks nothing. */
    public void requireDeletion(Caller caller, String id) throws RefusedException {
        // the account goes with the user
        authorization.requirePerson(caller);
        people.require(caller, Permission.MANAGE_USERS, people.seen(caller, KIND, id));
        if (id.equals(caller.userId())) {
            throw new RefusedException(Problem.CONFLICT, "You cannot delete yourself.");
        }
    }

    /** Deletes a reference: entries and memberships go with it, the audit history stays. Nobody deletes himself. */
    public void delete(Caller caller, String id, long revision) throws RefusedException {
        requireDeletion(caller, id);
        memberships.requireRemovable(caller, List.of(id));
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
        owners.require(caller, held, Operation.USER_DELETED, id);
        rights.changed(caller.domainId());
        live.fire(new LiveEvent.PrincipalChanged(caller.domainId(), id, KIND, "removed"));
    }
}
