package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.directory.DeviceQuery.Order;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest {

    private final TestDomain domain = new TestDomain().started();
    private final Directory directory = domain.get(Directory.class);
    private final Sample sample = new Sample(domain);

    private final Folders folders = domain.get(Folders.class);

    private List<String> names(Caller caller, @Nullable String folder, String text, Order order)
            throws RefusedException {
        return names(directory.devices(caller, query(folder, text, null, order)));
    }

    private static DeviceQuery query(@Nullable String folder, String text, @Nullable DeviceState state, Order order)
            throws RefusedException {
        return new DeviceQuery(folder, DeviceSearch.parse(text), state, order, Cursor.first(200));
    }

    private static List<String> names(Slice<DeviceView> list) {
        return list.items().stream().map(DeviceView::name).toList();
    }

    @Test
    void listHoldsWhatTheCallerMaySeeAndNothingElse() throws RefusedException {
        String open = sample.folder(sample.root, "open");
        String closed = sample.folder(sample.root, "closed");
        sample.device(open, "b");
        sample.device(open, "a");
        String hidden = sample.device(open, "hidden");
        sample.device(closed, "c");
        String exception = sample.device(closed, "exception");
        Caller user = sample.user("u");
        sample.entry(open, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(hidden, user.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        sample.entry(exception, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);

        Slice<DeviceView> list = directory.devices(user, query(null, "", null, Order.NAME));

        assertThat(names(list)).containsExactly("a", "b", "exception");
        assertThat(list.next()).isNull();
        assertThat(list.items()).extracting(DeviceView::folderName).containsExactly("open", "open", null);
        assertThat(list.items())
                .as("a folder that is not seen is not told")
                .extracting(DeviceView::folder)
                .containsExactly(open, open, null);
        assertThat(directory.counts(user, null, DeviceSearch.ALL)).isEqualTo(new DeviceCounts(0, 3, 0, 0, 0));
        assertThat(folders.list(user, FolderQuery.all(Cursor.first(50))).items())
                .singleElement()
                .satisfies(folder -> {
                    assertThat(folder.name()).isEqualTo("open");
                    assertThat(folder.parent()).as("the root is not seen").isNull();
                    assertThat(folder.path()).isEmpty();
                    assertThat(folder.devices()).isEqualTo(2);
                    assertThat(folder.permissions()).containsExactly(Permission.SEE_RESOURCES);
                });
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void pagesJoinToTheWholeListInEveryOrder(Order order) throws RefusedException {
        Caller owner = sample.owner();
        for (int i = 0; i < 23; i++) {
            String uid = sample.device(sample.root, "d%02d".formatted(i / 2));
            String state = i % 5 == 0 ? "online = true" : i % 7 == 0 ? "quarantined = true" : "online = false";
            set(i % 3 == 0 ? state : state + ", last_seen = '2026-01-01 00:00:00.%03d'".formatted(i / 4), uid);
        }
        List<String> whole = uids(directory.devices(owner, query(null, "", null, order)));
        List<String> joined = new ArrayList<>();
        @Nullable String next = null;
        int pages = 0;
        do {
            Slice<DeviceView> page = directory.devices(
                    owner, new DeviceQuery(null, DeviceSearch.ALL, null, order, Cursor.checked(next, order.keys(), 4)));
            joined.addAll(uids(page));
            next = page.next();
            pages++;
        } while (next != null);
        assertThat(pages).isEqualTo(6);
        assertThat(whole).hasSize(23).doesNotHaveDuplicates();
        assertThat(joined).isEqualTo(whole);
    }

    private static List<String> uids(Slice<DeviceView> list) {
        return list.items().stream().map(DeviceView::uid).toList();
    }

    @Test
    void ordersAreWhatTheyAreCalled() throws RefusedException {
        Caller owner = sample.owner();
        set("online = true, last_seen = '2026-01-02'", sample.device(sample.root, "b"));
        set("last_seen = '2026-01-03'", sample.device(sample.root, "A"));
        set("quarantined = true, last_seen = '2026-01-01'", sample.device(sample.root, "c"));
        sample.device(sample.root, "d");
        assertThat(names(owner, null, "", Order.NAME)).containsExactly("A", "b", "c", "d");
        assertThat(names(owner, null, "", Order.NAME_DESCENDING)).containsExactly("d", "c", "b", "A");
        assertThat(names(owner, null, "", Order.STATE)).containsExactly("b", "c", "A", "d");
        assertThat(names(owner, null, "", Order.LAST_SEEN)).containsExactly("A", "b", "c", "d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not-a-uuid", "ü", ""})
    void forgedCursorsAreRefused(String id) throws RefusedException {
        Caller owner = sample.owner();
        for (Order order : Order.values()) {
            List<String> position = order.keys() == 3 ? List.of("online", "a", id) : List.of("a", id);
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> directory.devices(
                            owner, new DeviceQuery(null, DeviceSearch.ALL, null, order, new Cursor(position, 10))))
                    .matches(e -> e.problem() == Problem.INVALID)
                    .matches(e -> e.fields().get(0).field().equals("cursor"));
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> folders.list(owner, FolderQuery.all(new Cursor(List.of("a", id), 10))));
    }

    @Test
    void searchTakesWhatIsTypedLiterally() throws RefusedException {
        Caller owner = sample.owner();
        for (String name :
                List.of("100% pump", "100 pump", "under_score", "underXscore", "back\\slash", "Ünïcode 😀", "it's")) {
            sample.device(sample.root, name);
        }
        assertThat(found(owner, "100%")).containsExactly("100% pump");
        assertThat(found(owner, "r_s")).containsExactly("under_score");
        assertThat(found(owner, "k\\s")).containsExactly("back\\slash");
        assertThat(found(owner, "😀")).containsExactly("Ünïcode 😀");
        assertThat(found(owner, "ÜNÏ")).containsExactly("Ünïcode 😀");
        assertThat(found(owner, "\"' or 1=1\"")).isEmpty();
        assertThat(found(owner, "it's")).containsExactly("it's");
        assertThat(found(owner, "PUMP")).as("case does not matter").hasSize(2);
    }

    private List<String> found(Caller caller, String text) throws RefusedException {
        return names(caller, null, text, Order.NAME);
    }

    @Test
    void searchLooksIntoEveryPlaceItNames() throws RefusedException {
        Caller owner = sample.owner();
        String press = sample.device(sample.root, "press 7");
        String pump = sample.device(sample.root, "pump");
        set(
                "os = 'Debian 12', address = '192.0.2.17', agent_version = '1.4.2', tags = 'hall-2 urgent', online = true",
                press);
        set("os = 'Windows 11', address = '192.0.2.170', agent_version = '1.10.0', quarantined = true", pump);
        for (String tag : List.of("hall-2", "urgent")) {
            domain.sql
                    .in(sample.id)
                    .statement("insert into device_tag (domain_id, device_id, name) values (:domain, :id, :tag)")
                    .set("id", press)
                    .set("tag", tag)
                    .update();
        }
        domain.sql
                .in(sample.id)
                .statement("update resource set description = 'beside the Gate' where domain_id = :domain and id = :id")
                .set("id", pump)
                .update();
        for (String text : List.of(
                "press",
                "press 7",
                "\"press 7\"",
                "DEBIAN",
                "os:debian",
                "os:\"debian 12\"",
                "ip:192.0.2.17 -ip:192.0.2.170",
                "2.17 -windows",
                "version:1.4",
                "tag:urgent tag:HALL-2",
                "hall",
                "online",
                "-pump",
                "-quarantined",
                press)) {
            assertThat(found(owner, text)).as(text).containsExactly("press 7");
        }
        for (String text : List.of("gate", "\"the gate\"", "-tag:urgent", "-online", "version:1.1", "quarantined")) {
            assertThat(found(owner, text)).as(text).containsExactly("pump");
        }
        for (String text : List.of(
                "press pump", "\"7 press\"", "tag:urg", "offline", "\"online\"", "ip:92.0", "os:gate", "version:4")) {
            assertThat(found(owner, text)).as(text).isEmpty();
        }
        assertThat(directory.counts(owner, null, DeviceSearch.parse("192.0.2")))
                .isEqualTo(new DeviceCounts(1, 0, 1, 0, 0));
    }

    @Test
    void folderIncludesWhatIsBelow() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(a, "b");
        sample.device(a, "in a");
        sample.device(b, "in b");
        sample.device(sample.root, "beside");
        assertThat(names(owner, a, "", Order.NAME)).containsExactly("in a", "in b");
        assertThat(names(owner, "ü", "", Order.NAME)).isEmpty();
        assertThat(directory.counts(owner, a, DeviceSearch.ALL).total()).isEqualTo(2);
        assertThat(directory.counts(owner, "ü", DeviceSearch.ALL).total()).isZero();
        assertThat(names(owner, new Sample(domain).root, "", Order.NAME))
                .as("another domain's folder")
                .isEmpty();
    }

    @Test
    void stateFilterAndCounts() throws RefusedException {
        Caller owner = sample.owner();
        String online = sample.device(sample.root, "online");
        String clone = sample.device(sample.root, "clone");
        sample.device(sample.root, "away");
        set("online = true", online);
        set("online = true, quarantined = true", clone);
        for (Order order : Order.values()) {
            assertThat(names(directory.devices(owner, query(null, "", DeviceState.ONLINE, order))))
                    .containsExactly("online");
        }
        assertThat(directory.counts(owner, null, DeviceSearch.ALL)).isEqualTo(new DeviceCounts(1, 1, 1, 0, 0));
    }

    @Test
    void foldersAreReadFromTheTopDown() throws RefusedException {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(a, "b");
        String c = sample.folder(b, "cell");
        sample.folder(sample.root, "beside");
        sample.device(c, "d");
        Caller part = sample.user("part");
        sample.entry(b, part.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);

        assertThat(folders.list(owner, FolderQuery.top(Cursor.first(50))).items())
                .singleElement()
                .satisfies(root -> {
                    assertThat(root.id()).isEqualTo(sample.root);
                    assertThat(root.children()).isEqualTo(2);
                    assertThat(root.devices()).isEqualTo(1);
                });
        assertThat(folderNames(owner, FolderQuery.childrenOf(sample.root, Cursor.first(50))))
                .containsExactly("a", "beside");
        assertThat(folders.list(owner, FolderQuery.containing("CELL", Cursor.first(50)))
                        .items())
                .singleElement()
                .satisfies(found -> assertThat(found.path())
                        .containsExactly(new Named(sample.root, sample.name), new Named(a, "a"), new Named(b, "b")));

        assertThat(folderNames(part, FolderQuery.top(Cursor.first(50)))).containsExactly("b");
        assertThat(folders.folder(part, c).path()).containsExactly(new Named(b, "b"));
        assertThat(folders.folder(part, c).parent()).isEqualTo(b);
        assertThat(folderNames(part, FolderQuery.childrenOf(a, Cursor.first(50))))
                .containsExactly("b");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> folders.folder(part, a))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        Slice<FolderView> first = folders.list(owner, FolderQuery.all(Cursor.first(3)));
        assertThat(first.items()).extracting(FolderView::name).containsExactly("a", "b", "beside");
        assertThat(folderNames(owner, FolderQuery.all(Cursor.checked(first.next(), FolderQuery.KEYS, 3))))
                .containsExactly("cell", sample.name);
    }

    private List<String> folderNames(Caller caller, FolderQuery query) throws RefusedException {
        return folders.list(caller, query).items().stream()
                .map(FolderView::name)
                .toList();
    }

    private void set(String assignment, String uid) {
        domain.sql
                .in(sample.id)
                .statement("update device set " + assignment + " where domain_id = :domain and id = :id")
                .set("id", uid)
                .update();
    }

    @Test
    void folderNamesAreOwnWithinTheirFolder() throws RefusedException {
        Caller owner = sample.owner();
        FolderView made = inTransaction(() -> folders.create(owner, sample.root, "  plant  ", " first\r\nsecond "));
        assertThat(made.name()).isEqualTo("plant");
        assertThat(made.description()).isEqualTo("first\nsecond");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> inTransaction(() -> folders.create(owner, sample.root, "plant", null)))
                .matches(e -> e.problem() == Problem.CONFLICT);
        inTransaction(() -> folders.create(owner, made.id(), "plant", null));
        assertThat(folderNames(owner, FolderQuery.all(Cursor.first(50)))).hasSize(3);
    }

    private <T> T inTransaction(Transactions.Work<T, RefusedException> work) throws RefusedException {
        return domain.transactions.inNew(work);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "a\u0000b", "a\nb", "\u202Eevil", "a\u2066b", "\uD800"})
    void badNamesAreRefused(String name) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> Names.checked("name", name))
                .matches(e -> e.problem() == Problem.INVALID
                        && e.fields().get(0).field().equals("name"));
    }

    @Test
    void longNamesAreRefusedOrCut() throws RefusedException {
        assertThat(Names.checked("name", "x".repeat(200))).hasSize(200);
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> Names.checked("name", "x".repeat(201)));
        assertThat(Names.cleaned("x".repeat(199) + "😀", "Device")).hasSize(199);
        assertThat(Names.cleaned("\u001b]0;title\u0007", "Device")).isEqualTo("]0;title");
        assertThat(Names.cleaned("\u0000\n", "Device")).isEqualTo("Device");
    }

    @Test
    void changeNeedsThePermissionAndThePresentRevision() throws RefusedException {
        // see EnrolmentsTest for devices with certificates, which details need
        Caller user = sample.user("u");
        String device = sample.device(sample.root, "d");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> directory.change(user, device, 0, new DeviceChange("new", null)))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void liveEventsNameTheDomain() throws RefusedException {
        Caller owner = sample.owner();
        inTransaction(() -> folders.create(owner, sample.root, "f", null));
        assertThat(domain.live).contains(new LiveEvent.AuditAdded(sample.id));
    }
}
