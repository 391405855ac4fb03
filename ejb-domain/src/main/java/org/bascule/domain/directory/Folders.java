package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
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
    RightsVersion rights;

    @Inject
    AuditLog audit;

    @Inject
    FolderTree tree;

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
        Statement statement = sql.in(caller.domainId())
                .statement(FolderStatements.page(query))
                .set("user", caller.userId())
                .set("permission", Permission.SEE_RESOURCES.code())
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
    private record Seen(String id, String name, @Nullable String description, @Nullable String parent, long revision) {
        static Seen of(Row row) {
            return new Seen(row.text(1), row.text(2), row.textOrNull(3), row.textOrNull(4), row.number(5));
        }
    }

    /** With what a row does not hold, in one statement for each number and not for each folder. */
    private List<FolderView> views(Caller caller, List<Seen> page) {
        if (page.isEmpty()) {
            return List.of();
        }
        List<String> ids = page.stream().map(Seen::id).toList();
        Map<String, Long> children = numbers(caller, FolderStatements.CHILDREN, ids);
        Map<String, Long> devices = numbers(caller, FolderStatements.DEVICES, ids);
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

    private Map<String, Long> numbers(Caller caller, String statement, List<String> folders) {
        Map<String, Long> numbers = new HashMap<>();
        bound(caller, statement, folders).list(row -> numbers.put(row.text(1), row.number(2)));
        return numbers;
    }

    private Map<String, List<Named>> paths(Caller caller, List<String> folders) {
        Map<String, List<Named>> paths = new HashMap<>();
        bound(caller, FolderStatements.PATHS, folders)
                .list(row -> paths.computeIfAbsent(row.text(1), id -> new ArrayList<>())
                        .add(new Named(row.text(2), row.text(3))));
        return paths;
    }

    private Statement bound(Caller caller, String statement, List<String> folders) {
        return sql.in(caller.domainId())
                .statement(statement)
                .set("user", caller.userId())
                .set("permission", Permission.SEE_RESOURCES.code())
                .set("folders", folders);
    }

    /** One folder that the caller sees. */
    public FolderView folder(Caller caller, String id) throws RefusedException {
        if (!authorization.allows(caller, Permission.SEE_RESOURCES, id)) {
            throw RefusedException.notFound();
        }
        Seen seen = sql.in(caller.domainId())
                .statement(
                        """
                        select id, name, description, parent_id, version from resource
                        where domain_id = :domain and id = :id and kind = 'folder'""")
                .set("id", id)
                .first(Seen::of)
                .orElseThrow(RefusedException::notFound);
        return views(caller, List.of(seen)).get(0);
    }

    /** Creates a folder; {@code CONFLICT} if the parent has one of that name. */
    public FolderView create(Caller caller, String parentId, String name, @Nullable String description)
            throws RefusedException {
        String checked = Names.checked("name", name);
        String told = Descriptions.checked(description);
        authorization.require(caller, Permission.MANAGE_FOLDERS, parentId);
        requireFolder(caller, "parent", parentId);
        try {
            String id = tree.add(caller.domainId(), parentId, checked, told);
            rights.changed(caller.domainId());
            audit.record(caller.did(Operation.FOLDER_CREATED, Outcome.SUCCESS)
                    .on(id, checked)
                    .changing(Changes.none()
                            .field("name", null, checked)
                            .field("description", null, told)
                            .field("parent", null, parentId)));
            return folder(caller, id);
        } catch (DuplicateException e) {
            throw new RefusedException(Problem.CONFLICT, "There is a folder of that name already.");
        }
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
}
