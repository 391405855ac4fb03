package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** Lists of devices in so many folders that these are not named one by one to the database: each list holds what single checks allow, and nothing else. */
class ManyFoldersTest {

    private static final String EDGES = "folder_closure";
    private static final String PACKED = "json_table";

    private final TestDomain domain = new TestDomain().started();
    private final Directory directory = domain.get(Directory.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final Sample sample = new Sample(domain);
    private final Random random = new Random(7);
    private final List<String> folders = new ArrayList<>();
    private final List<String> devices = new ArrayList<>();

    /** Each folder is in one of the ten before it, so that branches are deep; some have a device. */
    private String branch(int count) {
        String top = sample.folder(sample.root, "top " + folders.size());
        List<String> branch = new ArrayList<>(List.of(top));
        while (branch.size() < count) {
            int around = branch.size() - 1 - random.nextInt(Math.min(10, branch.size()));
            branch.add(sample.folder(branch.get(around), "folder " + branch.size()));
            if (branch.size() % 5 == 0) {
                devices.add(sample.device(branch.get(branch.size() - 1), "device " + devices.size()));
            }
        }
        folders.addAll(branch);
        return top;
    }

    private List<String> listed(Caller caller, Order order, String text) throws RefusedException {
        return directory
                .devices(caller, new DeviceQuery(null, DeviceSearch.parse(text), null, order, Cursor.first(200)))
                .items()
                .stream()
                .map(DeviceView::uid)
                .toList();
    }

    private void compare(Caller caller, String form) throws RefusedException {
        assertThat(authorization
                        .scope(caller, Permission.SEE_RESOURCES)
                        .forPage()
                        .things("r"))
                .contains(form);
        List<String> allowed = devices.stream()
                .filter(device -> authorization.allows(caller, Permission.SEE_RESOURCES, device))
                .toList();
        assertThat(allowed).isNotEmpty().hasSizeLessThan(devices.size());
        assertThat(directory.counts(caller, null, DeviceSearch.ALL).total()).isEqualTo(allowed.size());
        for (Order order : Order.values()) {
            assertThat(listed(caller, order, "")).as(order.code()).containsExactlyInAnyOrderElementsOf(allowed);
            assertThat(listed(caller, order, "device"))
                    .as("%s, found", order.code())
                    .containsExactlyInAnyOrderElementsOf(allowed);
        }
    }

    @Test
    void theNearestEdgeAboveDecides() throws RefusedException {
        List<String> tops = List.of(branch(280), branch(280), branch(280));
        Caller one = sample.user("one");
        Caller two = sample.user("two");
        sample.entry(tops.get(0), one.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, two.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(tops.get(2), two.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        for (int i = 0; i < 20; i++) {
            for (Caller user : List.of(one, two)) {
                // some way down, so that most of a branch stays as it is
                String folder = folders.get(280 * random.nextInt(3) + 220 + random.nextInt(60));
                sample.entry(folder, user.userId(), Permission.SEE_RESOURCES, i % 2 == 0 ? Effect.DENY : Effect.ALLOW);
            }
        }
        // two devices whose own entries say otherwise, and one that does not inherit
        for (int i = 0; i < 2; i++) {
            sample.entry(devices.get(i), one.userId(), Permission.SEE_RESOURCES, i == 0 ? Effect.ALLOW : Effect.DENY);
        }
        sample.inherit(devices.get(2), false);
        compare(one, EDGES);
        compare(two, EDGES);
    }

    /** Another node has moved a folder; this one has not read the rights again. */
    @Test
    void nothingAppearsThatIsJustBeingMoved() throws RefusedException {
        List<String> tops = List.of(branch(280), branch(280), branch(280));
        Caller user = sample.user("u");
        sample.entry(tops.get(0), user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(tops.get(1), user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String moved = sample.folder(tops.get(2), "moved");
        String device = sample.device(moved, "a device that is first by name");
        sample.entry(moved, user.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        devices.add(device);
        compare(user, EDGES);

        domain.sql
                .in(sample.id)
                .statement("update folder_closure set ancestor_id = :to where domain_id = :domain"
                        + " and descendant_id = :id and ancestor_id = :from")
                .set("to", tops.get(0))
                .set("from", tops.get(2))
                .set("id", moved)
                .update();
        assertThat(listed(user, Order.NAME, "")).isNotEmpty().doesNotContain(device);
    }

    @Test
    void foldersWithEdgesEverywhereAreToldInOne() throws RefusedException {
        branch(900);
        Caller user = sample.user("u");
        for (int i = 0; i < folders.size(); i++) {
            sample.entry(
                    folders.get(i), user.userId(), Permission.SEE_RESOURCES, i % 2 == 0 ? Effect.ALLOW : Effect.DENY);
        }
        compare(user, PACKED);
    }
}
