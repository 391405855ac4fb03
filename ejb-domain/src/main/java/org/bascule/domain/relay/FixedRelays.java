package org.bascule.domain.relay;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Like;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Relays that are set for devices, for folders and what is below, and for users (requirement REL-1): a session uses that one and no other. What is set for the device counts first, then what is set for the nearest
 * folder above it, then what is set for the user. Reading needs {@code see-resources} or {@code see-users}; changing {@code configure-devices}, for users {@code manage-users}.
 */
@Stateless
public class FixedRelays {

    private static final String OF_SESSION =
            """
            select f.relay from fixed_relay f join (
              select :device id, 0 place
              union all select c.ancestor_id, 1 + c.depth from resource d join folder_closure c on c.descendant_id = d.parent_id
                where d.domain_id = :domain and d.id = :device
              union all select :user, 1000000) way on way.id = f.resource_id
            where f.domain_id = :domain order by way.place limit 1""";

    private static final String NEAREST =
            """
            select f.relay, f.resource_id, r.name, way.place from fixed_relay f join (
              select :id id, 0 place
              union all select c.ancestor_id, 1 + c.depth from resource d join folder_closure c on c.descendant_id = d.parent_id
                where d.domain_id = :domain and d.id = :id and d.kind in ('device', 'folder')) way on way.id = f.resource_id
            join resource r on r.id = f.resource_id
            where f.domain_id = :domain order by way.place limit 1""";

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    RelayDirectory directory;

    @Inject
    AuditLog audit;

    private record Resource(String name, boolean isUser, long revision) {}

    private record Found(String relay, String resourceId, String name, boolean own) {}

    /** The relay that a session of this user on this device must use, if any. */
    public Optional<String> of(String domainId, String deviceUid, String userId) {
        return sql.in(domainId)
                .statement(OF_SESSION)
                .set("device", deviceUid)
                .set("user", userId)
                .first(row -> row.text(1));
    }

    /** All that are set, by device, folder or user. */
    public Map<String, String> all(String domainId) {
        Map<String, String> all = new HashMap<>();
        sql.in(domainId)
                .statement("select resource_id, relay from fixed_relay where domain_id = :domain")
                .list(row -> all.put(row.text(1), row.text(2)));
        return all;
    }

    public FixedRelayView read(Caller caller, String id) throws RefusedException {
        Resource resource = resource(caller, id);
        authorization.require(caller, resource.isUser() ? Permission.SEE_USERS : Permission.SEE_RESOURCES, id);
        return view(caller, id, resource.revision());
    }

    private FixedRelayView view(Caller caller, String id, long revision) {
        Optional<Found> nearest = sql.in(caller.domainId())
                .statement(NEAREST)
                .set("id", id)
                .first(row -> new Found(row.text(1), row.text(2), row.text(3), row.number(4) == 0));
        if (nearest.isEmpty()) {
            return new FixedRelayView(null, false, null, null, revision);
        }
        Found found = nearest.get();
        boolean seen = !found.own() && authorization.allows(caller, Permission.SEE_RESOURCES, found.resourceId());
        return new FixedRelayView(
                found.relay(), found.own(), seen ? found.resourceId() : null, seen ? found.name() : null, revision);
    }

    private Resource resource(Caller caller, String id) throws RefusedException {
        if (!Like.isAscii(id)) {
            throw RefusedException.notFound();
        }
        return sql.in(caller.domainId())
                .statement("select name, kind, version from resource"
                        + " where domain_id = :domain and id = :id and kind in ('device', 'folder', 'user')")
                .set("id", id)
                .first(row -> new Resource(row.text(1), row.text(2).equals("user"), row.number(3)))
                .orElseThrow(RefusedException::notFound);
    }

    /**
     * Sets the relay of a device, folder or user, or takes that back.
     *
     * @param relay id of one that sessions may use; null to let what is set above count, or the server choose
     * @throws RefusedException {@code PRECONDITION_FAILED} unless {@code revision} is the present one of the resource
     */
    public FixedRelayView put(Caller caller, String id, long revision, @Nullable String relay) throws RefusedException {
        Resource resource = resource(caller, id);
        authorization.require(caller, resource.isUser() ? Permission.MANAGE_USERS : Permission.CONFIGURE_DEVICES, id);
        if (relay != null && directory.all().stream().noneMatch(one -> one.id().equals(relay))) {
            throw RefusedException.invalid("relay", "There is no relay of this name.");
        }
        touch(caller, id, revision);
        String before = sql.in(caller.domainId())
                .statement("select relay from fixed_relay where domain_id = :domain and resource_id = :id")
                .set("id", id)
                .first(row -> row.text(1))
                .orElse(null);
        sql.in(caller.domainId())
                .statement("delete from fixed_relay where domain_id = :domain and resource_id = :id")
                .set("id", id)
                .update();
        if (relay != null) {
            sql.in(caller.domainId())
                    .statement("insert into fixed_relay (resource_id, domain_id, relay) values (:id, :domain, :relay)")
                    .set("id", id)
                    .set("relay", relay)
                    .update();
        }
        audit.record(fixed(caller, id, resource.name(), before, relay));
        return read(caller, id);
    }

    private static AuditEvent fixed(
            Caller caller, String id, String name, @Nullable String before, @Nullable String after) {
        return caller.did(Operation.RELAY_FIXED, Outcome.SUCCESS)
                .on(id, name)
                .changing(Changes.none().field("relay", before, after));
    }

    /** What the log says of the relays of some devices, folders and users that are about to be deleted. */
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return sql.in(caller.domainId())
                .statement(
                        """
                        select f.resource_id, r.name, f.relay from fixed_relay f join resource r on r.id = f.resource_id
                        where f.domain_id = :domain and f.resource_id in (:ids) order by f.resource_id lock in share mode""")
                .set("ids", ids)
                .list(row -> fixed(caller, row.text(1), row.text(2), row.text(3), null));
    }

    private void touch(Caller caller, String id, long revision) throws RefusedException {
        int changed = sql.in(caller.domainId())
                .statement("update resource set version = version + 1"
                        + " where domain_id = :domain and id = :id and version = :revision")
                .set("id", id)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "It was changed in the meantime.");
        }
    }
}
