package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the service, with the database. */
class ConnectionReportTest {

    private static final Duration DAY = Duration.ofDays(1);

    private final TestDomain domain = new TestDomain().started();
    private final ConnectionReport report = domain.get(ConnectionReport.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final String north = sample.folder(sample.root, "north");
    private final String plant = sample.folder(north, "plant");
    private final String south = sample.folder(sample.root, "south");
    private final String pump = sample.device(plant, "pump");
    private final String anna = domain.ids.next();
    private final Instant start = domain.clock.instant();

    /** A session that was requested now and started two seconds later. */
    private void session(String device, String name, String user, String userName, @Nullable Duration lasting) {
        SessionId sid = SessionId.random();
        Instant now = domain.clock.instant();
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, started, ended, client_address, bytes_in, bytes_out)
                        values (:sid, :domain, :device, :name, :user, :userName, 'terminal', '', :state, :now, :started, :end, '192.0.2.1', 10, 20)""")
                .set("sid", sid.hex())
                .set("device", device)
                .set("name", name)
                .set("user", user)
                .set("userName", userName)
                .set("state", lasting == null ? "running" : "ended")
                .set("now", now)
                .set("started", now.plusSeconds(2))
                .set("end", lasting == null ? null : now.plusSeconds(2).plus(lasting))
                .update();
        domain.transactions.run(() -> domain.get(SessionPlaces.class).keep(sample.id, sid));
        domain.clock.advance(Duration.ofMinutes(2).plus(lasting == null ? Duration.ZERO : lasting));
    }

    private void session(String device, String name) {
        session(device, name, anna, "anna", Duration.ofMinutes(1));
    }

    private List<String> lines(Caller reader, @Nullable String folder) throws RefusedException {
        return lines(reader, folder, start, start.plus(DAY));
    }

    private List<String> lines(Caller reader, @Nullable String folder, Instant from, Instant to)
            throws RefusedException {
        return all(reader, folder, from, to, Cursor.MAX_LIMIT).stream()
                .map(sum -> "%s/%s in %s: %d, %d s, %d+%d"
                        .formatted(
                                sum.userName(),
                                sum.deviceName(),
                                sum.folder() == null ? "-" : sum.folder().name(),
                                sum.sessions(),
                                sum.seconds(),
                                sum.bytesIn(),
                                sum.bytesOut()))
                .toList();
    }

    private List<ConnectionReport.Sum> all(Caller reader, @Nullable String folder, Instant from, Instant to, int limit)
            throws RefusedException {
        List<ConnectionReport.Sum> sums = new ArrayList<>();
        @Nullable String next = null;
        do {
            var page = report.sums(reader, folder, from, to, Cursor.checked(next, ConnectionReport.KEYS, limit))
                    .lines();
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            sums.addAll(page.items());
            next = page.next();
        } while (next != null);
        return sums;
    }

    private boolean isRestricted(@Nullable String folder, Caller reader) throws RefusedException {
        return report.sums(reader, folder, start, start.plus(DAY), Cursor.first(1))
                .restricted();
    }

    private void move(String device, String folder) {
        domain.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", device)
                .update();
        domain.get(RightsVersion.class).moved(sample.id, device);
    }

    @AfterEach
    void nothingRunsAnyMore() {
        domain.sql
                .in(sample.id)
                .statement("update remote_session set state = 'ended', ended = now(3)"
                        + " where domain_id = :domain and ended is null")
                .update();
    }

    @Test
    void countsWhereTheDeviceWasWhenTheSessionBegan() throws Exception {
        session(pump, "pump");
        move(pump, south);
        assertThat(lines(owner, north)).containsExactly("anna/pump in plant: 1, 60 s, 10+20");
        assertThat(lines(owner, plant)).hasSize(1);
        assertThat(lines(owner, south)).isEmpty();
        session(pump, "pump");
        session(pump, "pump");
        assertThat(lines(owner, north)).containsExactly("anna/pump in plant: 1, 60 s, 10+20");
        assertThat(lines(owner, south)).containsExactly("anna/pump in south: 2, 120 s, 20+40");
        assertThat(lines(owner, null)).containsExactly("anna/pump in south: 3, 180 s, 30+60");
        assertThat(lines(owner, sample.root)).isEqualTo(lines(owner, null));
    }

    @Test
    void folderThatIsMovedKeepsWhatWasInIt() throws Exception {
        session(pump, "pump");
        Folders folders = domain.get(Folders.class);
        long revision = folders.folder(owner, plant).revision();
        domain.transactions.run(
                () -> folders.change(owner, plant, revision, new FolderChange(null, null, south, null)));
        session(pump, "pump");
        assertThat(lines(owner, north)).containsExactly("anna/pump in plant: 1, 60 s, 10+20");
        assertThat(lines(owner, south)).containsExactly("anna/pump in plant: 1, 60 s, 10+20");
        assertThat(lines(owner, plant)).containsExactly("anna/pump in plant: 2, 120 s, 20+40");
    }

    @Test
    void deletedDeviceIsCountedForWhoMayViewTheWholeLog() throws Exception {
        session(pump, "pump");
        Caller reader = sample.user("reader");
        sample.entry(north, reader.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        assertThat(lines(reader, north)).hasSize(1);
        domain.sql
                .in(sample.id)
                .statement("delete from resource where domain_id = :domain and id = :id")
                .set("id", pump)
                .update();
        domain.get(RightsVersion.class).changed(sample.id);
        assertThat(lines(owner, north)).containsExactly("anna/pump in plant: 1, 60 s, 10+20");
        assertThat(lines(reader, north)).as("as in the list").isEmpty();
    }

    @Test
    void readerOfAFolderSeesWhatTheListShowsHim() throws Exception {
        session(pump, "pump");
        Caller before = sample.user("before");
        Caller after = sample.user("after");
        sample.entry(north, before.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        sample.entry(south, after.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        sample.entry(south, after.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(lines(before, north)).containsExactly("anna/pump in -: 1, 60 s, 10+20");
        assertThat(isRestricted(north, before)).isTrue();
        assertThat(isRestricted(north, owner)).isFalse();
        move(pump, south);
        session(pump, "pump");
        assertThat(listed(before)).isEmpty();
        assertThat(lines(before, north)).isEmpty();
        assertThat(listed(after)).hasSize(2);
        assertThat(lines(after, south))
                .as("the earlier one was no session of this folder")
                .containsExactly("anna/pump in south: 1, 60 s, 10+20");
        for (Caller reader : List.of(before, after)) {
            assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> lines(reader, null));
            assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> lines(reader, sample.root));
        }
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> lines(after, north));
        sample.entry(pump, owner.userId(), Permission.VIEW_CONNECTION_LOG, Effect.DENY);
        assertThat(lines(owner, north)).isEmpty();
        assertThat(lines(owner, null)).isEmpty();
        assertThat(isRestricted(null, owner)).isTrue();
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> lines(new Sample(domain).owner(), north));
    }

    private List<SessionView> listed(Caller reader) throws RefusedException {
        return domain.get(ConnectionLog.class)
                .query(reader, new ConnectionFilter(null, null, null, null, null, null), Cursor.first(10))
                .items();
    }

    @Test
    void twoOfOneNameAreTwoLines() throws Exception {
        String other = sample.device(south, "pump");
        session(pump, "pump");
        session(other, "pump");
        session(pump, "pump", domain.ids.next(), "anna", Duration.ofMinutes(1));
        assertThat(lines(owner, null))
                .containsExactlyInAnyOrder(
                        "anna/pump in plant: 1, 60 s, 10+20",
                        "anna/pump in plant: 1, 60 s, 10+20",
                        "anna/pump in south: 1, 60 s, 10+20");
        assertThat(all(owner, null, start, start.plus(DAY), 2))
                .extracting(sum -> sum.userId() + sum.deviceUid())
                .doesNotHaveDuplicates();
    }

    @Test
    void oneThatWasRenamedIsOneLineWithItsNewestName() throws Exception {
        session(pump, "pump");
        session(pump, "a pump", anna, "Anna Ä", Duration.ofMinutes(1));
        assertThat(lines(owner, plant)).containsExactly("Anna Ä/a pump in plant: 2, 120 s, 20+40");
    }

    @Test
    void sessionAcrossABoundaryCountsOnceInThePeriodOfItsRequest() throws Exception {
        Instant midnight = start.plusSeconds(1);
        session(pump, "pump", anna, "anna", Duration.ofHours(30));
        assertThat(lines(owner, null, start.minus(DAY), midnight))
                .containsExactly("anna/pump in plant: 1, 108000 s, 10+20");
        assertThat(lines(owner, null, midnight, midnight.plus(DAY))).isEmpty();
        assertThat(lines(owner, north, midnight, midnight.plus(DAY))).isEmpty();
        assertThat(lines(owner, north, start, start.plusMillis(1))).hasSize(1);
        assertThat(lines(owner, north, start.minus(DAY), start)).isEmpty();
    }

    @Test
    void periodsAddUp() throws Exception {
        List<Instant> bounds = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            bounds.add(domain.clock.instant());
            session(pump, "pump", anna, "anna", Duration.ofMinutes(i));
        }
        bounds.add(domain.clock.instant());
        for (@Nullable String folder : new @Nullable String[] {null, north}) {
            long seconds = 0;
            long bytes = 0;
            for (int i = 0; i < 12; i++) {
                for (ConnectionReport.Sum sum : all(owner, folder, bounds.get(i), bounds.get(i + 1), 1)) {
                    seconds += sum.seconds();
                    bytes += sum.bytesIn();
                }
            }
            assertThat(seconds).isEqualTo(66 * 60);
            assertThat(bytes).isEqualTo(120);
            assertThat(lines(owner, folder, bounds.get(0), bounds.get(12)))
                    .containsExactly("anna/pump in plant: 12, 3960 s, 120+240");
        }
    }

    /** What happens while somebody turns pages neither repeats a line nor loses one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pagesAreOfOneTime(boolean ofFolder) throws Exception {
        @Nullable String folder = ofFolder ? north : null;
        String lathe = sample.device(plant, "lathe");
        String mill = sample.device(plant, "mill");
        session(pump, "pump", anna, "anna", Duration.ofMinutes(20));
        session(lathe, "lathe", anna, "anna", null);
        session(mill, "mill", anna, "anna", Duration.ofMinutes(1));
        var first = page(folder, null);
        assertThat(first.items()).extracting(ConnectionReport.Sum::deviceName).containsExactly("pump");
        // now the second line would be the first, and the last one before it
        domain.clock.advance(Duration.ofHours(1));
        session(mill, "mill", anna, "anna", Duration.ofHours(3));
        var second = page(folder, first.next());
        assertThat(second.items()).singleElement().satisfies(sum -> {
            assertThat(sum.deviceName()).isEqualTo("lathe");
            assertThat(sum.seconds()).isEqualTo(5 * 60 - 2);
        });
        var third = page(folder, second.next());
        assertThat(third.items()).singleElement().satisfies(sum -> {
            assertThat(sum.deviceName()).isEqualTo("mill");
            assertThat(sum.sessions()).isEqualTo(1);
        });
        assertThat(third.next()).isNull();
        assertThat(lines(owner, folder)).hasSize(3).first().asString().startsWith("anna/lathe");
        for (List<String> position : List.of(
                List.of("then", "1", anna, pump),
                List.of(start.toString(), "many", anna, pump),
                List.of(start.toString(), "-1", anna, pump),
                List.of(start.toString(), "1", "ä", pump))) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> page(folder, Cursor.encode(position)))
                    .matches(e -> e.problem() == Problem.INVALID);
        }
    }

    private Slice<ConnectionReport.Sum> page(@Nullable String folder, @Nullable String next) throws RefusedException {
        return report.sums(owner, folder, start, start.plus(DAY), Cursor.checked(next, ConnectionReport.KEYS, 1))
                .lines();
    }

    @Test
    void runningSessionCountsUntilNow() throws Exception {
        session(pump, "pump", anna, "anna", null);
        assertThat(lines(owner, plant)).containsExactly("anna/pump in plant: 1, 118 s, 10+20");
        assertThat(lines(owner, plant, start, start.plusSeconds(10)))
                .as("also after the period")
                .containsExactly("anna/pump in plant: 1, 118 s, 10+20");
    }
}
