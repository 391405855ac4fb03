package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.jspecify.annotations.Nullable;

/**
 * What the log says about things that are deleted: what they were, and what the foreign keys delete with them without a word. Statements are few
 * however much it is.
 */
@Stateless
public class Removals {

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    @Inject
    FolderPaths paths;

    @Inject
    Instance<TakenAlong> taken;

    private record Gone(
            String id,
            String name,
            String kind,
            @Nullable String folder,
            @Nullable String description,
            @Nullable String account,
            @Nullable String tags,
            @Nullable String quota) {

        static Gone of(Row row) {
            String tags = row.textOrNull(7);
            return new Gone(
                    row.text(1),
                    row.text(2),
                    row.text(3),
                    row.textOrNull(4),
                    row.textOrNull(5),
                    row.textOrNull(6),
                    tags == null || tags.isEmpty() ? null : tags,
                    row.textOrNull(8));
        }

        Operation operation() {
            return switch (kind) {
                case "device" -> Operation.DEVICE_REMOVED;
                case "user" -> Operation.USER_DELETED;
                case "group" -> Operation.GROUP_DELETED;
                default -> Operation.FOLDER_DELETED;
            };
        }

        /**
         * What it was.
         *
         * @param places of the folders that any of it is in
         */
        Changes changes(Map<String, Changes.Place> places) {
            return Changes.none()
                    .field("name", name, null)
                    .field("description", description, null)
                    .field("account", account == null || account.isEmpty() ? null : account, null)
                    .field("tags", tags, null)
                    .field("quota", quota, null)
                    .place(
                            kind.equals("folder") ? "parent" : "folder",
                            folder == null ? null : places.get(folder),
                            null);
        }
    }

    private record Membership(String group, String member) {}

    /** Of an entry or a membership. */
    private record Label(String name, String kind) {}

    /**
     * Records resources that are about to be deleted, each after the entries on it and about it, its memberships and its members
     * and what is {@linkplain TakenAlong taken along}. To be called in the transaction that deletes them, before it does.
     *
     * @param with name of the folder that takes them along; null for what is deleted by itself
     */
    public void record(Caller caller, Collection<String> ids, @Nullable String with) {
        if (ids.isEmpty()) {
            return;
        }
        String domain = caller.domainId();
        // locked, so that nothing that the deletion takes along is added in the meantime
        List<Gone> gone = sql.in(domain)
                .statement(
                        """
                        select r.id, r.name, r.kind, r.parent_id, r.description, d.account, d.tags, f.quota
                        from resource r left join device d on d.id = r.id left join folder f on f.id = r.id
                        where r.domain_id = :domain and r.id in (:ids) for update""")
                .set("ids", ids)
                .list(Gone::of);
        Collection<Entry> entries = entries(domain, ids);
        Set<Membership> memberships = memberships(domain, ids);
        Map<String, Label> labels = labels(domain, entries, memberships);
        List<AuditEvent> events = new ArrayList<>();
        for (Entry entry : entries) {
            Label principal = label(labels, entry.principal());
            events.add(caller.did(Operation.ENTRY_REMOVED, Outcome.SUCCESS)
                    .on(entry.resource(), label(labels, entry.resource()).name())
                    .saying(Entries.text(entry, principal.kind(), principal.name()))
                    .changing(Entries.changes(entry, null)));
        }
        for (Membership each : memberships) {
            Label member = label(labels, each.member());
            events.add(caller.did(Operation.MEMBER_REMOVED, Outcome.SUCCESS)
                    .on(each.group(), label(labels, each.group()).name())
                    .saying("%s '%s'".formatted(member.kind(), member.name()))
                    .changing(Changes.none()
                            .field(
                                    "member",
                                    "%s %s '%s'".formatted(member.kind(), each.member(), member.name()),
                                    null)));
        }
        audit.recordAll(domain, events);
        for (TakenAlong kept : taken) {
            audit.recordAll(domain, kept.removals(caller, ids));
        }
        Map<String, Changes.Place> places = paths.of(
                domain, gone.stream().map(Gone::folder).filter(Objects::nonNull).collect(Collectors.toSet()));
        audit.recordAll(
                domain,
                gone.stream().map(each -> removal(caller, each, places, with)).toList());
    }

    private static AuditEvent removal(
            Caller caller, Gone gone, Map<String, Changes.Place> places, @Nullable String with) {
        AuditEvent event = caller.did(gone.operation(), Outcome.SUCCESS)
                .on(gone.id(), gone.name())
                .changing(gone.changes(places));
        return with == null ? event : event.saying("with the folder '" + with + "'");
    }

    /** On these resources or about them, as others have committed them since this transaction began, too. */
    private Collection<Entry> entries(String domain, Collection<String> ids) {
        Map<String, Entry> found = new LinkedHashMap<>();
        for (String column : List.of("resource_id", "principal_id")) {
            sql
                    .in(domain)
                    .statement("select " + Entries.COLUMNS + "from acl_entry e where e.domain_id = :domain and e."
                            + column + " in (:ids) lock in share mode")
                    .set("ids", ids)
                    .list(Entries::entry)
                    .stream()
                    .flatMap(Optional::stream)
                    .forEach(entry -> found.put(entry.id(), entry));
        }
        return found.values();
    }

    private Set<Membership> memberships(String domain, Collection<String> ids) {
        Set<Membership> found = new LinkedHashSet<>();
        for (String column : List.of("group_id", "member_id")) {
            found.addAll(sql.in(domain)
                    .statement("select group_id, member_id from group_member where domain_id = :domain and " + column
                            + " in (:ids) lock in share mode")
                    .set("ids", ids)
                    .list(row -> new Membership(row.text(1), row.text(2))));
        }
        return found;
    }

    private Map<String, Label> labels(String domain, Collection<Entry> entries, Set<Membership> memberships) {
        Set<String> ids = new HashSet<>();
        entries.forEach(entry -> ids.addAll(List.of(entry.resource(), entry.principal())));
        memberships.forEach(each -> ids.addAll(List.of(each.group(), each.member())));
        Map<String, Label> labels = new HashMap<>();
        if (!ids.isEmpty()) {
            sql.in(domain)
                    .statement("select id, name, kind from resource where domain_id = :domain and id in (:ids)")
                    .set("ids", ids)
                    .list(row -> labels.put(row.text(1), new Label(row.text(2), row.text(3))));
        }
        return labels;
    }

    private static Label label(Map<String, Label> labels, String id) {
        return labels.getOrDefault(id, new Label(id, "user or group"));
    }
}
