package org.bascule.domain.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;

/**
 * A domain of any size, the same for the same seed: folders {@value #DEPTH} deep, devices in them, nested groups, users, entries. Rows are made in
 * batches, in one transaction, past the classes that check.
 */
public final class LargeDomain {

    static final int DEPTH = 8;
    private static final int BATCH = 2_000;

    /** Numbers of what is in a domain. */
    public record Size(int folders, int devices, int users, int groups, int entries) {
        public static final Size LARGE = new Size(10_000, 100_000, 5_000, 1_000, 50_000);
        public static final Size SMALL = new Size(100, 1_000, 50, 10, 500);
    }

    /** An entry as it was made; {@code depth} of the resource, a device below its folder. */
    public record Rule(String principal, boolean user, String resource, int depth, Permission permission, boolean allow) {}

    public final Sample sample;
    public final List<String> folders = new ArrayList<>();
    public final List<Integer> depths = new ArrayList<>();
    public final List<Integer> parents = new ArrayList<>();
    public final List<String> devices = new ArrayList<>();
    public final List<Integer> deviceFolders = new ArrayList<>();
    public final List<String> users = new ArrayList<>();
    public final List<String> groups = new ArrayList<>();
    public final List<String[]> memberships = new ArrayList<>();
    public final List<Rule> rules = new ArrayList<>();

    private final TestDomain domain;
    private final Random random;

    public LargeDomain(TestDomain domain, Size size, long seed) {
        this.domain = domain;
        this.random = new Random(seed);
        this.sample = new Sample(domain);
        domain.transactions.run(() -> {
            folders(size.folders());
            devices(size.devices());
            people(size.users(), size.groups());
            entries(size.entries());
            domain.get(RightsVersion.class).changed(sample.id);
        });
        domain.sql
                .acrossDomains()
                .statement("analyze table resource, device, device_search, folder_closure, acl_entry")
                .list(row -> row.text(1));
    }

    private void folders(int count) {
        folders.add(sample.root);
        depths.add(0);
        parents.add(-1);
        List<String> rows = new ArrayList<>();
        List<String> closure = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            int parent;
            do {
                parent = i < 20 ? 0 : random.nextInt(folders.size());
            } while (depths.get(parent) >= DEPTH);
            String id = domain.ids.next();
            rows.add("('%s','%s','%s','folder','folder %d',now())".formatted(id, sample.id, folders.get(parent), i));
            ids.add("('%s','%s')".formatted(id, sample.id));
            folders.add(id);
            parents.add(parent);
            depths.add(depths.get(parent) + 1);
            for (int above = i, depth = 0; above >= 0; above = parents.get(above), depth++) {
                closure.add("('%s','%s','%s',%d)".formatted(sample.id, folders.get(above), id, depth));
            }
        }
        // a folder is inserted before what is in it
        for (int i = 0; i < rows.size(); i += BATCH) {
            int end = Math.min(rows.size(), i + BATCH);
            for (int one = i; one < end; one++) {
                run("insert into resource (id, domain_id, parent_id, kind, name, created) values " + rows.get(one));
                run("insert into folder (id, domain_id) values " + ids.get(one));
            }
        }
        insert("folder_closure (domain_id, ancestor_id, descendant_id, depth)", closure);
    }

    private void devices(int count) {
        List<String> resources = new ArrayList<>();
        List<String> rows = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = domain.ids.next();
            int folder = random.nextInt(folders.size());
            devices.add(id);
            deviceFolders.add(folder);
            resources.add("('%s','%s','%s','device','device %06d',now())"
                    .formatted(id, sample.id, folders.get(folder), random.nextInt(1_000_000)));
            int online = i % 3 == 0 ? 0 : 1;
            int quarantined = i % 10_000 == 0 ? 1 : 0;
            rows.add(
                    "('%s','%s','x',unhex(sha2('%s',256)),'Debian %d','10.%d.%d.%d',%d,%d,now() - interval %d second)"
                            .formatted(
                                    id, sample.id, id, i % 13, i >> 16 & 255, i >> 8 & 255, i & 255, online,
                                    quarantined, i));
            if (i % 5_000 == 0) {
                tags.add("('%s','%s','rare')".formatted(sample.id, id));
            }
        }
        insert("resource (id, domain_id, parent_id, kind, name, created)", resources);
        insert("device (id, domain_id, spki, thumbprint, os, address, online, quarantined, last_seen)", rows);
        insert("device_tag (domain_id, device_id, name)", tags);
    }

    /** Groups nest five deep; everybody is in three of them. */
    private void people(int userCount, int groupCount) {
        List<String> resources = new ArrayList<>();
        List<String> groupRows = new ArrayList<>();
        List<String> userRows = new ArrayList<>();
        for (int i = 0; i < groupCount; i++) {
            String id = domain.ids.next();
            groups.add(id);
            resources.add("('%s','%s','%s','group','group %d',now())".formatted(id, sample.id, sample.root, i));
            groupRows.add("('%s','%s',0)".formatted(id, sample.id));
            if (i >= 5 && i % 5 != 0) {
                memberships.add(new String[] {groups.get(i - 1), id});
            }
        }
        for (int i = 0; i < userCount; i++) {
            String id = domain.ids.next();
            users.add(id);
            resources.add("('%s','%s','%s','user','user %d',now())".formatted(id, sample.id, sample.root, i));
            userRows.add("('%s','%s')".formatted(id, sample.id));
            Set<Integer> of = new HashSet<>();
            while (of.size() < Math.min(3, groupCount)) {
                of.add(random.nextInt(groupCount));
            }
            of.forEach(group -> memberships.add(new String[] {groups.get(group), id}));
        }
        insert("resource (id, domain_id, parent_id, kind, name, created)", resources);
        insert("user_group (id, domain_id, built_in)", groupRows);
        insert("user_ref (id, domain_id)", userRows);
        insert(
                "group_member (domain_id, group_id, member_id)",
                memberships.stream()
                        .map(one -> "('%s','%s','%s')".formatted(sample.id, one[0], one[1]))
                        .toList());
    }

    /** The first user holds everything everywhere, the second sees half of the top folders, the third one small folder; the rest is random. */
    private void entries(int count) {
        for (Permission permission : Permission.values()) {
            rules.add(new Rule(users.get(0), true, sample.root, 0, permission, true));
        }
        for (int i = 1; i < Math.min(20, folders.size()); i += 2) {
            rules.add(new Rule(users.get(1), true, folders.get(i), depths.get(i), Permission.SEE_RESOURCES, true));
        }
        int last = folders.size() - 1;
        rules.add(new Rule(users.get(2), true, folders.get(last), depths.get(last), Permission.SEE_RESOURCES, true));
        Permission[] permissions = Permission.values();
        while (rules.size() < count) {
            boolean user = random.nextInt(4) == 0;
            String principal = user
                    ? users.get(3 + random.nextInt(users.size() - 3))
                    : groups.get(random.nextInt(groups.size()));
            boolean device = random.nextInt(5) == 0;
            int index = random.nextInt(device ? devices.size() : folders.size());
            rules.add(new Rule(
                    principal,
                    user,
                    device ? devices.get(index) : folders.get(index),
                    device ? DEPTH + 1 : depths.get(index),
                    permissions[random.nextInt(permissions.length)],
                    random.nextInt(5) > 0));
        }
        insert(
                "acl_entry (id, domain_id, resource_id, principal_id, permission, effect, delegable)",
                rules.stream()
                        .map(rule -> "('%s','%s','%s','%s','%s','%s',%s)"
                                .formatted(
                                        domain.ids.next(),
                                        sample.id,
                                        rule.resource(),
                                        rule.principal(),
                                        rule.permission().code(),
                                        rule.allow() ? "allow" : "deny",
                                        // who may pass everything on may move everything
                                        rule.principal().equals(users.get(0))))
                        .toList());
    }

    private void insert(String into, List<String> rows) {
        for (int i = 0; i < rows.size(); i += BATCH) {
            run("insert into " + into + " values " + String.join(",", rows.subList(i, Math.min(rows.size(), i + BATCH))));
        }
    }

    private void run(String statement) {
        domain.sql.acrossDomains().statement(statement).update();
    }
}
