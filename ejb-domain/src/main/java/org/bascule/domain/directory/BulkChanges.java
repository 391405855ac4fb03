package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.directory.BulkChange.Item;
import org.bascule.domain.directory.BulkChange.Refusal;
import org.bascule.domain.directory.BulkChange.Result;
import org.bascule.domain.directory.MoveRights.Move;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.refusal.Sentence;

/** Changes many devices at once: decided for each, written for all in a few statements, audited one by one. */
@Stateless
public class BulkChanges {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    Delegation delegation;

    @Inject
    MoveRights moveRights;

    @Inject
    DeviceTags deviceTags;

    @Inject
    Removals removals;

    @Inject
    DeviceNews news;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    private record Row(
            String uid, String name, String folder, long revision, List<String> tags, DeviceAssistance assistance) {}

    /**
     * Does what is asked for.
     *
     * @throws RefusedException if it cannot be done to any device, such as a move to a folder that the caller may not use; {@code FACTOR_NOT_FRESH}
     */
    public Result change(Caller caller, BulkChange asked) throws RefusedException {
        BulkChange change = inTime(asked);
        if (change.folder() != null) {
            moveRights.requireTarget(caller, Operation.DEVICE_MOVED, "folder", change.folder());
        }
        Map<String, Row> rows = rows(caller, change);
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, rows.keySet());
        Map<String, Departure> departures = departures(caller, change, rows);
        for (Permission permission : needed(change, !departures.isEmpty())) {
            if (permissions.values().stream().anyMatch(held -> held.contains(permission))) {
                factors.require(caller, permission, null);
            }
        }
        Map<String, Set<Permission>> passable = passable(caller, rows, departures);
        List<Row> accepted = new ArrayList<>();
        List<Refusal> refused = new ArrayList<>();
        for (Item item : change.devices()) {
            Optional<Row> row = Optional.ofNullable(rows.get(item.uid()));
            Set<Permission> held = permissions.getOrDefault(item.uid(), Set.of());
            Set<Permission> mayPass = passable.getOrDefault(item.uid(), Set.of());
            refusal(caller, change, item, row, held, mayPass, departures)
                    .ifPresentOrElse(refused::add, () -> accepted.add(row.orElseThrow()));
        }
        if (!accepted.isEmpty()) {
            write(caller, change, accepted);
        }
        return new Result(accepted.stream().map(Row::uid).toList(), refused);
    }

    private BulkChange inTime(BulkChange asked) throws RefusedException {
        DeviceAssistance assistance = asked.assistance();
        return assistance == null
                ? asked
                : new BulkChange(
                        asked.devices(),
                        asked.action(),
                        asked.folder(),
                        asked.tags(),
                        assistance.checked(clock.instant()));
    }

    private Map<String, Row> rows(Caller caller, BulkChange change) {
        List<String> uids =
                change.devices().stream().map(Item::uid).filter(Uuid7::isUuid).toList();
        Map<String, Row> rows = new HashMap<>();
        if (!uids.isEmpty()) {
            sql.in(caller.domainId())
                    .statement(
                            """
                            select r.id, r.name, r.parent_id, r.version, d.tags, d.assist_enabled, d.assist_until
                            from resource r join device d on d.id = r.id
                            where r.domain_id = :domain and r.id in (:uids) for update""")
                    .set("uids", uids)
                    .list(row -> rows.put(
                            row.text(1),
                            new Row(
                                    row.text(1),
                                    row.text(2),
                                    row.text(3),
                                    row.number(4),
                                    Tags.parse(row.text(5)),
                                    new DeviceAssistance(row.flag(6), row.instantOrNull(7)))));
        }
        return rows;
    }

    /** What it means to leave a folder for the one that is asked for. */
    private record Departure(Set<Permission> gained, boolean loosens) {}

    private static final Departure NONE = new Departure(Set.of(), false);

    private Map<String, Departure> departures(Caller caller, BulkChange change, Map<String, Row> rows) {
        Map<String, Departure> departures = new HashMap<>();
        String to = change.folder();
        if (to != null) {
            for (Row row : rows.values()) {
                if (!row.folder().equals(to)) {
                    departures.computeIfAbsent(
                            row.folder(),
                            from -> new Departure(
                                    moveRights.gained(caller.domainId(), from, to),
                                    moveRights.loosens(caller, from, to)));
                }
            }
        }
        return departures;
    }

    private Map<String, Set<Permission>> passable(
            Caller caller, Map<String, Row> rows, Map<String, Departure> departures) {
        Set<Permission> gained = EnumSet.noneOf(Permission.class);
        departures.values().forEach(departure -> gained.addAll(departure.gained()));
        return gained.isEmpty() ? Map.of() : delegation.passable(caller, gained, rows.keySet());
    }

    private static Set<Permission> needed(BulkChange change, boolean moves) {
        Set<Permission> needed = EnumSet.of(
                change.action() == BulkChange.Action.REMOVE ? Permission.REMOVE_DEVICES : Permission.CONFIGURE_DEVICES);
        if (moves) {
            needed.add(Permission.MANAGE_PERMISSIONS);
        }
        return needed;
    }

    private Optional<Refusal> refusal(
            Caller caller,
            BulkChange change,
            Item item,
            Optional<Row> row,
            Set<Permission> held,
            Set<Permission> mayPass,
            Map<String, Departure> departures) {
        if (row.isEmpty() || !held.contains(Permission.SEE_RESOURCES)) {
            Refusal hidden = new Refusal(item.uid(), Problem.NOT_FOUND, Sentence.of("There is no such resource."));
            record(attempt(caller, change), hidden);
            return Optional.of(hidden);
        }
        Departure departure = departures.getOrDefault(row.get().folder(), NONE);
        Set<Permission> missing =
                needed(change, departures.containsKey(row.get().folder()));
        missing.removeAll(held);
        if (!missing.isEmpty()) {
            audit.recordRefused(caller.did(Operation.ACCESS, Outcome.DENIED)
                    .on(item.uid(), row.get().name())
                    .saying("without the permission "
                            + missing.iterator().next().code()));
            return Optional.of(
                    new Refusal(item.uid(), Problem.FORBIDDEN, Sentence.of("You have no permission for this.")));
        }
        Optional<Refusal> tooFar = tooFar(caller, row.get(), mayPass, departure);
        if (tooFar.isPresent()) {
            return tooFar;
        }
        Optional<Refusal> now = notNow(item, row.get(), change);
        now.ifPresent(refusal ->
                record(attempt(caller, change).on(item.uid(), row.get().name()), refusal));
        return now;
    }

    private static Optional<Refusal> notNow(Item item, Row row, BulkChange change) {
        if (row.revision() != item.revision()) {
            return Optional.of(new Refusal(
                    item.uid(), Problem.PRECONDITION_FAILED, Sentence.of("The device was changed in the meantime.")));
        }
        if (!hasRoom(row, change)) {
            return Optional.of(
                    new Refusal(item.uid(), Problem.INVALID, Sentence.of("A device has at most %d tags.", Tags.MAX)));
        }
        return Optional.empty();
    }

    private static AuditEvent attempt(Caller caller, BulkChange change) {
        return caller.did(
                switch (change.action()) {
                    case MOVE -> Operation.DEVICE_MOVED;
                    case TAG, UNTAG, ASSISTANCE -> Operation.DEVICE_UPDATED;
                    case REMOVE -> Operation.DEVICE_REMOVED;
                },
                Outcome.DENIED);
    }

    private void record(AuditEvent attempt, Refusal refusal) {
        audit.recordRefused(attempt.saying(refusal.problem().code() + ": " + refusal.sentence()));
    }

    private Optional<Refusal> tooFar(Caller caller, Row row, Set<Permission> mayPass, Departure departure) {
        for (Permission permission : departure.gained()) {
            if (!mayPass.contains(permission)) {
                refused(caller, row, "does not hold " + permission.code() + " to pass on");
                return Optional.of(new Refusal(row.uid(), Problem.DELEGATION, Delegation.gains(permission)));
            }
        }
        if (departure.loosens()) {
            refused(caller, row, MoveRights.LOOSENS.toString());
            return Optional.of(new Refusal(row.uid(), Problem.FORBIDDEN, MoveRights.LOOSENS));
        }
        return Optional.empty();
    }

    private void refused(Caller caller, Row row, String why) {
        audit.recordRefused(caller.did(Operation.DEVICE_MOVED, Outcome.DENIED)
                .on(row.uid(), row.name())
                .saying(why));
    }

    private void write(Caller caller, BulkChange change, List<Row> rows) {
        List<String> uids = rows.stream().map(Row::uid).toList();
        switch (change.action()) {
            case MOVE -> move(caller, Objects.requireNonNull(change.folder()), rows);
            case TAG -> {
                deviceTags.add(caller.domainId(), uids, change.tags());
                record(caller, rows, row -> tagged(row, change, true));
            }
            case UNTAG -> {
                deviceTags.remove(caller.domainId(), uids, change.tags());
                record(caller, rows, row -> tagged(row, change, false));
            }
            case ASSISTANCE -> allow(caller, Objects.requireNonNull(change.assistance()), rows);
            case REMOVE -> remove(caller, rows);
        }
        if (change.action() != BulkChange.Action.REMOVE) {
            sql.in(caller.domainId())
                    .statement("update resource set version = version + 1 where domain_id = :domain and id in (:uids)")
                    .set("uids", uids)
                    .update();
            news.changed(caller.domainId(), uids);
        }
    }

    private void move(Caller caller, String folder, List<Row> rows) {
        List<MoveRights.Checked> leaving = rows.stream()
                .filter(row -> !row.folder().equals(folder))
                .map(row -> new MoveRights.Checked(new Move(row.uid(), row.folder(), folder), row.name()))
                .toList();
        moveRights.move(caller, leaving, Operation.DEVICE_MOVED);
    }

    private static boolean hasRoom(Row row, BulkChange change) {
        TreeSet<String> all = new TreeSet<>(row.tags());
        all.addAll(change.tags());
        return change.action() != BulkChange.Action.TAG || all.size() <= Tags.MAX;
    }

    private static Changes tagged(Row row, BulkChange change, boolean added) {
        TreeSet<String> after = new TreeSet<>(row.tags());
        if (added) {
            after.addAll(change.tags());
        } else {
            after.removeAll(change.tags());
        }
        return Tags.changes(row.tags(), after);
    }

    private void allow(Caller caller, DeviceAssistance wanted, List<Row> rows) {
        sql.in(caller.domainId())
                .statement("update device set assist_enabled = :enabled, assist_until = :until"
                        + " where domain_id = :domain and id in (:uids)")
                .set("enabled", wanted.enabled())
                .set("until", wanted.until())
                .set("uids", rows.stream().map(Row::uid).toList())
                .update();
        record(caller, rows, row -> Changes.none()
                .field("assistance", row.assistance().enabled(), wanted.enabled())
                .field("assistanceUntil", row.assistance().until(), wanted.until()));
    }

    /** One record for each device that differs afterwards. */
    private void record(Caller caller, List<Row> rows, Function<Row, Changes> changes) {
        List<AuditEvent> events = new ArrayList<>();
        for (Row row : rows) {
            Changes made = changes.apply(row);
            if (!made.isEmpty()) {
                events.add(caller.did(Operation.DEVICE_UPDATED, Outcome.SUCCESS)
                        .on(row.uid(), row.name())
                        .changing(made));
            }
        }
        audit.recordAll(caller.domainId(), events);
    }

    private void remove(Caller caller, List<Row> rows) {
        List<String> uids = rows.stream().map(Row::uid).toList();
        removals.record(caller, uids, null);
        sql.in(caller.domainId())
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id in (:uids) and revoked is null")
                .set("now", clock.instant())
                .set("uids", uids)
                .update();
        sql.in(caller.domainId())
                .statement("delete from resource where domain_id = :domain and id in (:uids)")
                .set("uids", uids)
                .update();
        uids.forEach(uid -> live.fire(new LiveEvent.DeviceRemoved(caller.domainId(), uid)));
    }
}
