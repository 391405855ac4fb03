package org.bascule.domain.acl;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;

/** A random {@link Oracle} in the tables, and an owner who moves things in both. */
final class StoredOracle {

    /** Ways to move something. */
    enum Way {
        FOLDER,
        DEVICE,
        MANY_DEVICES
    }

    final Sample sample;
    final Oracle oracle;

    /** The oracle's id of each entry. */
    final Map<String, String> rules = new HashMap<>();

    private final TestDomain domain;
    private final Random random;
    private final Caller owner;

    StoredOracle(TestDomain domain, Random random, Instant now) {
        this.domain = domain;
        this.random = random;
        this.sample = new Sample(domain);
        this.owner = sample.owner();
        boolean[] first = {true};
        this.oracle = Oracle.random(random, now, () -> {
            String id = first[0] ? sample.root : domain.ids.next();
            first[0] = false;
            return id;
        });
        domain.transactions.run(this::store);
    }

    private void store() {
        List<String> waiting = new ArrayList<>(oracle.folders);
        Set<String> stored = new HashSet<>(Set.of(oracle.root));
        waiting.remove(oracle.root);
        while (!waiting.isEmpty()) {
            waiting.removeIf(folder -> {
                String parent = Objects.requireNonNull(oracle.folderOf.get(folder));
                if (!stored.contains(parent)) {
                    return false;
                }
                insert(folder, parent, "folder");
                run("insert into folder (id, domain_id) values (:id, :domain)", folder);
                return stored.add(folder);
            });
        }
        storeTree();
        oracle.devices.forEach(device -> {
            insert(device, Objects.requireNonNull(oracle.folderOf.get(device)), "device");
            run(
                    "insert into device (id, domain_id, spki, thumbprint) values (:id, :domain, 'x', unhex(sha2(:id, 256)))",
                    device);
            run(
                    "insert into device_certificate (serial, domain_id, device_id, certificate, not_before, not_after)"
                            + " values (replace(:id, '-', ''), :domain, :id, 'x', utc_timestamp(), utc_timestamp() + interval 1 year)",
                    device);
        });
        oracle.users.forEach(user -> insert(user, oracle.root, "user"));
        oracle.members.keySet().forEach(group -> {
            insert(group, oracle.root, "group");
            run("insert into user_group (id, domain_id) values (:id, :domain)", group);
        });
        oracle.members.forEach((group, of) -> of.forEach(member -> domain.sql
                .in(sample.id)
                .statement(
                        "insert into group_member (domain_id, group_id, member_id) values (:domain, :group, :member)")
                .set("group", group)
                .set("member", member)
                .update()));
        storeRules();
        // where nothing comes from above, the owner needs entries of his own to move things
        for (String cut : oracle.blocked) {
            for (Permission permission : Permission.values()) {
                sample.delegable(cut, owner.userId(), permission);
            }
        }
        domain.get(RightsVersion.class).changed(sample.id);
    }

    private void storeTree() {
        for (String folder : oracle.folders) {
            int depth = 0;
            for (@Nullable String above = folder; above != null; above = oracle.folderOf.get(above)) {
                if (!folder.equals(oracle.root)) {
                    domain.sql
                            .in(sample.id)
                            .statement("insert into folder_closure (domain_id, ancestor_id, descendant_id, depth)"
                                    + " values (:domain, :above, :id, :depth)")
                            .set("above", above)
                            .set("id", folder)
                            .set("depth", depth)
                            .update();
                }
                depth++;
            }
        }
    }

    private void storeRules() {
        // one that is there already is not added once more
        Set<List<@Nullable Object>> different = new HashSet<>();
        oracle.rules.removeIf(rule -> !different.add(Arrays.asList(
                rule.resource(),
                rule.principal(),
                rule.permission(),
                rule.allow(),
                rule.from(),
                rule.until(),
                rule.window())));
        for (Oracle.Rule rule : oracle.rules) {
            String id = domain.get(Entries.class)
                    .add(
                            sample.id,
                            rule.resource(),
                            rule.principal(),
                            rule.permission(),
                            rule.allow() ? Effect.ALLOW : Effect.DENY,
                            OracleTest.validity(rule),
                            false,
                            Entry.Origin.ENTRY);
            rules.put(id, rule.id());
        }
    }

    private void insert(String id, String folder, String kind) {
        domain.sql
                .in(sample.id)
                .statement("insert into resource (id, domain_id, parent_id, kind, name, inherit, created)"
                        + " values (:id, :domain, :folder, '" + kind + "', :id, :inherit, utc_timestamp())")
                .set("id", id)
                .set("folder", folder)
                .set("inherit", !oracle.blocked.contains(id))
                .update();
    }

    private void run(String statement, String id) {
        domain.sql.in(sample.id).statement(statement).set("id", id).update();
    }

    /** Moves something in both, here as the owner would; a device where there is no folder to move. */
    Way move() {
        Way way = Oracle.one(random, List.of(Way.values()));
        Set<String> inner = new TreeSet<>(oracle.folders);
        inner.remove(oracle.root);
        if (way == Way.FOLDER && inner.isEmpty()) {
            way = Way.DEVICE;
        }
        try {
            switch (way) {
                case FOLDER -> moveFolder(Oracle.one(random, List.copyOf(inner)));
                case DEVICE -> moveDevice(Oracle.one(random, List.copyOf(new TreeSet<>(oracle.devices))));
                case MANY_DEVICES -> moveDevices();
            }
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
        return way;
    }

    private void moveFolder(String folder) throws RefusedException {
        String to = oracle.move(random, folder);
        FolderChange change = new FolderChange(null, null, to, null);
        domain.transactions.inNew(() -> domain.get(Folders.class).change(owner, folder, revision(folder), change));
    }

    private void moveDevice(String device) throws RefusedException {
        String to = oracle.move(random, device);
        DeviceChange change = new DeviceChange(null, null, null, to, null);
        domain.transactions.inNew(() -> domain.get(Directory.class).change(owner, device, revision(device), change));
    }

    private void moveDevices() throws RefusedException {
        List<String> devices = oracle.devices.stream()
                .sorted()
                .filter(device -> random.nextBoolean())
                .toList();
        if (devices.isEmpty()) {
            devices = List.of(oracle.devices.iterator().next());
        }
        String to = oracle.move(random, devices.get(0));
        devices.forEach(device -> oracle.folderOf.put(device, to));
        BulkChange change = BulkChange.checked(
                devices.stream()
                        .map(device -> new BulkChange.Item(device, revision(device)))
                        .toList(),
                BulkChange.Action.MOVE,
                to,
                List.of(),
                null);
        BulkChange.Result result =
                domain.transactions.inNew(() -> domain.get(BulkChanges.class).change(owner, change));
        if (result.done().size() < devices.size()) {
            throw new IllegalStateException("refused: " + result.refused());
        }
    }

    private long revision(String id) {
        return domain.sql
                .in(sample.id)
                .statement("select version from resource where domain_id = :domain and id = :id")
                .set("id", id)
                .number();
    }
}
