package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.FreshFactors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;

/** Tells before devices are removed what goes with them; each thing counts for who could list it. Statements are few however many devices it is. */
@Stateless
public class DeviceDeletions {

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    FreshFactors factors;

    /** Of one device, for who may remove it. */
    public DeviceDeletion of(Caller caller, String uid) throws RefusedException {
        return of(caller, List.of(uid));
    }

    /** Of some devices together, for who may remove every one of them. */
    public DeviceDeletion of(Caller caller, Collection<String> uids) throws RefusedException {
        List<String> asked = uids.stream().distinct().toList();
        if (asked.isEmpty() || asked.size() > BulkChange.MAX || asked.size() < uids.size()) {
            throw RefusedException.invalid("devices", "Name 1 to %d devices, each once.", BulkChange.MAX);
        }
        Map<String, Set<Permission>> held = authorization.permissions(caller, asked);
        for (String uid : asked) {
            if (!holds(held, uid, Permission.SEE_RESOURCES)) {
                authorization.shows(caller, Permission.SEE_RESOURCES, uid);
                throw RefusedException.notFound();
            }
            if (!holds(held, uid, Permission.REMOVE_DEVICES)) {
                authorization.require(caller, Permission.REMOVE_DEVICES, uid);
            }
        }
        factors.require(caller, Permission.REMOVE_DEVICES, asked.size() == 1 ? asked.get(0) : null);
        long known = sql.in(caller.domainId())
                .statement("select count(*) from device where domain_id = :domain and id in (:uids)")
                .set("uids", asked)
                .number();
        if (known < asked.size()) {
            throw RefusedException.notFound();
        }
        return counted(caller, asked, held);
    }

    private static boolean holds(Map<String, Set<Permission>> held, String uid, Permission permission) {
        return held.getOrDefault(uid, Set.of()).contains(permission);
    }

    private DeviceDeletion counted(Caller caller, List<String> devices, Map<String, Set<Permission>> held) {
        List<String> managed = with(devices, held, Permission.MANAGE_PERMISSIONS);
        List<String> helped = with(devices, held, Permission.RECEIVE_ASSISTANCE_REQUESTS);
        return new DeviceDeletion(
                devices.size(),
                number(caller, "sub_device where device_id", devices),
                number(caller, "acl_entry where resource_id", managed),
                accessRequests(caller, devices, held),
                number(caller, "assistance_request where state in ('open', 'taken') and device_id", helped),
                number(caller, "session_policy where resource_id", devices)
                        + number(caller, "fixed_relay where resource_id", devices),
                ownOr(
                        caller,
                        "remote_session where state <> 'ended' and device_id",
                        devices,
                        with(devices, held, Permission.VIEW_CONNECTION_LOG)));
    }

    private static List<String> with(List<String> devices, Map<String, Set<Permission>> held, Permission permission) {
        return devices.stream().filter(uid -> holds(held, uid, permission)).toList();
    }

    private long number(Caller caller, String what, List<String> devices) {
        return devices.isEmpty()
                ? 0
                : sql.in(caller.domainId())
                        .statement("select count(*) from " + what + " in (:devices) and domain_id = :domain")
                        .set("devices", devices)
                        .number();
    }

    /** As their list shows them: with an API token not one's own, but those that one decides. */
    private long accessRequests(Caller caller, List<String> devices, Map<String, Set<Permission>> held) {
        String what = "access_request where state = 'open' and resource_id";
        List<String> decides = with(devices, held, Permission.APPROVE_ACCESS);
        return caller.credential().isToken() ? number(caller, what, decides) : ownOr(caller, what, devices, decides);
    }

    /** All on some of the devices, and the caller's own on the others. */
    private long ownOr(Caller caller, String what, List<String> devices, List<String> all) {
        List<String> others = devices.stream().filter(uid -> !all.contains(uid)).toList();
        long own = others.isEmpty()
                ? 0
                : sql.in(caller.domainId())
                        .statement("select count(*) from " + what
                                + " in (:devices) and domain_id = :domain and user_id = :user")
                        .set("devices", others)
                        .set("user", caller.userId())
                        .number();
        return own + number(caller, what, all);
    }
}
