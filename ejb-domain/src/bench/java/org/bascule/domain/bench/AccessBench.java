package org.bascule.domain.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.bascule.domain.access.EffectiveRights;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsReports;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.directory.DeviceQuery;
import org.bascule.domain.directory.DeviceSearch;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.testing.TestDomain;
import org.casbin.jcasbin.main.Enforcer;
import org.casbin.jcasbin.model.Model;

/**
 * Rights in a large domain beside two others: single checks, also by jCasbin on the same policy in the same run, lists of devices, everybody on one
 * device. Times are of this thread, on whatever else the machine does; the load is printed.
 */
public final class AccessBench {

    private static final long SEED = 4_711;

    private final TestDomain domain = new TestDomain().started();
    private final LargeDomain large;
    private final Authorization authorization = domain.get(Authorization.class);

    private AccessBench() {
        new LargeDomain(domain, LargeDomain.Size.SMALL, SEED + 1);
        new LargeDomain(domain, LargeDomain.Size.SMALL, SEED + 2);
        long start = System.nanoTime();
        large = new LargeDomain(domain, LargeDomain.Size.LARGE, SEED);
        Bench.print("domain made: %d s", (System.nanoTime() - start) / 1_000_000_000);
    }

    public static void main(String[] args) {
        Bench.run(() -> {
            AccessBench bench = new AccessBench();
            bench.pages();
            bench.everybody();
            bench.checks();
            // the last: it changes the tree that jCasbin was told of
            bench.moves();
        });
    }

    private record Question(String user, String resource, Permission permission) {}

    private List<Question> questions(int count) {
        Random random = new Random(SEED);
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            questions.add(new Question(
                    large.users.get(random.nextInt(large.users.size())),
                    large.devices.get(random.nextInt(large.devices.size())),
                    Permission.values()[random.nextInt(Permission.values().length)]));
        }
        return questions;
    }

    private void checks() {
        long start = System.nanoTime();
        authorization.allows(large.sample.id, large.users.get(0), Credential.NONE, Permission.TERMINAL, large.sample.root);
        Bench.print("first check, which reads the domain: %d ms", (System.nanoTime() - start) / 1_000_000);
        List<Question> questions = questions(20_000);
        boolean[] ours = new boolean[questions.size()];
        for (int round = 0; round < 8; round++) {
            long[] nanos = new long[questions.size()];
            long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            for (int i = 0; i < questions.size(); i++) {
                Question question = questions.get(i);
                long at = System.nanoTime();
                ours[i] = authorization.allows(
                        large.sample.id, question.user(), Credential.NONE, question.permission(), question.resource());
                nanos[i] = System.nanoTime() - at;
            }
            cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
            Arrays.sort(nanos);
            if (round == 0 || round == 7) {
                Bench.print(
                        "check, %s: median %.1f us, p99 %.1f us, CPU %.1f us each",
                        round == 0 ? "places unknown" : "warm",
                        nanos[nanos.length / 2] / 1e3,
                        nanos[nanos.length * 99 / 100] / 1e3,
                        cpu / 1e3 / nanos.length);
            }
        }
        casbin(questions, ours);
    }

    /** The order of the policy is its priority: deeper first, then users before groups, then denials: the first that matches decides. */
    private void casbin(List<Question> questions, boolean[] ours) {
        Model model = new Model();
        model.addDef("r", "r", "sub, obj, act");
        model.addDef("p", "p", "sub, obj, act, eft");
        model.addDef("g", "g", "_, _");
        model.addDef("g", "g2", "_, _");
        model.addDef("e", "e", "priority(p.eft) || deny");
        model.addDef("m", "m", "r.act == p.act && g2(r.obj, p.obj) && g(r.sub, p.sub)");
        Enforcer enforcer = new Enforcer(model);
        enforcer.enableLog(false);
        enforcer.enableAutoBuildRoleLinks(false);
        List<List<String>> policy = large.rules.stream()
                .sorted(Comparator.comparingInt(LargeDomain.Rule::depth)
                        .reversed()
                        .thenComparing(rule -> !rule.user())
                        .thenComparing(LargeDomain.Rule::allow))
                .map(rule -> List.of(
                        rule.principal(),
                        rule.resource(),
                        rule.permission().code(),
                        rule.allow() ? "allow" : "deny"))
                .distinct()
                .toList();
        policy.forEach(rule -> model.addPolicy("p", "p", rule));
        large.memberships.forEach(one -> model.addPolicy("g", "g", List.of(one[1], one[0])));
        for (int i = 1; i < large.folders.size(); i++) {
            model.addPolicy("g", "g2", List.of(large.folders.get(i), large.folders.get(large.parents.get(i))));
        }
        for (int i = 0; i < large.devices.size(); i++) {
            model.addPolicy("g", "g2", List.of(large.devices.get(i), large.folders.get(large.deviceFolders.get(i))));
        }
        enforcer.buildRoleLinks();
        int asked = Integer.getInteger("bascule.casbin", 60);
        long[] nanos = new long[asked];
        int different = 0;
        for (int i = 0; i < asked; i++) {
            Question question = questions.get(i);
            long at = System.nanoTime();
            boolean theirs = enforcer.enforce(
                    question.user(), question.resource(), question.permission().code());
            nanos[i] = System.nanoTime() - at;
            different += theirs == ours[i] ? 0 : 1;
        }
        // the first ones compile
        long[] warm = Arrays.copyOfRange(nanos, asked / 3, asked);
        Arrays.sort(warm);
        Bench.print(
                "the same check by jCasbin: median %.1f us; %d of %d answers differ",
                warm[warm.length / 2] / 1e3, different, asked);
    }

    private void pages() throws Exception {
        String[] names = {"owner", "half of the top folders", "one small folder", "somebody"};
        for (int i = 0; i < names.length; i++) {
            Caller caller = domain.caller(large.sample.id, large.sample.name, large.users.get(i), names[i]);
            for (DeviceQuery.Order order : DeviceQuery.Order.values()) {
                page(caller, "by " + order.code(), null, "", order);
            }
            for (String state : List.of("online", "quarantined")) {
                page(caller, state + ", by name", null, state, DeviceQuery.Order.NAME);
            }
            for (String few : List.of("tag:rare", "ip:10.1.7", "ip:10.0.0.7 os:debian", "os:nothing", "os:\"debian 7\"", "version:9", "revoked")) {
                page(caller, "search '" + few + "'", null, few, DeviceQuery.Order.NAME);
            }
            page(caller, "search 'debian 7'", null, "\"debian 7\"", DeviceQuery.Order.NAME);
            page(caller, "search '99'", null, "99", DeviceQuery.Order.NAME);
            page(caller, "in a top folder", large.folders.get(1), "", DeviceQuery.Order.NAME);
            page(caller, "search without a hit", null, "nowhere", DeviceQuery.Order.NAME);
            measured(caller.userName() + ", counts", () -> domain.get(Directory.class)
                    .counts(caller, null, DeviceSearch.ALL));
        }
    }

    private void page(
            Caller caller,
            String what,
            @org.jspecify.annotations.Nullable String folder,
            String search,
            DeviceQuery.Order order)
            throws Exception {
        DeviceQuery query = new DeviceQuery(folder, DeviceSearch.parse(search), null, order, Cursor.first(50));
        measured(caller.userName() + ", page of 50 " + what, () -> domain.get(Directory.class)
                .devices(caller, query)
                .items()
                .size());
    }

    private void everybody() throws Exception {
        Caller owner = domain.caller(large.sample.id, large.sample.name, large.users.get(0), "owner");
        EffectiveRights rights = domain.get(EffectiveRights.class);
        measured("everybody's rights on one device, all", () -> domain.get(RightsReports.class)
                .everybody(large.sample.id, large.devices.get(5))
                .size());
        measured("everybody on one device, first page of the API", () -> rights.everybody(
                        owner, large.devices.get(5), Cursor.first(50))
                .items()
                .size());
        measured("one person everywhere, first page", () -> rights.person(owner, large.users.get(7), Cursor.first(50))
                .items()
                .size());
        measured("rights read again after a change", () -> {
            domain.get(RightsVersion.class).changed(large.sample.id);
            return authorization.allows(
                    large.sample.id, large.users.get(0), Credential.NONE, Permission.TERMINAL, large.sample.root);
        });
    }

    /** The folder with nearest to 10,000 devices in it and below goes into another one and back. */
    private void moves() throws Exception {
        int[] devices = new int[large.folders.size()];
        int[] folders = new int[large.folders.size()];
        for (int folder : large.deviceFolders) {
            for (int above = folder; above >= 0; above = large.parents.get(above)) {
                devices[above]++;
            }
        }
        for (int folder = 0; folder < folders.length; folder++) {
            for (int above = folder; above >= 0; above = large.parents.get(above)) {
                folders[above]++;
            }
        }
        int moved = IntStream.range(1, devices.length)
                .boxed()
                .min(Comparator.comparingInt(folder -> Math.abs(devices[folder] - 10_000)))
                .orElseThrow();
        int home = large.parents.get(moved);
        int away = IntStream.range(1, 20)
                .filter(folder -> folder != moved && folder != home && !isBelow(folder, moved))
                .findFirst()
                .orElseThrow();
        Caller owner = domain.caller(large.sample.id, large.sample.name, large.users.get(0), "owner");
        Folders tree = domain.get(Folders.class);
        String id = large.folders.get(moved);
        String what = "a folder with %d devices and %d folders moved, and the first check after it".formatted(devices[moved], folders[moved]);
        boolean[] isAway = {false};
        measured(what, () -> {
            isAway[0] = !isAway[0];
            String to = large.folders.get(isAway[0] ? away : home);
            long revision = tree.folder(owner, id).revision();
            // one transaction, as in the container
            domain.transactions.run(() -> tree.change(owner, id, revision, new FolderChange(null, null, to, null)));
            return authorization.allows(
                    large.sample.id, large.users.get(0), Credential.NONE, Permission.TERMINAL, large.devices.get(0));
        });
    }

    private boolean isBelow(int folder, int top) {
        int above = folder;
        while (above >= 0 && above != top) {
            above = large.parents.get(above);
        }
        return above == top;
    }

    private static void measured(String what, Callable<Object> call) throws Exception {
        long[] nanos = new long[15];
        Object result = "";
        for (int i = 0; i < nanos.length; i++) {
            long at = System.nanoTime();
            result = call.call();
            nanos[i] = System.nanoTime() - at;
        }
        long first = nanos[0];
        Arrays.sort(nanos);
        Bench.print("%s: median %.1f ms, first %.1f ms (%s)", what, nanos[7] / 1e6, first / 1e6, result);
    }
}
