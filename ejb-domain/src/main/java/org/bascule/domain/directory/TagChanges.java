package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Renames and deletes a tag as such: on every device that carries it and that the caller sees, all or nothing. What the caller does not see keeps the tag, and nothing
 * tells of it. Written in a few statements for each 500 devices, audited once.
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
        List<String> uids = mine(caller, from);
        if (from.equals(to)) {
            return uids.size();
        }
        if (!merge && !carriers(caller, to, " limit 1").isEmpty()) {
            throw new RefusedException(
                    Problem.CONFLICT, "There is a tag of that name already; say that the two are to become one.");
        }
        inParts(caller, uids, some -> {
            deviceTags.add(caller.domainId(), some, List.of(to));
            deviceTags.remove(caller.domainId(), some, List.of(from));
        });
        audit.record(caller.did(Operation.TAG_RENAMED, Outcome.SUCCESS)
                .saying("on %d devices".formatted(uids.size()))
                .changing(Changes.none().field("tag", from, to)));
        return uids.size();
    }

    /**
     * Takes a tag from all devices.
     *
     * @return on how many devices it was
     * @throws RefusedException as above
     */
    public long delete(Caller caller, String tag) throws RefusedException {
        String from = one("tag", tag);
        List<String> uids = mine(caller, from);
        inParts(caller, uids, some -> deviceTags.remove(caller.domainId(), some, List.of(from)));
        audit.record(caller.did(Operation.TAG_DELETED, Outcome.SUCCESS)
                .saying("on %d devices".formatted(uids.size()))
                .changing(Changes.none().field("tag", from, null)));
        return uids.size();
    }

    private static String one(String field, String typed) throws RefusedException {
        return Tags.checked(field, List.of(typed)).first();
    }

    /** The devices with the tag that the caller sees: he may configure all of them. */
    private List<String> mine(Caller caller, String tag) throws RefusedException {
        List<String> uids = carriers(caller, tag, " order by r.id for update");
        if (uids.isEmpty()) {
            throw RefusedException.notFound();
        }
        for (List<String> some : parts(uids)) {
            var held = authorization.permissions(caller, some);
            for (String uid : some) {
                if (!held.containsKey(uid) || !held.get(uid).contains(Permission.CONFIGURE_DEVICES)) {
                    throw new RefusedException(
                            Problem.FORBIDDEN, "You may not configure every device that has this tag.");
                }
            }
        }
        factors.require(caller, Permission.CONFIGURE_DEVICES);
        return uids;
    }

    private List<String> carriers(Caller caller, String tag, String end) {
        Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
        if (scope.isEmpty()) {
            return List.of();
        }
        return scope.bind(sql.in(caller.domainId())
                        .statement("select r.id from device_tag g join resource r on r.id = g.device_id"
                                + " where g.domain_id = :domain and g.name = :tag and " + scope.things("r") + end))
                .set("tag", tag)
                .list(row -> row.text(1));
    }

    private void inParts(Caller caller, List<String> uids, Consumer<List<String>> work) {
        for (List<String> some : parts(uids)) {
            work.accept(some);
            sql.in(caller.domainId())
                    .statement("update resource set version = version + 1 where domain_id = :domain and id in (:uids)")
                    .set("uids", some)
                    .update();
        }
        if (uids.size() <= AT_ONCE) {
            news.changed(caller.domainId(), uids);
        } else {
            live.fire(new LiveEvent.DirectoryImported(caller.domainId()));
        }
    }

    private static List<List<String>> parts(List<String> uids) {
        List<List<String>> parts = new ArrayList<>();
        for (int from = 0; from < uids.size(); from += AT_ONCE) {
            parts.add(uids.subList(from, Math.min(uids.size(), from + AT_ONCE)));
        }
        return parts;
    }
}
