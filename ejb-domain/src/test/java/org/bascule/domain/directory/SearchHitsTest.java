package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** Searches that find few devices among many, for which the texts alone are read. */
class SearchHitsTest {

    /** So many that lists do not begin with the few that are visible. */
    private static final int OTHERS = 40;

    private final TestDomain domain = new TestDomain().started();
    private final Directory directory = domain.get(Directory.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private List<String> found(Caller caller, String text, Order order) throws RefusedException {
        return directory
                .devices(caller, new DeviceQuery(null, DeviceSearch.parse(text), null, order, Cursor.first(200)))
                .items()
                .stream()
                .map(DeviceView::name)
                .toList();
    }

    private List<String> found(String text) throws RefusedException {
        return found(owner, text, Order.NAME);
    }

    private void others(int count) {
        for (int i = 0; i < count; i++) {
            sample.device(sample.root, "other " + i);
        }
    }

    private Optional<List<String>> hits(String text) throws RefusedException {
        return new SearchHits(domain.sql.in(sample.id), DeviceSearch.parse(text)).few(null);
    }

    private void update(String start, String uid) {
        domain.sql
                .in(sample.id)
                .statement(start + " where domain_id = :domain and id = :id")
                .set("id", uid)
                .update();
    }

    @Test
    void textsFollowEveryChange() throws RefusedException {
        others(OTHERS);
        String pump = sample.device(sample.root, "pump");
        assertThat(found("pump")).containsExactly("pump");

        update("update resource set name = 'press', description = 'beside the Gate'", pump);
        assertThat(found("pump")).isEmpty();
        assertThat(found("press gate")).containsExactly("press");

        update("update resource set name = 'Press'", pump);
        assertThat(found("press gate")).containsExactly("Press");
        update("update resource set name = 'press'", pump);

        update("update device set os = 'Debian 12', address = '192.0.2.17', tags = 'hall-2'", pump);
        assertThat(found("press gate hall-2 \"debian 12\" 2.17")).containsExactly("press");
        assertThat(found("press -gate")).isEmpty();

        update("delete from resource", pump);
        assertThat(hits("press")).contains(List.of());
    }

    @Test
    void whatIsTypedStandsForItself() throws RefusedException {
        others(OTHERS);
        for (String name :
                List.of("100% pump", "100 pump", "under_score", "underXscore", "back\\slash", "Ünïcode 😀")) {
            sample.device(sample.root, name);
        }
        assertThat(found("100%")).containsExactly("100% pump");
        assertThat(found("r_s")).containsExactly("under_score");
        assertThat(found("k\\s")).containsExactly("back\\slash");
        assertThat(found("😀")).containsExactly("Ünïcode 😀");
        assertThat(found("ÜNÏ")).containsExactly("Ünïcode 😀");
        assertThat(found("\"' or 1=1\"")).isEmpty();
    }

    @Test
    void everyOrderAndCountHoldsTheFew() throws RefusedException {
        others(OTHERS);
        sample.device(sample.root, "pump b");
        sample.device(sample.root, "pump a");
        for (Order order : Order.values()) {
            assertThat(found(owner, "pump", order)).as(order.code()).containsExactlyInAnyOrder("pump a", "pump b");
            assertThat(found(owner, "nowhere", order)).as(order.code()).isEmpty();
        }
        assertThat(found(owner, "pump", Order.NAME_DESCENDING)).containsExactly("pump b", "pump a");
        assertThat(directory.counts(owner, null, DeviceSearch.parse("pump")).total())
                .isEqualTo(2);
        assertThat(directory.counts(owner, null, DeviceSearch.parse("nowhere")).total())
                .isZero();
    }

    /** Nothing but a column of the device, or a tag, says which they are. */
    @Test
    void fewAreFoundByWhatTheyAre() throws RefusedException {
        others(510);
        String a = sample.device(sample.root, "a");
        String z = sample.device(sample.root, "z");
        for (String uid : List.of(a, z)) {
            update("update device set os = 'Plan 9', address = '192.0.2.17', agent_version = '7.1'", uid);
            update("update device set revoked = now(3), tags = 'hall-2'", uid);
            domain.sql
                    .in(sample.id)
                    .statement("insert into device_tag (domain_id, device_id, name) values (:domain, :id, 'hall-2')")
                    .set("id", uid)
                    .update();
        }
        update("update device set online = true", a);
        update("update device set quarantined = true", z);
        for (String text : List.of("os:plan", "ip:192.0.2.", "version:7", "revoked", "tag:hall-2")) {
            assertThat(hits(text).orElseThrow()).as(text).containsExactlyInAnyOrder(a, z);
            for (Order order : Order.values()) {
                assertThat(found(owner, text, order)).as(text).containsExactlyInAnyOrder("a", "z");
            }
            assertThat(found(text + " -online")).as(text).containsExactly("z");
            assertThat(found(text + " z")).as(text).containsExactly("z");
        }
        assertThat(found("tag:hall-2 tag:hall-3")).isEmpty();
        assertThat(found("online")).containsExactly("a");
        assertThat(found("quarantined")).containsExactly("z");
        assertThat(found("quarantined online")).isEmpty();
        assertThat(found("-offline")).containsExactly("a", "z");
        assertThat(inState(DeviceState.QUARANTINED)).containsExactly("z");
        assertThat(inState(DeviceState.ONLINE)).containsExactly("a");
    }

    private List<String> inState(DeviceState state) throws RefusedException {
        return directory
                .devices(owner, new DeviceQuery(null, DeviceSearch.ALL, state, Order.NAME, Cursor.first(50)))
                .items()
                .stream()
                .map(DeviceView::name)
                .toList();
    }

    /** Two are in one state, one in another, many in the third. */
    @Test
    void pagesByStateGoThroughAllOfThem() throws RefusedException {
        others(510);
        for (String name : List.of("a", "b")) {
            update("update device set online = true", sample.device(sample.root, name));
        }
        update("update device set quarantined = true", sample.device(sample.root, "z"));
        List<String> names = new ArrayList<>();
        Cursor cursor = Cursor.first(1);
        for (int i = 0; i < 5; i++) {
            Slice<DeviceView> page =
                    directory.devices(owner, new DeviceQuery(null, DeviceSearch.ALL, null, Order.STATE, cursor));
            page.items().forEach(device -> names.add(device.name()));
            cursor = Cursor.checked(page.next(), 3, 1);
        }
        assertThat(names).containsExactly("a", "b", "z", "other 0", "other 1");
        assertThat(found(owner, "", Order.STATE)).hasSize(200).startsWith("a", "b", "z", "other 0");
    }

    @Test
    void nobodyFindsWhatHeDoesNotSee() throws RefusedException {
        others(OTHERS);
        String open = sample.folder(sample.root, "open");
        for (int i = 0; i < OTHERS; i++) {
            sample.device(open, "open " + i);
        }
        sample.device(open, "pump in the open");
        sample.device(sample.root, "pump");
        Sample elsewhere = new Sample(domain);
        elsewhere.device(elsewhere.root, "pump of somebody else");
        Caller user = sample.user("u");
        sample.entry(open, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);

        assertThat(found(user, "pump", Order.NAME)).containsExactly("pump in the open");
        assertThat(found("pump")).containsExactly("pump", "pump in the open");
    }

    /** What was there before the table was. */
    @Test
    void theUpgradeFillsItForTheDevicesThatThereAre() throws RefusedException, IOException {
        others(OTHERS);
        String pump = sample.device(sample.root, "pump");
        domain.sql
                .in(sample.id)
                .statement("delete from device_search where domain_id = :domain")
                .update();
        assertThat(found("pump")).isEmpty();
        String changes;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/db/changelog/27-search.sql"))) {
            changes = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String fill = changes.substring(changes.indexOf("insert into", changes.indexOf("search-006")));
        for (int i = 0; i < 2; i++) {
            domain.sql
                    .acrossDomains()
                    .statement(fill.substring(0, fill.indexOf(';')))
                    .update();
            assertThat(found("pump")).containsExactly("pump");
        }
        update("update resource set name = 'press'", pump);
        assertThat(found("press")).containsExactly("press");
        assertThat(found("pump")).isEmpty();
    }

    @Test
    void manyAreNotRead() throws RefusedException {
        others(510);
        sample.device(sample.root, "pump");
        assertThat(hits("other")).isEmpty();
        assertThat(hits("pump").orElseThrow()).hasSize(1);
        assertThat(hits("-pump")).as("no word that must be there").isEmpty();
        assertThat(hits("offline")).as("many are").isEmpty();
        assertThat(hits("online").orElseThrow()).isEmpty();
        assertThat(found("other")).hasSize(200);
    }
}
