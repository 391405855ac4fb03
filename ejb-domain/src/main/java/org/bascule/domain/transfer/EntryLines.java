package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.LineRefusedException.require;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.transfer.DirectoryState.Resource;
import org.bascule.domain.transfer.DirectoryState.User;
import org.bascule.domain.transfer.Plan.Action;
import org.jspecify.annotations.Nullable;

/** Lines about permission entries that somebody set; what was requested and approved is nobody's to import. */
final class EntryLines {

    private final Draft draft;

    /** Entries are equal if they say the same. */
    private final Map<Entry, Entry> present = new HashMap<>();

    private final Map<String, Integer> onResource = new HashMap<>();

    EntryLines(Draft draft) {
        this.draft = draft;
        for (Entry entry : draft.state.entries) {
            onResource.merge(entry.resource(), 1, Integer::sum);
            if (entry.origin() == Entry.Origin.ENTRY) {
                present.put(with(entry, "", 0), entry);
            }
        }
    }

    private static Entry with(Entry entry, String id, long version) {
        return new Entry(
                id,
                entry.resource(),
                entry.principal(),
                entry.permission(),
                entry.effect(),
                entry.validity(),
                entry.delegable(),
                entry.origin(),
                version);
    }

    void entry(Line line) throws LineRefusedException {
        if (draft.leavesOut(line)) {
            return;
        }
        String text = Cells.required(line, Column.RESOURCE);
        Resource principal = draft.principal(Cells.required(line, Column.PRINCIPAL), Column.PRINCIPAL);
        Entry wanted = wanted(line, draft.resource(line).id(), principal.id());
        draft.once("entry " + wanted, Column.PERMISSION);
        // before anything is said about it: who may not see the entries does not find them by trying
        Draft.permit(draft.holdsOn(Permission.MANAGE_PERMISSIONS, wanted.resource()), Permission.MANAGE_PERMISSIONS);
        Entry there = present.get(wanted);
        if ((there != null) != line.delete()) {
            draft.unchanged();
            return;
        }
        draft.keep(wanted.resource());
        require(
                draft.grants.mayPass(wanted.permission(), draft.existing(wanted.resource()), wanted.validity()),
                Column.PERMISSION,
                "You may only set entries about permissions that you hold there yourself, may pass on, and hold for as long.");
        Entry entry = there == null ? with(wanted, draft.ids.next(), 0) : there;
        if (there != null) {
            draft.plan.endedEntries.add(there);
        } else {
            require(
                    onResource.merge(wanted.resource(), 1, Integer::sum) <= Entries.MAX_ON_RESOURCE,
                    Column.RESOURCE,
                    "There are too many entries on this resource.");
            draft.plan.entries.add(entry);
        }
        tell(line, text, principal, entry);
    }

    private Entry wanted(Line line, String resource, String principal) throws LineRefusedException {
        Permission permission = Permission.ofCode(Cells.required(line, Column.PERMISSION))
                .orElseThrow(() -> new LineRefusedException(Column.PERMISSION, "There is no such permission."));
        String effect = Cells.required(line, Column.EFFECT);
        require(
                effect.equals(Effect.ALLOW.code()) || effect.equals(Effect.DENY.code()),
                Column.EFFECT,
                "An effect is 'allow' or 'deny'.");
        return new Entry(
                "",
                resource,
                principal,
                permission,
                effect.equals(Effect.ALLOW.code()) ? Effect.ALLOW : Effect.DENY,
                validity(line),
                Cells.flag(line, Column.DELEGABLE, false),
                Entry.Origin.ENTRY,
                0);
    }

    private static Validity validity(Line line) throws LineRefusedException {
        Optional<String> text = line.value(Column.WINDOW);
        Optional<WeeklyWindow> window = text.flatMap(Windows::parse);
        require(
                text.isEmpty() || window.isPresent(),
                Column.WINDOW,
                "Weekly hours are such as 'mon,tue 08:00-17:00 Europe/Vienna'.");
        Instant from = Cells.time(line, Column.FROM, null);
        Instant until = Cells.time(line, Column.UNTIL, null);
        require(
                from == null || until == null || from.isBefore(until),
                Column.UNTIL,
                "The end is not after the beginning.");
        return new Validity(from, until, window.orElse(null));
    }

    private void tell(Line line, String resource, Resource principal, Entry entry) {
        String said = "%s %s: %s %s"
                .formatted(
                        principal instanceof User ? "user" : "group",
                        principal.name(),
                        entry.effect().code(),
                        entry.permission().code());
        draft.tell(line, line.delete() ? Action.DELETE : Action.CREATE, resource, said);
        draft.log(draft.caller
                .did(line.delete() ? Operation.ENTRY_REMOVED : Operation.ENTRY_CREATED, Outcome.SUCCESS)
                .on(entry.resource(), resource)
                .saying("%s (entry %s)".formatted(said, entry.id()))
                .changing(changes(entry, line.delete())));
    }

    /** As single changes tell it. */
    private static Changes changes(Entry entry, boolean ended) {
        Changes changes = Changes.none();
        add(changes, "principal", entry.principal(), ended);
        add(changes, "permission", entry.permission().code(), ended);
        add(changes, "effect", entry.effect().code(), ended);
        add(changes, "from", entry.validity().from(), ended);
        add(changes, "until", entry.validity().until(), ended);
        WeeklyWindow window = entry.validity().window();
        add(changes, "window", window == null ? null : Objects.toString(window), ended);
        add(changes, "delegable", entry.delegable(), ended);
        return changes;
    }

    private static void add(Changes changes, String field, @Nullable Object value, boolean ended) {
        changes.field(field, ended ? value : null, ended ? null : value);
    }
}
