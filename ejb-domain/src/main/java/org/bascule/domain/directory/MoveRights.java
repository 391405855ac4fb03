package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;
import org.jspecify.annotations.Nullable;

/**
 * Moves are changes of permissions, because what is inherited changes (requirements DOM-2, ACL-7; docs/decisions/0012). Whoever moves something
 * needs {@code manage-permissions} on it and on where it goes, and must be allowed to pass on, there where it is, every permission that somebody can
 * gain by it: those allowed by entries that come into force, and those denied by entries that go out of force. A device or folder does not get rid of
 * conditions of its place, either; a folder's own do not stand for them, since whoever manages the folder can take those away.
 */
@Stateless
public class MoveRights {

    /** For people. */
    static final Sentence LOOSENS = Sentence.of(
            "What is demanded of those who work here can only be left behind by who may lift it where it is set.");

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    Delegation delegation;

    @Inject
    Instance<PlaceConditions> conditions;

    @Inject
    RightsVersion rights;

    @Inject
    FolderPaths paths;

    @Inject
    AuditLog audit;

    /** Something that may be moved. */
    public record Move(String id, String from, String to) {}

    /**
     * The move of something that is no folder into another folder; empty if none is asked for, or it is there already.
     *
     * @param operation which decides what is needed on the folder that it comes into
     */
    public Optional<Move> checked(Caller caller, Operation operation, String id, @Nullable String folder)
            throws RefusedException {
        if (folder == null) {
            return Optional.empty();
        }
        String from = parent(caller.domainId(), id).orElseThrow(RefusedException::notFound);
        if (from.equals(folder)) {
            return Optional.empty();
        }
        Move move = new Move(id, from, folder);
        require(caller, operation, "folder", move);
        return Optional.of(move);
    }

    /**
     * Refuses what the caller may not move.
     *
     * @param field of the target, for the answer
     */
    public void require(Caller caller, Operation operation, String field, Move move) throws RefusedException {
        requireTarget(caller, operation, field, move.to());
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, move.id());
        delegation.requireMayGain(caller, operation, gained(caller.domainId(), move.from(), move.to()), move.id());
        boolean bound = operation == Operation.DEVICE_MOVED || operation == Operation.FOLDER_MOVED;
        if (bound && loosens(caller, move.from(), move.to())) {
            audit.recordRefused(
                    caller.did(operation, Outcome.DENIED).on(move.id(), null).saying(LOOSENS.toString()));
            throw RefusedException.saying(Problem.FORBIDDEN, LOOSENS);
        }
    }

    /** Whether a device or folder would leave conditions of its place behind that the caller may not lift. */
    public boolean loosens(Caller caller, String from, String to) {
        for (PlaceConditions condition : conditions) {
            if (condition.loosens(caller, from, to)) {
                return true;
            }
        }
        return false;
    }

    private static Permission atTarget(Operation operation) {
        return switch (operation) {
            case DEVICE_MOVED -> Permission.INSTALL_DEVICES;
            case FOLDER_MOVED -> Permission.MANAGE_FOLDERS;
            case USER_MOVED, GROUP_MOVED -> Permission.MANAGE_USERS;
            default -> throw new IllegalArgumentException("no move: " + operation);
        };
    }

    private Optional<String> parent(String domainId, String id) {
        return sql.in(domainId)
                .statement(
                        "select parent_id from resource where domain_id = :domain and id = :id and parent_id is not null")
                .set("id", id)
                .first(row -> row.text(1));
    }

    /** The folder that something is to come into. */
    public void requireTarget(Caller caller, Operation operation, String field, String folder) throws RefusedException {
        authorization.require(caller, atTarget(operation), folder);
        authorization.require(caller, Permission.MANAGE_PERMISSIONS, folder);
        boolean isFolder = sql.in(caller.domainId())
                .statement("select 1 from folder where domain_id = :domain and id = :id")
                .set("id", folder)
                .first(row -> row.number(1))
                .isPresent();
        if (!isFolder) {
            throw RefusedException.invalid(field, "This is not a folder.");
        }
    }

    /** What somebody may gain on the thing that is moved, or on something in it. */
    public Set<Permission> gained(String domainId, String from, String to) {
        Set<String> source = chain(domainId, from);
        Set<String> target = chain(domainId, to);
        if (!isBlocked(domainId, source, target)) {
            Set<String> common = new HashSet<>(source);
            common.retainAll(target);
            source.removeAll(common);
            target.removeAll(common);
        }
        Set<Permission> gained = EnumSet.noneOf(Permission.class);
        sql.in(domainId)
                .statement(
                        """
                        select distinct permission from acl_entry where domain_id = :domain
                          and (effect = 'allow' and resource_id in (:target) or effect = 'deny' and resource_id in (:source))""")
                .set("target", orNone(target))
                .set("source", orNone(source))
                .list(row -> row.text(1))
                .forEach(code -> Permission.ofCode(code).ifPresent(gained::add));
        return gained;
    }

    private Set<String> chain(String domainId, String folder) {
        return new HashSet<>(sql.in(domainId)
                .statement(
                        "select ancestor_id from folder_closure where domain_id = :domain and descendant_id = :folder")
                .set("folder", folder)
                .list(row -> row.text(1)));
    }

    /** Above a block nothing is common: a move across one brings in, or takes away, everything above. */
    private boolean isBlocked(String domainId, Set<String> source, Set<String> target) {
        Set<String> both = new HashSet<>(source);
        both.addAll(target);
        return sql.in(domainId)
                .statement("select 1 from resource where domain_id = :domain and id in (:ids) and not inherit limit 1")
                .set("ids", orNone(both))
                .first(row -> row.number(1))
                .isPresent();
    }

    private static List<String> orNone(Set<String> ids) {
        return ids.isEmpty() ? List.of("") : List.copyOf(ids);
    }

    /** Moves something that is no folder and was checked. Its version is for the caller of this to raise. */
    public void move(Caller caller, Move move, Operation operation, String name) {
        move(caller, List.of(new Checked(move, name)), operation);
    }

    /**
     * What was checked.
     *
     * @param name for the log
     */
    public record Checked(Move move, String name) {}

    /** The same for many: the folders are looked up once for all of them. */
    public void move(Caller caller, List<Checked> all, Operation operation) {
        String domain = caller.domainId();
        Set<String> folders = new HashSet<>();
        all.forEach(
                each -> folders.addAll(List.of(each.move().from(), each.move().to())));
        Map<String, Changes.Place> places = paths.of(domain, folders);
        List<AuditEvent> events = new ArrayList<>();
        for (Checked each : all) {
            Move move = each.move();
            sql.in(domain)
                    .statement("update resource set parent_id = :to where domain_id = :domain and id = :id")
                    .set("to", move.to())
                    .set("id", move.id())
                    .update();
            rights.moved(domain, move.id());
            events.add(caller.did(operation, Outcome.SUCCESS)
                    .on(move.id(), each.name())
                    .changing(Changes.none().place("folder", places.get(move.from()), places.get(move.to()))));
        }
        audit.recordAll(domain, events);
    }
}
