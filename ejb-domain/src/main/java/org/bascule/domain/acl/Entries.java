package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.jspecify.annotations.Nullable;

/** Reads and writes permission entries. Whether somebody may write one is for the caller of this class to check. */
@Stateless
public class Entries {

    /** Columns of {@code acl_entry e}, for {@link #entry}. */
    public static final String COLUMNS = RightsReader.ENTRY;

    /** On one resource; more is a program that has gone wrong. */
    public static final int MAX_ON_RESOURCE = 5_000;

    @Inject
    Sql sql;

    @Inject
    Uuid7 ids;

    @Inject
    RightsVersion rights;

    @Inject
    Clock clock;

    /** Adds an entry of one permission without limits, not to be passed on; nothing happens if it is there. */
    public void add(String domainId, String resourceId, String principalId, Permission permission, Effect effect) {
        add(domainId, resourceId, principalId, permission, effect, Validity.ALWAYS, false, Entry.Origin.ENTRY);
    }

    /**
     * Adds an entry; nothing happens if an equal one is there.
     *
     * @return the id of the one that was added, which is unknown if an equal one was there
     */
    public String add(
            String domainId,
            String resourceId,
            String principalId,
            Permission permission,
            Effect effect,
            Validity validity,
            boolean delegable,
            Entry.Origin origin) {
        // first, because the row lock that it takes keeps two equal entries from being added at once
        rights.changed(domainId);
        String id = ids.next();
        WeeklyWindow window = validity.window();
        sql.in(domainId)
                .statement(
                        """
                        insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect, valid_from, valid_until,
                          window_days, window_start, window_end, window_zone, delegable, origin, created)
                        select :id, :domain, :resource, :principal, :permission, :effect, :from, :until,
                          :days, :start, :end, :zone, :delegable, :origin, :now
                        from dual where not exists (select 1 from acl_entry e
                          where e.domain_id = :domain and e.principal_id = :principal and e.permission = :permission
                            and e.resource_id = :resource and e.effect = :effect and e.delegable = :delegable and e.origin = :origin
                            and e.valid_from <=> :from and e.valid_until <=> :until and e.window_days <=> :days
                            and e.window_start <=> :start and e.window_end <=> :end and e.window_zone <=> :zone)""")
                .set("id", id)
                .set("resource", resourceId)
                .set("principal", principalId)
                .set("permission", permission.code())
                .set("effect", effect.code())
                .set("from", validity.from())
                .set("until", validity.until())
                .set("days", window == null ? null : window.dayBits())
                .set("start", window == null ? null : window.start())
                .set("end", window == null ? null : window.end())
                .set("zone", window == null ? null : window.zone().getId())
                .set("delegable", delegable)
                .set("origin", origin.code())
                .set("now", clock.instant())
                .update();
        rights.changed(domainId);
        return id;
    }

    /** Changes limits in time and whether it may be passed on; false if it is not in this version any more. */
    public boolean change(String domainId, Entry entry, Validity validity, boolean delegable) {
        WeeklyWindow window = validity.window();
        int changed = sql.in(domainId)
                .statement(
                        """
                        update acl_entry set valid_from = :from, valid_until = :until, window_days = :days, window_start = :start,
                          window_end = :end, window_zone = :zone, delegable = :delegable, version = version + 1
                        where domain_id = :domain and id = :id and version = :version""")
                .set("from", validity.from())
                .set("until", validity.until())
                .set("days", window == null ? null : window.dayBits())
                .set("start", window == null ? null : window.start())
                .set("end", window == null ? null : window.end())
                .set("zone", window == null ? null : window.zone().getId())
                .set("delegable", delegable)
                .set("id", entry.id())
                .set("version", entry.version())
                .update();
        rights.changed(domainId);
        return changed == 1;
    }

    /** Removes an entry; false if it is not in this version any more. */
    public boolean remove(String domainId, Entry entry) {
        int removed = sql.in(domainId)
                .statement("delete from acl_entry where domain_id = :domain and id = :id and version = :version")
                .set("id", entry.id())
                .set("version", entry.version())
                .update();
        rights.changed(domainId);
        return removed == 1;
    }

    /** One entry, whoever may know of it. */
    public Optional<Entry> find(String domainId, String id) {
        return sql.in(domainId)
                .statement("select " + COLUMNS + "from acl_entry e where e.domain_id = :domain and e.id = :id")
                .set("id", id)
                .first(Entries::entry)
                .flatMap(entry -> entry);
    }

    /** A row of {@link #COLUMNS}; empty if it is about a permission that this version does not know. */
    public static Optional<Entry> entry(Row row) {
        return RightsReader.entry(row);
    }

    /** How the log says what an entry is and who it is about. */
    public static String text(Entry entry, String kind, String name) {
        return "%s %s: %s %s (entry %s)"
                .formatted(kind, name, entry.effect().code(), entry.permission().code(), entry.id());
    }

    /** What the log says about a change of an entry; {@code before} is null for a new one, {@code after} for one that is removed. */
    public static Changes changes(@Nullable Entry before, @Nullable Entry after) {
        return Changes.none()
                .field("principal", of(before, Entry::principal), of(after, Entry::principal))
                .field("permission", of(before, e -> e.permission().code()), of(after, e -> e.permission()
                        .code()))
                .field("effect", of(before, e -> e.effect().code()), of(after, e -> e.effect()
                        .code()))
                .field("from", of(before, e -> e.validity().from()), of(after, e -> e.validity()
                        .from()))
                .field("until", of(before, e -> e.validity().until()), of(after, e -> e.validity()
                        .until()))
                .field("window", of(before, e -> e.validity().window()), of(after, e -> e.validity()
                        .window()))
                .field("delegable", of(before, Entry::delegable), of(after, Entry::delegable));
    }

    private static @Nullable Object of(@Nullable Entry entry, Function<Entry, @Nullable Object> field) {
        return entry == null ? null : field.apply(entry);
    }

    /** All entries of a domain, expired ones too. */
    public List<Entry> all(String domainId) {
        return sql
                .in(domainId)
                .statement(
                        "select " + RightsReader.ENTRY + "from acl_entry e where e.domain_id = :domain order by e.id")
                .list(RightsReader::entry)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Adds many new entries in one go; their ids must be new. */
    public void addAll(String domainId, List<Entry> entries) {
        sql.in(domainId)
                .statement(
                        """
                        insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect, valid_from, valid_until,
                          window_days, window_start, window_end, window_zone, delegable, origin, created)
                        values (:id, :domain, :resource, :principal, :permission, :effect, :from, :until,
                          :days, :start, :end, :zone, :delegable, :origin, :now)""")
                .set("now", clock.instant())
                .updateEach(entries, (row, entry) -> {
                    WeeklyWindow window = entry.validity().window();
                    row.set("id", entry.id())
                            .set("resource", entry.resource())
                            .set("principal", entry.principal())
                            .set("permission", entry.permission().code())
                            .set("effect", entry.effect().code())
                            .set("from", entry.validity().from())
                            .set("until", entry.validity().until())
                            .set("days", window == null ? null : window.dayBits())
                            .set("start", window == null ? null : window.start())
                            .set("end", window == null ? null : window.end())
                            .set("zone", window == null ? null : window.zone().getId())
                            .set("delegable", entry.delegable())
                            .set("origin", entry.origin().code());
                });
        rights.changed(domainId);
    }

    /** Removes many entries in one go. */
    public void removeAll(String domainId, List<Entry> entries) {
        sql.in(domainId)
                .statement("delete from acl_entry where domain_id = :domain and id = :id")
                .updateEach(entries, (row, entry) -> row.set("id", entry.id()));
        rights.changed(domainId);
    }
}
