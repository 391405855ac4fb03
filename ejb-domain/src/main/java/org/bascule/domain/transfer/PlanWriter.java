package org.bascule.domain.transfer;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Held;
import org.bascule.domain.acl.LastOwner;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsReports;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.directory.SubDevice;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.Options;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transfer.DirectoryState.Folder;
import org.bascule.domain.transfer.DirectoryState.Group;
import org.bascule.domain.transfer.DirectoryState.Membership;
import org.bascule.domain.transfer.DirectoryState.Resource;
import org.bascule.domain.transfer.DirectoryState.User;
import org.bascule.domain.transfer.Plan.Target;
import org.jspecify.annotations.Nullable;

/** Writes a plan in the caller's transaction: statements in packets of many rows, none for each row. */
@Stateless
public class PlanWriter {

    private static final int PORTION = 1_000;

    private static final String ADD =
            """
            insert into resource (id, domain_id, parent_id, kind, name, description, inherit, created)
            values (:id, :domain, :parent, :kind, :name, :description, :inherit, :now)""";

    private static final String CHANGE =
            """
            update resource set name = :name, parent_id = :parent, description = :description, inherit = :inherit,
              version = version + 1
            where domain_id = :domain and id = :id""";

    @Inject
    Sql sql;

    @Inject
    RightsVersion rights;

    @Inject
    RightsReports reports;

    @Inject
    LastOwner owners;

    @Inject
    Entries entries;

    @Inject
    Options options;

    @Inject
    DeviceWriter devices;

    @Inject
    ConditionWriter conditions;

    @Inject
    PolicyWriter policies;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    @Inject
    Event<LiveEvent> live;

    /**
     * Writes everything, with its records in the audit log.
     *
     * @param rightsVersion of the domain when the plan's state was read
     * @throws RefusedException {@code CONFLICT} if what is to be changed has changed since it was read, or nobody could manage permissions of a
     *     folder or device any more; {@code LAST_OWNER}
     */
    public void write(Caller caller, Plan plan, long rightsVersion) throws RefusedException {
        String domain = caller.domainId();
        // orders this with single changes of folders, groups and rights
        owners.lock(domain);
        Held held = owners.held(domain);
        for (Plan.NewOptions wanted : plan.options) {
            options.change(caller, wanted.revision(), wanted.options());
        }
        rights.changed(domain);
        requireRightsVersion(domain, rightsVersion + 1);
        requireVersions(domain, plan.versions);
        requireSubDevices(domain, plan.subDevices);
        writeFolders(domain, plan);
        writeGroups(domain, plan.groups);
        writeUsers(domain, plan.users);
        devices.write(domain, plan);
        writeMemberships(domain, plan);
        conditions.write(domain, plan);
        policies.write(domain, plan);
        entries.removeAll(domain, plan.endedEntries);
        entries.addAll(domain, plan.entries);
        rights.changed(domain);
        requireManageable(caller, plan, held);
        audit.recordAll(domain, plan.events);
        live.fire(new LiveEvent.DirectoryImported(domain));
    }

    private void requireRightsVersion(String domain, long wanted) throws RefusedException {
        // a locking read sees what others have committed since this transaction began
        long version = sql.in(domain)
                .statement("select rights_version from domain_version where domain_id = :domain for update")
                .number();
        if (version != wanted) {
            throw changedMeanwhile();
        }
    }

    private static RefusedException changedMeanwhile() {
        return new RefusedException(
                Problem.CONFLICT, "The directory was changed while the import was prepared. Start it again.");
    }

    private void requireVersions(String domain, Map<String, Long> versions) throws RefusedException {
        List<String> ids = List.copyOf(versions.keySet());
        for (int from = 0; from < ids.size(); from += PORTION) {
            List<String> portion = ids.subList(from, Math.min(ids.size(), from + PORTION));
            Map<String, Long> present = new HashMap<>();
            sql.in(domain)
                    .statement("select id, version from resource where domain_id = :domain and id in (:ids) for update")
                    .set("ids", portion)
                    .list(row -> present.put(row.text(1), row.number(2)));
            for (String id : portion) {
                if (!Objects.equals(present.get(id), versions.get(id))) {
                    throw changedMeanwhile();
                }
            }
        }
    }

    /** No version of a device says that something behind it was changed or moved away. */
    private void requireSubDevices(String domain, List<Plan.SubDeviceTarget> targets) throws RefusedException {
        List<SubDevice> planned = targets.stream()
                .map(Plan.SubDeviceTarget::before)
                .filter(Objects::nonNull)
                .toList();
        for (int from = 0; from < planned.size(); from += PORTION) {
            List<SubDevice> portion = planned.subList(from, Math.min(planned.size(), from + PORTION));
            Set<Place> present = new HashSet<>(sql.in(domain)
                    .statement("select id, device_id, version from sub_device"
                            + " where domain_id = :domain and id in (:ids) for update")
                    .set("ids", portion.stream().map(SubDevice::id).toList())
                    .list(row -> new Place(row.text(1), row.text(2), row.number(3))));
            for (SubDevice one : portion) {
                if (!present.contains(new Place(one.id(), one.device(), one.revision()))) {
                    throw changedMeanwhile();
                }
            }
        }
    }

    private record Place(String id, String device, long version) {}

    private void requireManageable(Caller caller, Plan plan, Held held) throws RefusedException {
        String domain = caller.domainId();
        boolean rightsDiffer = !plan.memberships.isEmpty()
                || !plan.endedMemberships.isEmpty()
                || !plan.endedEntries.isEmpty()
                || !plan.entries.isEmpty()
                || !plan.blocked.isEmpty();
        if (rightsDiffer) {
            owners.require(caller, held, Operation.IMPORTED, domain);
        }
        for (Map.Entry<String, String> blocked : plan.blocked.entrySet()) {
            if (!reports.isHeldByAnybody(domain, Permission.MANAGE_PERMISSIONS, blocked.getKey())) {
                throw new RefusedException(
                        Problem.CONFLICT,
                        "After this nobody could manage permissions of '%s'. Give somebody that permission there.",
                        blocked.getValue());
            }
        }
    }

    private Statement adding(String domain, String kind, Instant now) {
        return sql.in(domain).statement(ADD).set("kind", kind).set("now", now);
    }

    private static void bind(Statement row, Resource resource, @Nullable String description, boolean inherit) {
        row.set("id", resource.id())
                .set("parent", resource.parent())
                .set("name", resource.name())
                .set("description", description)
                .set("inherit", inherit);
    }

    /** Names that change places would meet on the way: those that change get one of their own first. */
    private void clearNames(String domain, List<? extends Resource> resources) {
        sql.in(domain)
                .statement("update resource set name = :id where domain_id = :domain and id = :id")
                .updateEach(resources, (row, resource) -> row.set("id", resource.id()));
    }

    private static <T> List<T> added(List<Target<T>> targets) {
        return targets.stream().filter(Target::isNew).map(Target::after).toList();
    }

    private static <T> List<T> changed(List<Target<T>> targets) {
        return targets.stream()
                .filter(target -> !target.isNew())
                .map(Target::after)
                .toList();
    }

    private void writeFolders(String domain, Plan plan) {
        List<Folder> changed = changed(plan.folders);
        clearNames(domain, changed);
        for (List<Folder> level : levels(added(plan.folders))) {
            adding(domain, "folder", clock.instant())
                    .updateEach(level, (row, folder) -> bind(row, folder, folder.description(), folder.inherit()));
            sql.in(domain)
                    .statement("insert into folder (id, domain_id, quota) values (:id, :domain, :quota)")
                    .updateEach(
                            level, (row, folder) -> row.set("id", folder.id()).set("quota", folder.quota()));
        }
        sql.in(domain)
                .statement(CHANGE)
                .updateEach(changed, (row, folder) -> bind(row, folder, folder.description(), folder.inherit()));
        sql.in(domain)
                .statement("update folder set quota = :quota where domain_id = :domain and id = :id")
                .updateEach(changed, (row, folder) -> row.set("id", folder.id()).set("quota", folder.quota()));
        writeTree(domain, plan.chains);
    }

    /** Folders that can be inserted together: the parent of each is there, or on a level before. The plan has parents first. */
    private static List<List<Folder>> levels(List<Folder> folders) {
        List<List<Folder>> levels = new ArrayList<>();
        Map<String, Integer> levelOf = new HashMap<>();
        for (Folder folder : folders) {
            int level = folder.parent() == null ? 0 : levelOf.getOrDefault(folder.parent(), -1) + 1;
            levelOf.put(folder.id(), level);
            if (level == levels.size()) {
                levels.add(new ArrayList<>());
            }
            levels.get(level).add(folder);
        }
        return levels;
    }

    private record Link(String above, String below, int depth) {}

    /** Which folder is above which, for those where it is not as it was. */
    private void writeTree(String domain, Map<String, List<String>> chains) {
        sql.in(domain)
                .statement("delete from folder_closure where domain_id = :domain and descendant_id = :id")
                .updateEach(List.copyOf(chains.keySet()), (row, id) -> row.set("id", id));
        List<Link> links = new ArrayList<>();
        chains.forEach((id, chain) -> {
            for (int depth = 0; depth < chain.size(); depth++) {
                links.add(new Link(chain.get(depth), id, depth));
            }
        });
        sql.in(domain)
                .statement("insert into folder_closure (domain_id, ancestor_id, descendant_id, depth)"
                        + " values (:domain, :above, :below, :depth)")
                .updateEach(links, (row, link) -> row.set("above", link.above())
                        .set("below", link.below())
                        .set("depth", link.depth()));
    }

    private void writeGroups(String domain, List<Target<Group>> groups) {
        List<Group> changed = changed(groups);
        List<Group> added = added(groups);
        clearNames(domain, changed);
        sql.in(domain)
                .statement(CHANGE)
                .updateEach(changed, (row, group) -> bind(row, group, group.description(), true));
        adding(domain, "group", clock.instant())
                .updateEach(added, (row, group) -> bind(row, group, group.description(), true));
        sql.in(domain)
                .statement("insert into user_group (id, domain_id) values (:id, :domain)")
                .updateEach(added, (row, group) -> row.set("id", group.id()));
    }

    private void writeUsers(String domain, List<Target<User>> users) {
        List<User> added = added(users);
        adding(domain, "user", clock.instant()).updateEach(added, (row, user) -> bind(row, user, null, true));
        sql.in(domain)
                .statement("insert into user_ref (id, domain_id, pending_name) values (:id, :domain, :name)")
                .updateEach(added, (row, user) -> row.set("id", user.id()).set("name", user.awaitedName()));
        sql.in(domain)
                .statement("update resource set parent_id = :parent, version = version + 1"
                        + " where domain_id = :domain and id = :id")
                .updateEach(
                        changed(users), (row, user) -> row.set("id", user.id()).set("parent", user.parent()));
    }

    private void writeMemberships(String domain, Plan plan) {
        sql.in(domain)
                .statement("delete from group_member"
                        + " where domain_id = :domain and group_id = :group and member_id = :member")
                .updateEach(plan.endedMemberships, PlanWriter::bind);
        sql.in(domain)
                .statement("insert into group_member (domain_id, group_id, member_id)"
                        + " values (:domain, :group, :member)")
                .updateEach(plan.memberships, PlanWriter::bind);
    }

    private static void bind(Statement row, Membership link) {
        row.set("group", link.group()).set("member", link.member());
    }
}
