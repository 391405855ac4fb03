package org.bascule.domain.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.PageRequest;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest {

    private final TestDomain domain = new TestDomain().started();
    private final Directory directory = domain.get(Directory.class);
    private final Sample sample = new Sample(domain);

    private static DeviceQuery query(
            @Nullable String folder,
            @Nullable String text,
            @Nullable DeviceState state,
            DeviceQuery.Order order,
            int page,
            int size) {
        return new DeviceQuery(folder, text, state, order, new PageRequest(page, size));
    }

    private static DeviceQuery all() {
        return query(null, null, null, DeviceQuery.Order.NAME, 1, 200);
    }

    private static List<String> names(DeviceList list) {
        return list.page().items().stream().map(DeviceView::name).toList();
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

        DeviceList list = directory.devices(user, all());

        assertThat(names(list)).containsExactly("a", "b", "exception");
        assertThat(list.page().total()).isEqualTo(3);
        assertThat(list.counts()).isEqualTo(new DeviceList.Counts(0, 3, 0));
        assertThat(directory.folders(user)).singleElement().satisfies(folder -> {
            assertThat(folder.name()).isEqualTo("open");
            assertThat(folder.parent()).as("the root is not seen").isNull();
            assertThat(folder.devices()).isEqualTo(2);
            assertThat(folder.permissions()).containsExactly(Permission.SEE_RESOURCES);
        });
    }

    @Test
    void pagesAreCutAndSortedInTheDatabase() {
        Caller owner = sample.owner();
        for (int i = 0; i < 25; i++) {
            sample.device(sample.root, "d%02d".formatted(i));
        }
        DeviceList second = directory.devices(owner, query(null, null, null, DeviceQuery.Order.NAME, 2, 10));
        assertThat(names(second)).first().isEqualTo("d10");
        assertThat(names(second)).last().isEqualTo("d19");
        assertThat(second.page().total()).isEqualTo(25);
        DeviceList last = directory.devices(owner, query(null, null, null, DeviceQuery.Order.NAME_DESCENDING, 3, 10));
        assertThat(names(last)).containsExactly("d04", "d03", "d02", "d01", "d00");
        assertThat(names(directory.devices(owner, query(null, null, null, DeviceQuery.Order.NAME, 4, 10))))
                .isEmpty();
    }

    @Test
    void searchTakesWhatIsTypedLiterally() {
        Caller owner = sample.owner();
        for (String name :
                List.of("100% pump", "100 pump", "under_score", "underXscore", "back\\slash", "Ünïcode 😀", "it's")) {
            sample.device(sample.root, name);
        }
        assertThat(found(owner, "100%")).containsExactly("100% pump");
        assertThat(found(owner, "r_s")).containsExactly("under_score");
        assertThat(found(owner, "k\\s")).containsExactly("back\\slash");
        assertThat(found(owner, "😀")).containsExactly("Ünïcode 😀");
        assertThat(found(owner, "' or 1=1")).isEmpty();
        assertThat(found(owner, "it's")).containsExactly("it's");
        assertThat(found(owner, "PUMP")).as("case does not matter").hasSize(2);
        assertThat(found(owner, "x".repeat(10_000))).isEmpty();
    }

    private List<String> found(Caller caller, String text) {
        return names(directory.devices(caller, query(null, text, null, DeviceQuery.Order.NAME, 1, 50)));
    }

    @Test
    void folderIncludesWhatIsBelow() {
        Caller owner = sample.owner();
        String a = sample.folder(sample.root, "a");
        String b = sample.folder(a, "b");
        sample.device(a, "in a");
        sample.device(b, "in b");
        sample.device(sample.root, "beside");
        assertThat(names(directory.devices(owner, query(a, null, null, DeviceQuery.Order.NAME, 1, 50))))
                .containsExactly("in a", "in b");
        assertThat(names(directory.devices(owner, query("ü", null, null, DeviceQuery.Order.NAME, 1, 50))))
                .isEmpty();
    }

    @Test
    void stateFilterAndCounts() {
        Caller owner = sample.owner();
        String online = sample.device(sample.root, "online");
        String clone = sample.device(sample.root, "clone");
        sample.device(sample.root, "away");
        set("online = true", online);
        set("online = true, quarantined = true", clone);
        DeviceList list =
                directory.devices(owner, query(null, null, DeviceState.ONLINE, DeviceQuery.Order.STATE, 1, 50));
        assertThat(names(list)).containsExactly("online");
        assertThat(list.page().total()).isEqualTo(1);
        assertThat(list.counts()).isEqualTo(new DeviceList.Counts(1, 1, 1));
        assertThat(names(directory.devices(owner, query(null, null, null, DeviceQuery.Order.STATE, 1, 50))))
                .containsExactly("online", "clone", "away");
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
        FolderView made = inTransaction(() -> directory.createFolder(owner, sample.root, "  plant  "));
        assertThat(made.name()).isEqualTo("plant");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> inTransaction(() -> directory.createFolder(owner, sample.root, "plant")))
                .matches(e -> e.problem() == Problem.CONFLICT);
        inTransaction(() -> directory.createFolder(owner, made.id(), "plant"));
        assertThat(directory.folders(owner)).hasSize(3);
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
        inTransaction(() -> directory.createFolder(owner, sample.root, "f"));
        assertThat(domain.live).contains(new LiveEvent.AuditAdded(sample.id));
    }
}
