package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.Cells.checked;
import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.directory.Names;
import org.bascule.domain.transfer.DirectoryState.User;
import org.bascule.domain.transfer.Plan.Action;
import org.bascule.domain.transfer.Plan.Target;
import org.jspecify.annotations.Nullable;

/** Lines about users, who are awaited if they are not there, and about their qualifications. */
final class UserLines {

    private static final Draft.Operations OPERATIONS =
            new Draft.Operations(Operation.USER_ADDED, Operation.USER_UPDATED, Operation.USER_MOVED);

    private final Draft draft;

    /** Names in lower case under which somebody is awaited. */
    private final Set<String> awaited = new HashSet<>();

    UserLines(Draft draft) {
        this.draft = draft;
        draft.state.users.values().stream().filter(User::pending).forEach(user -> awaited.add(user.awaitedName()));
    }

    void user(Line line) throws LineRefusedException {
        User before = present(line).orElse(null);
        if (before == null) {
            create(line);
            return;
        }
        draft.once("user " + before.id(), Column.NAME);
        require(
                line.value(Column.NAME)
                        .filter(name -> !name.equals(before.name()))
                        .isEmpty(),
                Column.NAME,
                "The user of this id is called '%s': an import gives nobody another name.",
                before.name());
        String parent = line.value(Column.PATH).isPresent() ? folder(line, before) : before.parent();
        User after = new User(before.id(), parent, before.name(), before.pending(), before.version());
        if (Objects.equals(before.parent(), after.parent())) {
            draft.unchanged();
            return;
        }
        draft.permitOn(before, Permission.MANAGE_USERS);
        draft.permitIn(after.parent(), Permission.MANAGE_USERS);
        draft.permitIn(after.parent(), Permission.MANAGE_PERMISSIONS);
        draft.moves.add(line, before, Objects.requireNonNull(after.parent()));
        draft.plan.users.add(new Target<>(before, after));
        draft.keep(before);
        draft.changed(line, Action.MOVE, before.name(), fields(before, after), OPERATIONS, after);
    }

    private Optional<User> present(Line line) throws LineRefusedException {
        Optional<User> byId = line.value(Column.ID).flatMap(draft::user);
        if (byId.isPresent()) {
            return byId;
        }
        List<User> named = draft.usersNamed(Cells.required(line, Column.NAME));
        require(named.size() <= 1, Column.NAME, "There is more than one user of this name: name one by id.");
        return named.stream().findFirst();
    }

    /** The column names the folder that the user is in. */
    private String folder(Line line, @Nullable User before) throws LineRefusedException {
        List<String> names = new ArrayList<>(Cells.names(line));
        names.add("user");
        return draft.parent(before, names);
    }

    private void create(Line line) throws LineRefusedException {
        String typed = Cells.required(line, Column.NAME);
        String name = checked(Column.NAME, () -> Names.checked("name", typed));
        String parent =
                line.value(Column.PATH).isPresent() ? folder(line, null) : draft.folderAt(List.of(), Column.PATH);
        draft.permitIn(parent, Permission.MANAGE_USERS);
        require(!draft.state.partners, null, "People of a partner organisation cannot make accounts of the domain.");
        require(awaited.add(name.toLowerCase(Locale.ROOT)), Column.NAME, "A user of that name is awaited already.");
        User after = new User(draft.ids.next(), parent, name, true, 0);
        draft.once("user " + after.id(), Column.NAME);
        draft.name(after);
        draft.plan.newParents.put(after.id(), parent);
        draft.plan.users.add(new Target<>(null, after));
        draft.changed(line, Action.CREATE, name, fields(null, after), OPERATIONS, after);
    }

    private Fields fields(@Nullable User before, User after) {
        return new Fields()
                .add("name", before == null ? null : before.name(), after.name())
                .add("folder", draft.placeBefore(before), draft.placeAfter(after));
    }

    void qualification(Line line) throws LineRefusedException {
        String reference = Cells.required(line, Column.PRINCIPAL);
        require(reference.startsWith(References.USER), Column.PRINCIPAL, "A user is 'user:' and a name.");
        User user = draft.userNamed(reference.substring(References.USER.length()), Column.PRINCIPAL);
        String name = checked(
                Column.NAME, () -> Names.checked("name", line.value(Column.NAME).orElse("")));
        String key = name.toLowerCase(Locale.ROOT);
        draft.once("qualification %s %s".formatted(user.id(), key), Column.NAME);
        Qualification before = draft.state
                .qualifications
                .getOrDefault(user.id(), new TreeMap<>())
                .get(key);
        Qualification after =
                new Qualification(name, Cells.time(line, Column.UNTIL, before == null ? null : before.until()));
        if (line.delete() ? before == null : after.equals(before)) {
            draft.unchanged();
            return;
        }
        if (!draft.state.users.containsKey(user.id())) {
            draft.permitIn(user.parent(), Permission.MANAGE_USERS);
        } else {
            draft.permitOn(user, Permission.MANAGE_USERS);
            draft.keep(user);
        }
        if (before != null) {
            draft.plan.endedQualifications.add(new Plan.UserQualification(user.id(), before));
        }
        if (!line.delete()) {
            draft.plan.qualifications.add(new Plan.UserQualification(user.id(), after));
        }
        Fields fields = new Fields().add("qualification", shown(before), line.delete() ? null : shown(after));
        draft.tell(
                line,
                line.delete() ? Action.DELETE : before == null ? Action.CREATE : Action.UPDATE,
                user.name() + ": " + name,
                fields.text());
        draft.log(Operation.QUALIFICATIONS_CHANGED, user.id(), user.name(), fields.changes());
    }

    private static @Nullable String shown(@Nullable Qualification item) {
        if (item == null) {
            return null;
        }
        return item.until() == null ? item.name() : item.name() + " until " + item.until();
    }
}
