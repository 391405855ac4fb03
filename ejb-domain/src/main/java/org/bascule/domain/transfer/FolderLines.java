package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.Cells.checked;
import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.Names;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.bascule.domain.transfer.Plan.Target;
import org.jspecify.annotations.Nullable;

/** Lines about folders, those nearer to the root first. */
final class FolderLines {

    private static final Draft.Operations OPERATIONS =
            new Draft.Operations(Operation.FOLDER_CREATED, Operation.FOLDER_UPDATED, Operation.FOLDER_MOVED);

    private final Draft draft;

    FolderLines(Draft draft) {
        this.draft = draft;
    }

    void folder(Line line) throws LineRefusedException {
        List<String> names = Cells.names(line);
        Folder before = present(line, names);
        require(
                !names.isEmpty() || before != null && before.parent() == null,
                Column.PATH,
                "The root folder is the only one with this path.");
        require(
                names.isEmpty() || before == null || before.parent() != null,
                Column.PATH,
                "The root folder stays where it is.");
        require(!draft.tree.isDeclared(names), Column.PATH, Draft.TWICE);
        Folder after = after(line, names, before);
        draft.once("folder " + after.id(), Column.ID);
        require(!draft.tree.isWithin(after.id(), after.parent()), Column.PATH, "A folder cannot be in itself.");
        draft.tree.place(names, after);
        Fields fields = fields(before, after);
        if (fields.isEmpty()) {
            draft.unchanged();
            return;
        }
        permit(line, before, after);
        draft.from(line, after);
        draft.plan.folders.add(new Target<>(before, after));
        if ((before == null || before.inherit()) && !after.inherit()) {
            draft.plan.blocked.put(after.id(), Paths.of(names));
        }
        draft.changed(line, Draft.action(before, after), Paths.of(names), fields, OPERATIONS, after);
        if (before != null) {
            draft.keep(before);
        }
    }

    private @Nullable Folder present(Line line, List<String> names) {
        Optional<Folder> byId = line.value(Column.ID).flatMap(draft::folder);
        return byId.or(() -> draft.tree.at(names).map(draft.state.folders::get)).orElse(null);
    }

    private Folder after(Line line, List<String> names, @Nullable Folder before) throws LineRefusedException {
        Integer quota = Cells.number(line, Column.QUOTA, before == null ? null : before.quota());
        checked(Column.QUOTA, () -> {
            DomainOptions.checkQuota("quota", quota);
            return true;
        });
        boolean inherit = Cells.flag(line, Column.INHERIT, before == null || before.inherit());
        String description = Cells.description(line, before == null ? null : before.description());
        if (names.isEmpty() && before != null) {
            require(inherit == before.inherit(), Column.INHERIT, "There is nothing above the root folder.");
            return new Folder(before.id(), null, before.name(), description, inherit, quota, before.version());
        }
        return new Folder(
                before == null ? draft.ids.next() : before.id(),
                draft.parent(before, names),
                checked(Column.PATH, () -> Names.checked("path", names.get(names.size() - 1))),
                description,
                inherit,
                quota,
                before == null ? 0 : before.version());
    }

    private Fields fields(@Nullable Folder before, Folder after) {
        return new Fields()
                .add("name", before == null ? null : before.name(), after.name())
                .add("parent", draft.placeBefore(before), draft.placeAfter(after))
                .add("description", before == null ? null : before.description(), after.description())
                .add("inherit", before == null || before.inherit(), after.inherit())
                .add("quota", before == null ? null : before.quota(), after.quota());
    }

    private void permit(Line line, @Nullable Folder before, Folder after) throws LineRefusedException {
        if (before == null) {
            draft.permitIn(after.parent(), Permission.MANAGE_FOLDERS);
        } else if (!before.with(after.inherit()).equals(after)) {
            draft.permitOn(before, Permission.MANAGE_FOLDERS);
        }
        if (before != null && !Objects.equals(before.parent(), after.parent())) {
            draft.permitIn(after.parent(), Permission.MANAGE_FOLDERS);
            draft.permitIn(after.parent(), Permission.MANAGE_PERMISSIONS);
            draft.moves.add(line, before, Objects.requireNonNull(after.parent()));
        }
        if (!Objects.equals(before == null ? null : before.quota(), after.quota())) {
            // a limit is set from above, so that who it limits cannot lift it
            draft.permitIn(limiting(before, after), Permission.MANAGE_PERMISSIONS);
        }
        if ((before == null || before.inherit()) != after.inherit()) {
            Draft.permit(
                    before != null && draft.state.holds(Permission.MANAGE_PERMISSIONS, before.id())
                            || draft.tree.holds(Permission.MANAGE_PERMISSIONS, limiting(before, after)),
                    Permission.MANAGE_PERMISSIONS);
        }
        if (before != null && !before.inherit() && after.inherit()) {
            String above = limiting(before, after);
            boolean fromAbove = draft.tree.holds(Permission.MANAGE_PERMISSIONS, above);
            draft.moves.join(line, fromAbove ? above : before.id(), Objects.requireNonNull(after.parent()));
        }
    }

    /** The folder above; the root folder itself. */
    private static String limiting(@Nullable Folder before, Folder after) {
        if (before != null) {
            return before.parent() == null ? before.id() : before.parent();
        }
        return Objects.requireNonNull(after.parent());
    }
}
