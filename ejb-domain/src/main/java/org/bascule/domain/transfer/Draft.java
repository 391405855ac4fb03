package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.Resource;
import org.bascule.domain.transfer.DirectoryState.User;
import org.bascule.domain.transfer.Plan.Action;
import org.jspecify.annotations.Nullable;

/**
 * A plan in the making: the directory as it is and as the lines so far want it, and how lines name things in it. What the importer does not see is
 * not there for a line either.
 */
final class Draft {

    static final String TWICE = "An earlier line is about the same.";

    private static final Set<String> PLACE = Set.of("parent", "folder");
    private static final String INHERIT = "inherit";

    final Caller caller;
    final DirectoryState state;
    final Grants grants;
    final Uuid7 ids;
    final boolean skipUnknownDevices;
    final Problems problems;
    final Plan plan = new Plan();
    final FolderPlan tree;
    final Moves moves;

    private final Set<String> seen = new HashSet<>();

    /** Groups as they are going to be, by folder and name. */
    private final Map<String, Group> groups = new HashMap<>();

    private final Map<String, List<User>> usersByName = new HashMap<>();
    private final Set<String> skippedDevices = new HashSet<>();

    Draft(
            Caller caller,
            DirectoryState state,
            Grants grants,
            Uuid7 ids,
            boolean skipUnknownDevices,
            Problems problems) {
        this.caller = caller;
        this.state = state;
        this.grants = grants;
        this.ids = ids;
        this.skipUnknownDevices = skipUnknownDevices;
        this.problems = problems;
        this.tree = new FolderPlan(state);
        this.moves = new Moves(this);
        state.users.values().stream()
                .filter(user -> state.seesPrincipal(user.id()))
                .forEach(this::name);
    }

    /** From now on lines may name the user. */
    void name(User user) {
        usersByName.computeIfAbsent(user.name(), name -> new ArrayList<>()).add(user);
    }

    void once(String what, Column column) throws LineRefusedException {
        require(seen.add(what), column, TWICE);
    }

    boolean isSeen(String what) {
        return seen.contains(what);
    }

    static void permit(boolean held, Permission permission) throws LineRefusedException {
        require(held, null, "You do not have the permission '%s' for this.", permission.code());
    }

    /** For what is in a folder that may be new. */
    void permitIn(@Nullable String folder, Permission permission) throws LineRefusedException {
        permit(tree.holds(permission, folder), permission);
    }

    /** For something that is there. */
    void permitOn(Resource resource, Permission permission) throws LineRefusedException {
        permit(state.holds(permission, resource.id()), permission);
    }

    /** The operations that single changes of a kind of thing have in the audit log. */
    record Operations(Operation created, Operation updated, Operation moved) {}

    /** Tells what happens to a thing: once to people, and to the audit log as single changes would. */
    void changed(Line line, Action action, String path, Fields fields, Operations operations, Resource after) {
        tell(line, action, path, fields.text());
        Predicate<String> rights = INHERIT::equals;
        Predicate<String> place = PLACE::contains;
        if (action == Action.CREATE) {
            log(operations.created(), after.id(), after.name(), fields.changes(rights.negate()));
        } else {
            log(
                    operations.updated(),
                    after.id(),
                    after.name(),
                    fields.changes(rights.or(place).negate()));
            log(operations.moved(), after.id(), after.name(), fields.changes(place));
        }
        log(Operation.INHERITANCE_CHANGED, after.id(), after.name(), fields.changes(rights));
    }

    /** Tells people. */
    void tell(Line line, Action action, String path, String detail) {
        plan.count(action);
        plan.changes.add(
                new ImportChange(line.number(), action.code(), line.kind().code(), path, detail));
    }

    /** Tells the audit log, if anything changed. */
    void log(Operation operation, String id, String name, Changes changes) {
        if (!changes.isEmpty()) {
            log(caller.did(operation, Outcome.SUCCESS).on(id, name).changing(changes));
        }
    }

    void log(AuditEvent event) {
        plan.events.add(event);
    }

    void unchanged() {
        plan.count(Action.UNCHANGED);
    }

    /** What is to be changed must not have changed until then. */
    void keep(Resource resource) {
        plan.versions.put(resource.id(), resource.version());
    }

    /** The same for what entries, members or sub-devices hang on: while its place decides about them, it must stay where it is. */
    void keep(String id) {
        for (Map<String, ? extends Resource> all : List.of(state.folders, state.devices, state.users, state.groups)) {
            Resource there = all.get(id);
            if (there != null) {
                keep(there);
            }
        }
    }

    String folderAt(List<String> names, Column column) throws LineRefusedException {
        return tree.at(names)
                .orElseThrow(() -> new LineRefusedException(
                        column, "There is no folder '%s', or more than one.", Paths.of(names)));
    }

    /** What is below a folder that the importer does not see stands at the top of the file, and stays where it is. */
    String parent(@Nullable Resource before, List<String> names) throws LineRefusedException {
        List<String> above = names.subList(0, names.size() - 1);
        if (before != null && before.parent() != null && above.isEmpty() && !state.seesFolder(before.parent())) {
            return before.parent();
        }
        return folderAt(above, Column.PATH);
    }

    Fields.Place placeBefore(@Nullable Resource before) {
        return before == null
                ? new Fields.Place(null, "", "")
                : new Fields.Place(
                        before.parent(), state.folderPath(before.parent()), Paths.of(before.parent(), state.folders));
    }

    Fields.Place placeAfter(Resource after) {
        return new Fields.Place(after.parent(), tree.path(after.parent()), tree.wholePath(after.parent()));
    }

    static Action action(@Nullable Resource before, Resource after) {
        if (before == null) {
            return Action.CREATE;
        }
        return Objects.equals(before.parent(), after.parent()) ? Action.UPDATE : Action.MOVE;
    }

    Optional<User> user(String id) {
        return Optional.ofNullable(state.users.get(id.toLowerCase(Locale.ROOT)))
                .filter(user -> state.seesPrincipal(user.id()));
    }

    /** Users of that name, or the one of that id. */
    List<User> usersNamed(String name) {
        return user(name).map(List::of).orElseGet(() -> usersByName.getOrDefault(name, List.of()));
    }

    User userNamed(String name, Column column) throws LineRefusedException {
        List<User> named = usersNamed(name);
        require(named.size() == 1, column, "There is no user of this name, or more than one.");
        return named.get(0);
    }

    Optional<Group> group(String id) {
        return Optional.ofNullable(state.groups.get(id.toLowerCase(Locale.ROOT)))
                .filter(group -> state.seesPrincipal(group.id()));
    }

    /** Whether no other line has a group there. */
    boolean place(Group group) {
        return groups.put(group.parent() + "/" + group.name(), group) == null;
    }

    Optional<Group> presentGroup(List<String> names) {
        String name = names.get(names.size() - 1);
        List<String> above = names.subList(0, names.size() - 1);
        Optional<String> folder = tree.at(above);
        List<Group> found = state.groupsNamed(name).stream()
                .filter(group -> state.seesPrincipal(group.id()) && !isSeen("group " + group.id()))
                .filter(group -> folder.filter(id -> id.equals(group.parent())).isPresent()
                        || above.isEmpty() && !state.seesFolder(group.parent()))
                .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    Group groupAt(String path, Column column) throws LineRefusedException {
        List<String> names = Cells.names(path, column);
        if (!names.isEmpty()) {
            Group planned = tree.at(names.subList(0, names.size() - 1))
                    .map(folder -> groups.get(folder + "/" + names.get(names.size() - 1)))
                    .orElse(null);
            Optional<Group> found = Optional.ofNullable(planned).or(() -> presentGroup(names));
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new LineRefusedException(column, "There is no group at this path, or more than one.");
    }

    Resource principal(String text, Column column) throws LineRefusedException {
        if (text.startsWith(References.USER)) {
            return userNamed(text.substring(References.USER.length()), column);
        }
        require(text.startsWith(References.GROUP), column, "This is neither 'user:' nor 'group:' and a name.");
        return groupAt(text.substring(References.GROUP.length()), column);
    }

    /** A device that is to be left out, with all that is about it. */
    void skip(Line line, String id, String path) {
        skippedDevices.add(id);
        tell(line, Action.SKIP, path, "there is no such device");
    }

    /** Whether the line is about a device that is left out; that is told, then. */
    boolean leavesOut(Line line) {
        String text = line.value(Column.RESOURCE).orElse("");
        boolean skipped = text.startsWith(References.DEVICE) && skippedDevices.contains(deviceId(text));
        if (skipped) {
            tell(line, Action.SKIP, text, "there is no such device");
        }
        return skipped;
    }

    static String deviceId(String reference) {
        return reference.substring(References.DEVICE.length()).toLowerCase(Locale.ROOT);
    }

    /** What a line is about: a folder, device, user or group. */
    record Named(Kind kind, String id, String name) {}

    /** What the column {@code resource} names. */
    Named resource(Line line) throws LineRefusedException {
        String text = Cells.required(line, Column.RESOURCE);
        if (text.startsWith(References.FOLDER)) {
            List<String> names = Cells.names(text.substring(References.FOLDER.length()), Column.RESOURCE);
            String name = names.isEmpty() ? caller.domainName() : names.get(names.size() - 1);
            return new Named(Kind.FOLDER, folderAt(names, Column.RESOURCE), name);
        }
        if (text.startsWith(References.DEVICE)) {
            DirectoryState.Device device = device(deviceId(text))
                    .orElseThrow(() -> new LineRefusedException(Column.RESOURCE, "There is no such device."));
            return new Named(Kind.DEVICE, device.id(), device.name());
        }
        Resource principal = principal(text, Column.RESOURCE);
        return new Named(principal instanceof User ? Kind.USER : Kind.GROUP, principal.id(), principal.name());
    }

    Optional<DirectoryState.Device> device(String id) {
        return Optional.ofNullable(state.devices.get(id)).filter(device -> state.seesFolder(device.id()));
    }

    /** The resource itself, or for a new one the nearest folder that is there already: whose rights it is going to have. */
    String existing(String resource) {
        if (state.folders.containsKey(resource) || state.devices.containsKey(resource)) {
            return resource;
        }
        if (state.users.containsKey(resource) || state.groups.containsKey(resource)) {
            return resource;
        }
        String folder =
                tree.existing(Optional.ofNullable(plan.newParents.get(resource)).orElse(resource));
        return folder == null ? resource : folder;
    }

    boolean holdsOn(Permission permission, String resource) {
        return state.holds(permission, existing(resource));
    }

    /** Names that two folders or two groups of one folder would share, whoever sees them. */
    void checkNames() {
        Map<String, Line> lines = plan.lines;
        Map<String, String> taken = new HashMap<>();
        tree.folders()
                .forEach(folder -> taken.merge(folder.parent() + "/" + folder.name(), folder.id(), (a, b) -> {
                    Line line = Optional.ofNullable(lines.get(a)).orElse(lines.get(b));
                    if (line != null) {
                        problems.report(line, Column.PATH, "There is a folder of that name already.");
                    }
                    return a;
                }));
        Map<String, Group> planned = new HashMap<>(state.groups);
        plan.groups.forEach(target -> planned.put(target.after().id(), target.after()));
        taken.clear();
        planned.values()
                .forEach(group -> taken.merge(group.parent() + "/" + group.name(), group.id(), (a, b) -> {
                    Line line = Optional.ofNullable(lines.get(a)).orElse(lines.get(b));
                    if (line != null) {
                        problems.report(line, Column.PATH, "There is a group of that name already.");
                    }
                    return a;
                }));
    }

    /** Remembers the line that changes a thing's name or place. */
    void from(Line line, Resource after) {
        plan.lines.put(after.id(), line);
    }

    Optional<Folder> folder(String id) {
        return Optional.ofNullable(state.folders.get(id.toLowerCase(Locale.ROOT)))
                .filter(folder -> state.seesFolder(folder.id()));
    }
}
