package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.Cells.checked;
import static org.bascule.domain.transfer.LineRefusedException.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.directory.Names;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.Membership;
import org.bascule.domain.transfer.DirectoryState.Resource;
import org.bascule.domain.transfer.DirectoryState.User;
import org.bascule.domain.transfer.Plan.Action;
import org.bascule.domain.transfer.Plan.Target;
import org.jspecify.annotations.Nullable;

/** Lines about groups and who is in them. */
final class GroupLines {

    private static final Draft.Operations OPERATIONS =
            new Draft.Operations(Operation.GROUP_CREATED, Operation.GROUP_UPDATED, Operation.GROUP_MOVED);

    private final Draft draft;
    private final Set<Membership> memberships;

    /** By member. */
    private final Map<String, Set<String>> containing = new HashMap<>();

    /** By principal. */
    private final Map<String, List<Entry>> entries = new HashMap<>();

    GroupLines(Draft draft) {
        this.draft = draft;
        this.memberships = new LinkedHashSet<>(draft.state.memberships);
        draft.state.memberships.forEach(this::contain);
        for (Entry entry : draft.state.entries) {
            entries.computeIfAbsent(entry.principal(), id -> new ArrayList<>()).add(entry);
        }
    }

    private void contain(Membership link) {
        containing.computeIfAbsent(link.member(), id -> new HashSet<>()).add(link.group());
    }

    void group(Line line) throws LineRefusedException {
        List<String> names = Cells.names(line);
        require(!names.isEmpty(), Column.PATH, "A group has a name.");
        Group before = line.value(Column.ID)
                .flatMap(draft::group)
                .or(() -> draft.presentGroup(names))
                .orElse(null);
        Group after = new Group(
                before == null ? draft.ids.next() : before.id(),
                draft.parent(before, names),
                checked(Column.PATH, () -> Names.checked("path", names.get(names.size() - 1))),
                Cells.description(line, before == null ? null : before.description()),
                before != null && before.builtIn(),
                before == null ? 0 : before.version());
        draft.once("group " + after.id(), Column.ID);
        require(draft.place(after), Column.PATH, Draft.TWICE);
        Fields fields = new Fields()
                .add("name", before == null ? null : before.name(), after.name())
                .add("folder", draft.placeBefore(before), draft.placeAfter(after))
                .add("description", before == null ? null : before.description(), after.description());
        if (fields.isEmpty()) {
            draft.unchanged();
            return;
        }
        permit(line, before, after);
        draft.from(line, after);
        draft.plan.newParents.put(after.id(), Objects.requireNonNull(after.parent()));
        draft.plan.groups.add(new Target<>(before, after));
        draft.changed(line, Draft.action(before, after), Paths.of(names), fields, OPERATIONS, after);
    }

    private void permit(Line line, @Nullable Group before, Group after) throws LineRefusedException {
        if (before == null) {
            draft.permitIn(after.parent(), Permission.MANAGE_USERS);
            return;
        }
        require(
                !before.builtIn() || before.name().equals(after.name()),
                Column.PATH,
                "Every domain has this group: it keeps its name.");
        require(
                !before.builtIn() || Objects.equals(before.parent(), after.parent()),
                Column.PATH,
                "Every domain has this group: it keeps its name and stays.");
        draft.permitOn(before, Permission.MANAGE_USERS);
        draft.keep(before);
        if (!Objects.equals(before.parent(), after.parent())) {
            draft.permitIn(after.parent(), Permission.MANAGE_USERS);
            draft.permitIn(after.parent(), Permission.MANAGE_PERMISSIONS);
            draft.moves.add(line, before, Objects.requireNonNull(after.parent()));
        }
    }

    void member(Line line) throws LineRefusedException {
        String groupText = Cells.required(line, Column.GROUP);
        require(groupText.startsWith(References.GROUP), Column.GROUP, "A group is 'group:' and a path.");
        Group group = draft.groupAt(groupText.substring(References.GROUP.length()), Column.GROUP);
        Resource member = draft.principal(Cells.required(line, Column.MEMBER), Column.MEMBER);
        Membership link = new Membership(group.id(), member.id());
        draft.once("member %s %s".formatted(link.group(), link.member()), Column.MEMBER);
        if (memberships.contains(link) != line.delete()) {
            draft.unchanged();
            return;
        }
        if (draft.state.groups.containsKey(group.id())) {
            draft.permitOn(draft.state.groups.get(group.id()), Permission.MANAGE_USERS);
        } else {
            draft.permitIn(group.parent(), Permission.MANAGE_USERS);
        }
        draft.keep(group.id());
        requireGrantable(group.id(), Effect.DENY);
        if (!line.delete()) {
            requireGrantable(group.id(), Effect.ALLOW);
        }
        if (line.delete()) {
            memberships.remove(link);
            draft.plan.endedMemberships.add(link);
        } else {
            require(
                    !link.group().equals(link.member()) && !around(link.group()).contains(link.member()),
                    Column.MEMBER,
                    "A group cannot be a member of itself, through other groups neither.");
            memberships.add(link);
            contain(link);
            draft.plan.memberships.add(link);
        }
        tell(line, groupText.substring(References.GROUP.length()), group, member);
    }

    private void tell(Line line, String path, Group group, Resource member) {
        String kind = member instanceof User ? "user" : "group";
        String who = "%s %s '%s'".formatted(kind, member.id(), member.name());
        Fields fields = new Fields().add("member", line.delete() ? who : null, line.delete() ? null : who);
        draft.tell(
                line,
                line.delete() ? Action.DELETE : Action.CREATE,
                path,
                line.value(Column.MEMBER).orElse(""));
        draft.log(draft.caller
                .did(line.delete() ? Operation.MEMBER_REMOVED : Operation.MEMBER_ADDED, Outcome.SUCCESS)
                .on(group.id(), group.name())
                .saying("%s '%s'".formatted(kind, member.name()))
                .changing(fields.changes()));
    }

    /** The groups that a group is in, through others too. */
    private Set<String> around(String group) {
        Set<String> found = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(List.of(group));
        while (!open.isEmpty()) {
            for (String next : containing.getOrDefault(open.remove(), Set.of())) {
                if (found.add(next)) {
                    open.add(next);
                }
            }
        }
        return found;
    }

    /** As {@link org.bascule.domain.acl.Memberships} has it: a new member gains what is allowed, one who leaves what is denied. */
    private void requireGrantable(String group, Effect effect) throws LineRefusedException {
        Set<String> all = around(group);
        all.add(group);
        for (String principal : all) {
            for (Entry entry : entries.getOrDefault(principal, List.of())) {
                require(
                        entry.effect() != effect
                                || draft.holdsOn(Permission.MANAGE_PERMISSIONS, entry.resource())
                                        && draft.grants.mayPassAlways(entry.permission(), entry.resource()),
                        Column.GROUP,
                        "This membership would give '%s', which you may not pass on where it is given.",
                        entry.permission().code());
            }
        }
    }
}
