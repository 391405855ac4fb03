package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Renames and deletes a tag as such: on every device that carries it and that the caller sees, all or nothing. What the caller does not see keeps the tag, and nothing
 * tells of it. Written in a few statements for each 500 devices; audited as a whole, and for each device.
 */
@Stateless
public class TagChanges {

    static final int AT_ONCE = 500;

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    @Inject
    DeviceTags deviceTags;

    @Inject
    DeviceNews news;

    @Inject
    AuditLog audit;

    @Inject
    Event<LiveEvent> live;

    /**
     * Gives a tag another name.
     *
     * @param merge whether it may become one that some device has already
     * @return on how many devices it was
     * @throws RefusedException {@code NOT_FOUND} if no device that the caller sees carries it, {@code FORBIDDEN} if there is one among them that he may not configure,
     *     {@code CONFLICT} if there is the other tag and it is not to be merged, {@code FACTOR_NOT_FRESH}
     */
    public long rename(Caller caller, String tag, String name, boolean merge) throws RefusedException {
        String from = one("tag", tag);
        String to = one("name", name);
        List<Carrier> devices = mine(caller, from);
        if (from.equals(to)) {
            return devices.size();
        }
        if (!merge && isCarried(caller, to)) {
            throw new RefusedException(
                    Problem.CONFLICT, "There is a tag of that name already; say that the two are to become one.");
        }
        inParts(caller, devices, "tag '%s' is now '%s'".formatted(from, to), after(from, Set.of(to)), some -> {
            deviceTags.add(caller.domainId(), some, List.of(to));
            deviceTags.remove(caller.domainId(), some, List.of(from));
        });
        audit.record(caller.did(Operation.TAG_RENAMED, Outcome.SUCCESS)
                .saying("tag '%s' is now '%s', on %d devices".formatted(from, to, devices.size()))
                .changing(Changes.none().field("tag", from, to)));
        return devices.size();
    }

    /**
     * Takes a tag from all devices.
     *
     * @return on how many devices it was
     * @throws RefusedException as above
     */
    public long delete(Caller caller, String tag) throws RefusedException {
        String from = one("tag", tag);
        List<Carrier> devices = mine(caller, from);
        inParts(
                caller,
                devices,
                "tag '%s' is deleted".formatted(from),
                after(from, Set.of()),
                some -> deviceTags.remove(caller.domainId(), some, List.of(from)));
        audit.record(caller.did(Operation.TAG_DELETED, Outcome.SUCCESS)
                .saying("tag '%s' is deleted, on %d devices".formatted(from, devices.size()))
                .changing(Changes.none().field("tag", from, null)));
        return devices.size();
    }

    /** What the tags of a device become. */
    private static UnaryOperator<Set<String>> after(String gone, Set<String> added) {
        return tags -> {
            SortedSet<String> after = new TreeSet<>(tags);
            after.remove(gone);
            after.addAll(added);
            return after;
        };
    }

    private static String one(String field, String typed) throws RefusedException {
        return Tags.checked(field, List.of(typed)).first();
    }

    private record Carrier(String uid, String name, Set<String> tags) {}

    /** The devices with the tag that the caller sees: he may configure all of them. */
    private List<Carrier> mine(Caller caller, String tag) throws RefusedException {
        List<Carrier> devices = carriers(caller, tag);
        if (devices.isEmpty()) {
            throw RefusedException.notFound();
        }
        for (List<Carrier> some : parts(devices)) {
            var held = authorization.permissions(caller, uids(some));
            for (Carrier device : some) {
                if (!held.getOrDefault(device.uid(), Set.of()).contains(Permission.CONFIGURE_DEVICES)) {
                    throw new RefusedException(
                            Problem.FORBIDDEN, "You may not configure every device that has this tag.");
                }
            }
        }
        factors.require(caller, Permission.CONFIGURE_DEVICES, null);
        return devices;
    }

    private List<Carrier> carriers(Caller caller, String tag) {
        return carriers(caller, "r.id, r.name, d.tags", tag, " order by r.id for update")
                .map(statement -> statement.list(
                        row -> new Carrier(row.text(1), row.text(2), new TreeSet<>(Tags.parse(row.text(3))))))
                .orElse(List.of());
    }

    private boolean isCarried(Caller caller, String tag) {
        return carriers(caller, "1", tag, " limit 1")
                .flatMap(statement -> statement.first(row -> row.number(1)))
                .isPresent();
    }

    /** Of the devices with the tag that the caller sees; empty if he sees none at all. */
    private Optional<Statement> carriers(Caller caller, String columns, String tag, String end) {
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        return scope.isEmpty()
                ? Optional.empty()
                : Optional.of(scope.bind(sql.in(caller.domainId())
                                .statement("select " + columns
                                        + " from device_tag g join resource r on r.id = g.device_id join device d on d.id = r.id"
                                        + " where g.domain_id = :domain and g.name = :tag and "
                                        + scope.things("r")
                                        + end))
                        .set("tag", tag));
    }

    private void inParts(
            Caller caller,
            List<Carrier> devices,
            String what,
            UnaryOperator<Set<String>> after,
            Consumer<List<String>> work) {
        for (List<Carrier> some : parts(devices)) {
            List<String> uids = uids(some);
            work.accept(uids);
            sql.in(caller.domainId())
                    .statement("update resource set version = version + 1 where domain_id = :domain and id in (:uids)")
                    .set("uids", uids)
                    .update();
            audit.recordAll(
                    caller.domainId(),
                    some.stream()
                            .map(device -> caller.did(Operation.DEVICE_UPDATED, Outcome.SUCCESS)
                                    .on(device.uid(), device.name())
                                    .saying(what)
                                    .changing(Tags.changes(device.tags(), after.apply(device.tags()))))
                            .toList());
        }
        if (devices.size() <= AT_ONCE) {
            news.changed(caller.domainId(), uids(devices));
        } else {
            live.fire(new LiveEvent.DirectoryImported(caller.domainId()));
        }
    }

    private static List<String> uids(List<Carrier> devices) {
        return devices.stream().map(Carrier::uid).toList();
    }

    private static List<List<Carrier>> parts(List<Carrier> devices) {
        List<List<Carrier>> parts = new ArrayList<>();
        for (int from = 0; from < devices.size(); from += AT_ONCE) {
            parts.add(devices.subList(from, Math.min(devices.size(), from + AT_ONCE)));
        }
        return parts;
    }
}
