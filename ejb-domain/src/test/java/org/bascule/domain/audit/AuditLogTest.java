package org.bascule.domain.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.logbook.Logbook;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuditLogTest {

    private final TestDomain domain = new TestDomain().started();
    private final AuditLog log = domain.get(AuditLog.class);
    private final Sample sample = new Sample(domain);

    private List<AuditEntry> rows(@Nullable String text, @Nullable String code) {
        return rows(new AuditFilter(null, null, text, code, null, null, null));
    }

    private List<AuditEntry> rows(AuditFilter filter) {
        try {
            return domain.get(AuditReader.class)
                    .slice(sample.id, filter, Cursor.first(200))
                    .items();
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private AuditEvent login(String name) {
        return AuditEvent.of(sample.id, Actor.unknown(name, "198.51.100.9"), Operation.LOGIN, Outcome.DENIED);
    }

    @Test
    void rowIsCommittedWithItsTransactionAndRolledBackWithIt() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    log.record(login("rolled back"));
                    throw new IllegalStateException("no");
                }));
        domain.transactions.run(() -> log.record(login("committed")));
        assertThat(rows(null, null)).extracting(AuditEntry::userName).containsExactly("committed");
        assertThat(domain.live)
                .filteredOn(event -> event instanceof LiveEvent.AuditAdded)
                .hasSize(1);
    }

    @Test
    void refusedAttemptOutlivesTheRollback() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    log.recordRefused(login("refused"));
                    throw new IllegalStateException("no");
                }));
        assertThat(rows(null, null)).extracting(AuditEntry::userName).containsExactly("refused");
    }

    @Test
    void aChangeThatWasMadeIsToldByItsValues() {
        AuditEvent change = AuditEvent.of(sample.id, Actor.SERVER, Operation.FOLDER_UPDATED, Outcome.SUCCESS);
        AuditEvent told = change.changing(Changes.none().field("name", "a", "b"));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> domain.transactions.run(() -> log.record(change)))
                .withMessageContaining("without values before and after");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> domain.transactions.run(() -> log.recordAll(sample.id, List.of(told, change))));
        // somebody has saved what there was
        domain.transactions.run(() -> log.record(change.changing(Changes.none().field("name", "a", "a"))));
        assertThat(rows(null, "folder.update")).extracting(AuditEntry::changes).containsExactly("{}");
    }

    /** More than has records of its own: the first things that were tried are still named. */
    @Test
    void aFloodOfRefusalsSaysOnWhat() {
        Caller caller = sample.user("reader");
        AuditEvent refused = caller.did(Operation.FOLDER_DELETED, Outcome.DENIED);
        for (int i = 0; i < RefusalRate.PER_MINUTE; i++) {
            log.recordRefused(refused);
        }
        log.recordRefused(refused.on("x".repeat(100_000), null));
        List<String> ids = Stream.generate(domain.ids::next)
                .limit(RefusalRate.MAX_RESOURCES + 5)
                .toList();
        ids.forEach(id -> log.recordRefused(refused.on(id, null)));
        ids.forEach(id -> log.recordRefused(refused.on(id, null)));
        String few = domain.ids.next();
        AuditEvent other = caller.did(Operation.USER_DELETED, Outcome.DENIED).on(few, "anna");
        log.recordRefused(other);
        log.recordRefused(other);
        log.recordAllCounted();
        assertThat(rows("more refused", null))
                .extracting(AuditEntry::code, AuditEntry::userId, AuditEntry::detail)
                .containsExactlyInAnyOrder(
                        tuple(
                                "folder.delete",
                                caller.userId(),
                                "51 more refused attempts within a minute, on "
                                        + String.join(" ", ids.subList(0, RefusalRate.MAX_RESOURCES)) + " and others"),
                        tuple("user.delete", caller.userId(), "2 more refused attempts within a minute, on " + few));
        assertThat(rows(ids.get(RefusalRate.MAX_RESOURCES - 1), null)).hasSize(1);
    }

    @Test
    void hostileTextsAreStoredAsTheyAreAndBounded() {
        String hostile = "<script>\u0000\n\u202E'; drop table audit_event; --😀";
        domain.transactions.run(
                () -> log.record(login(hostile + "x".repeat(10_000)).saying("y".repeat(10_000))));
        AuditEntry row = rows(null, null).get(0);
        assertThat(row.userName()).startsWith(hostile).hasSize(256);
        assertThat(row.detail()).hasSize(1_000);
        assertThat(AuditLog.cut("a".repeat(9) + "😀", 10)).isEqualTo("a".repeat(9));
    }

    @Test
    void filtersCombineAndTheNewestComesFirst() {
        Instant start = domain.clock.instant();
        for (String name : List.of("anna", "bert", "cora")) {
            domain.transactions.run(() -> log.record(login(name)));
            domain.clock.advance(Duration.ofSeconds(10));
        }
        domain.transactions.run(
                () -> log.record(AuditEvent.of(sample.id, Actor.SERVER, Operation.AUDIT_MENDED, Outcome.SUCCESS)));
        assertThat(rows(null, "login")).extracting(AuditEntry::userName).containsExactly("cora", "bert", "anna");
        assertThat(rows("ert", null)).extracting(AuditEntry::userName).containsExactly("bert");
        assertThat(rows("198.51", "login")).hasSize(3);
        assertThat(rows("%", null)).isEmpty();
        assertThat(rows(new AuditFilter(
                        start.plusSeconds(10), start.plusSeconds(20), null, null, "denied", null, null)))
                .extracting(AuditEntry::userName)
                .containsExactly("bert");
    }

    /** Rows beside that differ in one thing alone do not come, whichever filter has the index and which are left over. */
    @Test
    void everyCombinationOfFiltersFindsItsRowsAlone() {
        List<List<String>> values = List.of(
                List.of("login", "logout"),
                List.of("denied", "failed"),
                List.of(domain.ids.next(), domain.ids.next()),
                List.of(domain.ids.next(), domain.ids.next()),
                List.of(SessionId.random().hex(), SessionId.random().hex()));
        List<List<String>> recorded = combinations(values);
        domain.transactions.run(() -> recorded.forEach(row -> log.record(AuditEvent.of(
                        sample.id,
                        new Actor(row.get(2), "name", null),
                        Operation.ofCode(row.get(0)).orElseThrow(),
                        Outcome.ofCode(row.get(1)).orElseThrow())
                .on(row.get(3), "name")
                .inSession(row.get(4))
                .saying(String.join(" ", row)))));
        List<List<String>> orAny =
                values.stream().map(two -> List.of(two.get(0), two.get(1), "")).toList();
        for (List<String> wanted : combinations(orAny)) {
            assertThat(rows(new AuditFilter(
                            null,
                            null,
                            null,
                            given(wanted.get(0)),
                            given(wanted.get(1)),
                            given(wanted.get(2)),
                            given(wanted.get(3)),
                            given(wanted.get(4)))))
                    .as(wanted.toString())
                    .extracting(AuditEntry::detail)
                    .containsExactlyInAnyOrderElementsOf(recorded.stream()
                            .filter(row -> IntStream.range(0, row.size())
                                    .allMatch(i -> wanted.get(i).isEmpty()
                                            || wanted.get(i).equals(row.get(i))))
                            .map(row -> String.join(" ", row))
                            .toList());
        }
    }

    private static @Nullable String given(String text) {
        return text.isEmpty() ? null : text;
    }

    private static List<List<String>> combinations(List<List<String>> values) {
        List<List<String>> all = List.of(List.of());
        for (List<String> choice : values) {
            all = all.stream()
                    .flatMap(begun -> choice.stream().map(value -> Stream.concat(begun.stream(), Stream.of(value))
                            .toList()))
                    .toList();
        }
        return all;
    }

    @Test
    void logOfAnotherDomainIsInvisible() throws RefusedException {
        Sample other = new Sample(domain);
        Caller owner = other.owner();
        domain.transactions.run(() -> log.record(login("here")));
        assertThat(domain.get(Logbook.class)
                        .query(owner, AuditFilter.ALL, Cursor.first(10))
                        .items())
                .isEmpty();
    }

    @Test
    void readingNeedsThePermissionOnTheWholeDomain() {
        Caller user = sample.user("u");
        String folder = sample.folder(sample.root, "f");
        sample.entry(folder, user.userId(), Permission.VIEW_OPERATIONS_LOG, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.get(Logbook.class).query(user, AuditFilter.ALL, Cursor.first(10)))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        assertThat(rows(null, "access")).hasSize(1);
    }

    private List<String> names(AuditFilter filter, int limit) throws RefusedException {
        List<String> names = new ArrayList<>();
        @Nullable String next = null;
        do {
            Slice<AuditEntry> slice =
                    domain.get(AuditReader.class).slice(sample.id, filter, Cursor.checked(next, 2, limit));
            assertThat(slice.items()).hasSizeLessThanOrEqualTo(limit);
            slice.items().forEach(entry -> names.add(entry.userName()));
            next = slice.next();
        } while (next != null);
        return names;
    }

    @Test
    void pagesShowEveryRowOnceNewestFirstAlsoAtTheSameTime() throws RefusedException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 23; i++) {
            String name = "n" + i;
            expected.add(0, name);
            domain.transactions.run(() -> log.record(login(name)));
            if (i % 5 == 0) {
                domain.clock.advance(Duration.ofSeconds(1));
            }
        }
        assertThat(names(AuditFilter.ALL, 4)).containsExactlyElementsOf(expected);
        assertThat(names(new AuditFilter(null, null, "n1", null, null, null, null), 3))
                .containsExactly("n19", "n18", "n17", "n16", "n15", "n14", "n13", "n12", "n11", "n10", "n1");
        assertThat(names(new AuditFilter(null, null, "N2", "login", "denied", null, null), 200))
                .containsExactly("n22", "n21", "n20", "n2");
        assertThat(names(new AuditFilter(null, null, null, "login", "success", null, null), 10))
                .isEmpty();
        assertThat(names(new AuditFilter(null, null, null, "löschen", null, null, null), 10))
                .isEmpty();
    }

    @Test
    void pageLooksAtABoundedNumberOfRowsAndGoesOn() throws RefusedException {
        domain.transactions.run(() -> log.record(login("needle")));
        domain.clock.advance(Duration.ofSeconds(1));
        domain.sql
                .in(sample.id)
                .statement("insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name)"
                        + " values (:id, :domain, :now, 'login', 'denied', 'hay')")
                .updateEach(
                        IntStream.range(0, AuditReader.SCAN + 10).boxed().toList(),
                        (statement, n) -> statement.set("id", domain.ids.next()).set("now", domain.clock.instant()));
        AuditFilter filter = new AuditFilter(null, null, "needle", null, null, null, null);
        Slice<AuditEntry> first = domain.get(AuditReader.class).slice(sample.id, filter, Cursor.first(10));
        assertThat(first.items()).isEmpty();
        assertThat(first.next()).isNotNull();
        assertThat(names(filter, 10)).containsExactly("needle");
    }
}
