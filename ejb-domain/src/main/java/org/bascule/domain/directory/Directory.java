package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Page;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Folders and devices as the caller may see and change them. Ids that are not UUIDs are unknown ids. */
@Stateless
public class Directory {

    private static final Pattern ACCOUNT = Pattern.compile("|[A-Za-z_][A-Za-z0-9_.-]{0,31}");

    @Inject
    Sql sql;

    @Inject
    Authorization authorization;

    @Inject
    AuditLog audit;

    @Inject
    FolderTree tree;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /** All folders that the caller sees, sorted by name. */
    public List<FolderView> folders(Caller caller) {
        List<SeenFolder> seen = sql.in(caller.domainId())
                .statement(DirectoryStatements.FOLDERS)
                .set("user", caller.userId())
                .set("permission", Permission.SEE_RESOURCES.code())
                .list(row -> new SeenFolder(row.text(1), row.text(2), Optional.ofNullable(row.textOrNull(3))));
        Set<String> ids = seen.stream().map(SeenFolder::id).collect(Collectors.toSet());
        Map<String, Long> devices = devicesInFolders(caller);
        Map<String, Set<Permission>> permissions = authorization.permissions(caller, ids);
        return seen.stream()
                .map(folder -> new FolderView(
                        folder.id(),
                        folder.name(),
                        folder.parent().filter(ids::contains).orElse(null),
                        devices.getOrDefault(folder.id(), 0L),
                        permissions.getOrDefault(folder.id(), Set.of())))
                .toList();
    }

    private record SeenFolder(String id, String name, Optional<String> parent) {}

    private Map<String, Long> devicesInFolders(Caller caller) {
        Map<String, Long> counts = new HashMap<>();
        sql.in(caller.domainId())
                .statement(DirectoryStatements.DEVICES_IN_FOLDERS)
                .set("user", caller.userId())
                .set("permission", Permission.SEE_RESOURCES.code())
                .list(row -> counts.put(row.text(1), row.number(2)));
        return counts;
    }

    /** Creates a folder; {@code CONFLICT} if the parent has one of that name. */
    public FolderView createFolder(Caller caller, String parentId, String name) throws RefusedException {
        String checked = Names.checked("name", name);
        authorization.require(caller, Permission.MANAGE_FOLDERS, parentId);
        requireFolder(caller, parentId);
        try {
            String id = tree.add(caller.domainId(), parentId, checked);
            audit.record(caller.did(Operation.FOLDER_CREATED, Outcome.SUCCESS).on(id, checked));
            return new FolderView(id, checked, parentId, 0, authorization.permissions(caller, id));
        } catch (DuplicateException e) {
            throw new RefusedException(Problem.CONFLICT, "There is a folder of that name already.");
        }
    }

    private void requireFolder(Caller caller, String id) throws RefusedException {
        boolean folder = sql.in(caller.domainId())
                .statement("select 1 from folder where domain_id = :domain and id = :id")
                .set("id", id)
                .first(row -> row.number(1))
                .isPresent();
        if (!folder) {
            throw RefusedException.invalid("parent", "This is not a folder.");
        }
    }

    /** One page of the devices that the caller sees, found, sorted and cut in the database. */
    public DeviceList devices(Caller caller, DeviceQuery query) {
        if (query.folder() != null && !Uuid7.isUuid(query.folder())) {
            return new DeviceList(Page.of(List.of(), 0, query.page()), new DeviceList.Counts(0, 0, 0));
        }
        Map<DeviceState, Long> counts = new EnumMap<>(DeviceState.class);
        DirectoryStatements.bind(sql.in(caller.domainId()).statement(DirectoryStatements.COUNTS), caller, query)
                .list(row -> counts.put(DeviceState.ofCode(row.text(1)).orElseThrow(), row.number(2)));
        List<DeviceView> found = DirectoryStatements.bind(
                        sql.in(caller.domainId()).statement(DirectoryStatements.page(query.order())), caller, query)
                .set("state", query.state() == null ? null : query.state().code())
                .set("size", query.page().size())
                .set("offset", query.page().offset())
                .list(DirectoryStatements::device);
        long all = counts.values().stream().mapToLong(Long::longValue).sum();
        long total = query.state() == null ? all : counts.getOrDefault(query.state(), 0L);
        return new DeviceList(
                Page.of(withPermissions(caller, found), total, query.page()),
                new DeviceList.Counts(
                        counts.getOrDefault(DeviceState.ONLINE, 0L),
                        counts.getOrDefault(DeviceState.OFFLINE, 0L),
                        counts.getOrDefault(DeviceState.QUARANTINED, 0L)));
    }

    private List<DeviceView> withPermissions(Caller caller, List<DeviceView> found) {
        Map<String, Set<Permission>> permissions = authorization.permissions(
                caller, found.stream().map(DeviceView::uid).toList());
        return found.stream()
                .map(device -> device.heldBy(permissions.getOrDefault(device.uid(), Set.of())))
                .toList();
    }

    /** One device that the caller sees. */
    public DeviceDetail device(Caller caller, String uid) throws RefusedException {
        if (!sees(caller, uid)) {
            throw RefusedException.notFound();
        }
        DeviceView view = sql.in(caller.domainId())
                .statement(DirectoryStatements.DEVICE)
                .set("id", uid)
                .first(DirectoryStatements::device)
                .orElseThrow(RefusedException::notFound)
                .heldBy(authorization.permissions(caller, uid));
        return sql.in(caller.domainId())
                .statement(DirectoryStatements.DETAIL)
                .set("id", uid)
                .first(row -> new DeviceDetail(
                        view,
                        row.textOrNull(1),
                        new DeviceDetail.CertificateView(row.text(2), row.instant(3), row.instant(4)),
                        Optional.ofNullable(row.textOrNull(5)).stream().toList()))
                .orElseThrow(RefusedException::notFound);
    }

    /** Changes name and account; {@code PRECONDITION_FAILED} unless {@code revision} is the present one. */
    public DeviceDetail change(Caller caller, String uid, long revision, DeviceChange change) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        DeviceView before = device(caller, uid).device();
        String name = change.name() == null ? before.name() : Names.checked("name", change.name());
        String account = checkedAccount(change.account(), before);
        int changed = sql.in(caller.domainId())
                .statement(
                        """
                        update resource r join device d on d.id = r.id
                        set r.name = :name, r.version = r.version + 1, d.account = :account
                        where r.domain_id = :domain and r.id = :id and r.version = :revision""")
                .set("name", name)
                .set("account", account)
                .set("id", uid)
                .set("revision", revision)
                .update();
        if (changed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
        audit.record(caller.did(Operation.DEVICE_UPDATED, Outcome.SUCCESS)
                .on(uid, name)
                .saying(described(before, name, account)));
        DeviceDetail after = device(caller, uid);
        live.fire(deviceChanged(caller.domainId(), after.device()));
        return after;
    }

    private static String checkedAccount(@Nullable String account, DeviceView before) throws RefusedException {
        if (account == null) {
            return before.account() == null ? "" : before.account();
        }
        if (!ACCOUNT.matcher(account).matches()) {
            throw RefusedException.invalid(
                    "account", "An account has at most 32 letters, digits, dots, dashes and underscores.");
        }
        return account;
    }

    private static String described(DeviceView before, String name, String account) {
        List<String> changes = new ArrayList<>();
        if (!before.name().equals(name)) {
            changes.add("name was '" + before.name() + "'");
        }
        String accountBefore = before.account() == null ? "" : before.account();
        if (!accountBefore.equals(account)) {
            changes.add("account '" + account + "' was '" + accountBefore + "'");
        }
        return String.join(", ", changes);
    }

    private static LiveEvent deviceChanged(String domainId, DeviceView device) {
        return new LiveEvent.DeviceChanged(
                domainId, device.uid(), device.state().code(), device.lastSeen(), device.name());
    }

    /** Removes a device, revokes its certificate, and after the commit ends its sessions and its channel. */
    public void remove(Caller caller, String uid, long revision) throws RefusedException {
        authorization.require(caller, Permission.REMOVE_DEVICES, uid);
        DeviceView device = device(caller, uid).device();
        int removed = sql.in(caller.domainId())
                .statement("delete from resource where domain_id = :domain and id = :id and kind = 'device'"
                        + " and version = :revision")
                .set("id", uid)
                .set("revision", revision)
                .update();
        if (removed == 0) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
        sql.in(caller.domainId())
                .statement("update device_certificate set revoked = :now"
                        + " where domain_id = :domain and device_id = :id and revoked is null")
                .set("now", clock.instant())
                .set("id", uid)
                .update();
        audit.record(caller.did(Operation.DEVICE_REMOVED, Outcome.SUCCESS).on(uid, device.name()));
        live.fire(new LiveEvent.DeviceRemoved(caller.domainId(), uid));
    }

    /** Allows a device that was taken for a clone to come back. Nothing happens if it is not quarantined. */
    public void clearQuarantine(Caller caller, String uid) throws RefusedException {
        authorization.require(caller, Permission.CONFIGURE_DEVICES, uid);
        int cleared = sql.in(caller.domainId())
                .statement("update device set quarantined = false"
                        + " where domain_id = :domain and id = :id and quarantined = true")
                .set("id", uid)
                .update();
        if (cleared == 1) {
            DeviceView device = device(caller, uid).device();
            audit.record(caller.did(Operation.DEVICE_QUARANTINE_CLEARED, Outcome.SUCCESS)
                    .on(uid, device.name()));
            live.fire(deviceChanged(caller.domainId(), device));
        }
    }

    /** Whether the caller sees the resource: for live events. */
    public boolean sees(Caller caller, String resourceId) {
        return authorization.allows(caller, Permission.SEE_RESOURCES, resourceId);
    }
}
