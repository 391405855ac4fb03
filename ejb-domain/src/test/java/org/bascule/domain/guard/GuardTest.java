package org.bascule.domain.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardTest {

    private static final int PLACES = 5;
    private static final Duration BLOCK = Duration.ofMinutes(5);

    private final TestDomain domain = new TestDomain().started();
    private final Guard guard = domain.get(Guard.class);
    private final String address = anAddress();

    /** The tests share a database, and no address. */
    private static String anAddress() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "10.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    /** The 48 bits of a customer. */
    private static String aSite() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return "2001:%x:%x".formatted(random.nextInt(1, 0x10000), random.nextInt(1, 0x10000));
    }

    private static Attempt password(String address) {
        return Attempt.at(AttemptKind.PASSWORD, address);
    }

    private String admitted(String from) {
        Decision decision = guard.begin(password(from));
        assertThat(decision).isInstanceOf(Decision.Admitted.class);
        return ((Decision.Admitted) decision).id();
    }

    private Duration fails(String from) {
        return guard.failed(admitted(from));
    }

    private void failTimes(int times) {
        for (int i = 0; i < times; i++) {
            fails(address);
        }
    }

    private long rows(String table, String network) {
        return domain.sql
                .acrossDomains()
                .statement("select count(*) from " + table + " where network like :network")
                .set("network", network + "%")
                .number();
    }

    @Test
    void fiveFailuresBlockTheAddressForFiveMinutesWhateverIsTried() {
        Sample one = new Sample(domain);
        Sample other = new Sample(domain);
        assertThat(guard.failed(new Attempt(AttemptKind.PASSWORD, address, one.id, "anna")))
                .isZero();
        assertThat(guard.failed(new Attempt(AttemptKind.OTP, address, other.id, "bert")))
                .isZero();
        assertThat(guard.failed(Attempt.at(AttemptKind.BEARER, address))).isZero();
        assertThat(fails(address)).isZero();
        assertThat(fails(address)).isEqualTo(BLOCK);
        domain.clock.advance(Duration.ofSeconds(61));
        assertThat(guard.begin(password(address))).isEqualTo(new Decision.Blocked(Duration.ofSeconds(239)));
        assertThatThrownBy(() -> guard.requireAdmission(address))
                .isInstanceOfSatisfying(RefusedException.class, refusal -> {
                    assertThat(refusal.problem()).isEqualTo(Problem.ADDRESS_BLOCKED);
                    assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(239));
                    assertThat(refusal.detail()).contains("4 minutes");
                });
        assertThat(guard.blockedFor(anAddress())).isZero();
    }

    @Test
    void aSuccessClearsNothingOfOthers() {
        failTimes(4);
        for (int i = 0; i < 20; i++) {
            guard.succeeded(admitted(address));
        }
        assertThat(fails(address)).isEqualTo(BLOCK);
    }

    @Test
    void afterTheBlockTheCountingBeginsAnew() {
        failTimes(5);
        domain.clock.advance(BLOCK.minusMillis(1));
        assertThat(guard.begin(password(address))).isInstanceOf(Decision.Blocked.class);
        domain.clock.advance(Duration.ofMillis(1));
        failTimes(4);
        assertThat(guard.blockedFor(address)).isZero();
        assertThat(fails(address)).isEqualTo(BLOCK);
    }

    @Test
    void failuresOfLongAgoDoNotCount() {
        failTimes(4);
        domain.clock.advance(BLOCK);
        failTimes(4);
        assertThat(guard.blockedFor(address)).isZero();
    }

    @Test
    void theBlockHoldsAtAnotherNodeAndAfterARestart() {
        failTimes(5);
        assertThat(domain.restarted().get(Guard.class).begin(password(address))).isInstanceOf(Decision.Blocked.class);
    }

    @Test
    void noMoreAreUnderWayThanFailuresAreLeft() {
        failTimes(2);
        List<String> taken =
                IntStream.range(0, 3).mapToObj(i -> admitted(address)).toList();
        assertThat(guard.begin(password(address))).isInstanceOf(Decision.Busy.class);
        guard.succeeded(taken.get(0));
        String next = admitted(address);
        guard.failed(next);
        guard.failed(taken.get(1));
        assertThat(guard.failed(taken.get(2))).isEqualTo(BLOCK);
    }

    @Test
    void anAttemptThatNobodySettlesGivesItsPlaceBack() {
        List<String> lost =
                IntStream.range(0, 5).mapToObj(i -> admitted(address)).toList();
        domain.clock.advance(Guard.UNDER_WAY);
        admitted(address);
        // its result counts, however late it comes
        lost.forEach(guard::failed);
        assertThat(guard.blockedFor(address)).isEqualTo(BLOCK);
    }

    @Test
    void aResultIsTakenOnce() {
        String id = admitted(address);
        for (int i = 0; i < 10; i++) {
            assertThat(guard.failed(id)).isZero();
        }
        guard.succeeded(id);
        failTimes(3);
        assertThat(fails(address)).isEqualTo(BLOCK);
        assertThat(guard.failed("00000000-0000-7000-8000-000000000000")).isZero();
    }

    /** Whoever has a place keeps it until all are taken, so that those who come next find none. */
    private static void awaitAll(CountDownLatch places) throws InterruptedException {
        places.countDown();
        assertThat(places.await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> List<T> atOnce(int threads, Callable<T> work) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        CountDownLatch go = new CountDownLatch(1);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(executor.submit(() -> {
                    go.await();
                    return work.call();
                }));
            }
            go.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }

    private void guessAtOnce(String from) throws Exception {
        Guard other = domain.restarted().get(Guard.class);
        CountDownLatch places = new CountDownLatch(PLACES);
        List<Boolean> looked = atOnce(48, () -> {
            Guard node = ThreadLocalRandom.current().nextBoolean() ? guard : other;
            Decision decision = node.begin(password(from));
            if (decision instanceof Decision.Admitted admitted) {
                awaitAll(places);
                node.failed(admitted.id());
                return true;
            }
            return false;
        });
        assertThat(looked).filteredOn(Boolean.TRUE::equals).hasSize(PLACES);
    }

    @Test
    void guessesAtTwoNodesAtOnceAreNoMoreThanOneAfterAnother() throws Exception {
        guessAtOnce(address);
    }

    @Test
    void theSameFromOneIpv6Network() throws Exception {
        guessAtOnce(aSite() + ":1::7");
    }

    @Test
    void manyWhoAreRightAtOnceAreLetInOneAfterAnother() throws Exception {
        CountDownLatch places = new CountDownLatch(PLACES);
        List<Boolean> in = atOnce(12, () -> {
            if (guard.begin(password(address)) instanceof Decision.Admitted admitted) {
                awaitAll(places);
                guard.succeeded(admitted.id());
                return true;
            }
            return false;
        });
        assertThat(in).hasSize(12).containsOnly(true);
        assertThat(rows("guarded_attempt", address)).isZero();
    }

    @Test
    void neighboursInAnIpv6NetworkAreOneAndOthersAreNot() {
        String site = aSite();
        for (int i = 1; i <= 5; i++) {
            fails(site + ":1::" + i);
        }
        assertThat(guard.blockedFor(site + ":1:aaaa::1")).isEqualTo(BLOCK);
        assertThat(guard.blockedFor(site + ":2::1")).isZero();
    }

    @Test
    void anIpv4AddressInAnIpv6OneIsTheSame() {
        failTimes(3);
        fails("::ffff:" + address);
        fails("::ffff:" + address);
        assertThat(guard.blockedFor(address)).isEqualTo(BLOCK);
    }

    /** A /48 has 65,536 networks: it has ten times the failures of one, and leaves no more rows than that. */
    @Test
    void whoHasManyNetworksIsBlockedAltogetherAndFillsNoTable() {
        String site = aSite();
        int looked = 0;
        for (int i = 1; i <= 1_000; i++) {
            Decision decision = guard.begin(password(site + ":" + Integer.toHexString(i) + "::1"));
            if (decision instanceof Decision.Admitted admitted) {
                looked++;
                guard.failed(admitted.id());
            }
        }
        for (int i = 1; i <= 1_000; i++) {
            guard.failed(Attempt.at(AttemptKind.BEARER, site + ":" + Integer.toHexString(i + 4_000) + "::1"));
        }
        assertThat(looked).isEqualTo(50);
        assertThat(guard.blockedFor(site + ":ffff::1")).isEqualTo(BLOCK);
        assertThat(rows("guarded_attempt", site)).isEqualTo(50);
        assertThat(rows("guarded_network", site)).isEqualTo(51);
    }

    @Test
    void aBlockedAddressLeavesNoRows() {
        failTimes(5);
        for (int i = 0; i < 100; i++) {
            guard.failed(Attempt.at(AttemptKind.BEARER, address));
        }
        assertThat(rows("guarded_attempt", address)).isEqualTo(5);
    }

    @Test
    void whatIsLongAgoIsForgotten() {
        String site = aSite();
        failTimes(5);
        fails(site + ":1::1");
        guard.begin(password(site + ":2::1"));
        domain.clock.advance(BLOCK.multipliedBy(2).plusSeconds(31));
        domain.get(GuardSweep.class).run();
        for (String network : List.of(address, site)) {
            assertThat(rows("guarded_attempt", network)).isZero();
            assertThat(rows("guarded_network", network)).isZero();
        }
    }

    @Test
    void theBlockAndItsEndAreAuditedOnceWhereItConcernsSomebodyAndForTheOperator() {
        Sample operator = new Sample(domain);
        Sample one = new Sample(domain);
        Sample two = new Sample(domain);
        Sample untouched = new Sample(domain);
        TestDomain node = domain.operatedBy(operator.name);
        for (@Nullable String tried : new @Nullable String[] {one.id, one.id, one.id, two.id, null}) {
            node.get(Guard.class).failed(new Attempt(AttemptKind.PASSWORD, address, tried, "anna"));
        }
        domain.clock.advance(BLOCK.plusSeconds(1));
        node.get(GuardSweep.class).run();
        domain.operatedBy(operator.name).get(GuardSweep.class).run();
        for (String code : List.of("address.block", "address.unblock")) {
            assertAudited(one, code, address + "/32, 3 failed attempts");
            assertAudited(two, code, address + "/32, 1 failed attempts");
            assertAudited(operator, code, address + "/32, 5 failed attempts");
            assertThat(untouched.audited(code)).isEmpty();
        }
    }

    private void assertAudited(Sample where, String code, String detail) {
        assertThat(where.audited(code))
                .filteredOn(row -> address.equals(row.address()))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.detail()).startsWith(detail);
                    assertThat(row.outcome()).isEqualTo("success");
                });
    }

    /** Nobody swept: the next attempt ends the block. */
    @Test
    void theEndIsRecordedBeforeTheNextBlock() {
        Sample sample = new Sample(domain);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 5; j++) {
                guard.failed(new Attempt(AttemptKind.PASSWORD, address, sample.id, null));
            }
            domain.clock.advance(BLOCK);
        }
        domain.get(GuardSweep.class).run();
        assertThat(sample.audited(null).stream().map(AuditEntry::code).filter(code -> code.startsWith("address.")))
                .containsExactly("address.unblock", "address.block", "address.unblock", "address.block");
    }

    @Test
    void whatIsLookedUpIsCountedByWhetherItIsFound() throws Exception {
        Attempt attempt = Attempt.at(AttemptKind.PAIRING_CODE, address);
        assertThat(guard.check(attempt, () -> Optional.of("found"))).contains("found");
        for (int i = 0; i < 4; i++) {
            assertThat(guard.check(attempt, Optional::empty)).isEmpty();
        }
        // something else was wrong than what was shown
        assertThatThrownBy(() -> guard.check(attempt, () -> {
                    throw RefusedException.forbidden();
                }))
                .isInstanceOf(RefusedException.class);
        assertThat(guard.blockedFor(address)).isZero();
        assertThat(guard.check(attempt, Optional::empty)).isEmpty();
        assertThatThrownBy(() -> guard.check(attempt, () -> Optional.of("found")))
                .isInstanceOfSatisfying(RefusedException.class, refusal -> assertThat(refusal.problem())
                        .isEqualTo(Problem.ADDRESS_BLOCKED));
    }

    /** Whoever asks may have begun to look long ago, and may take back what he did himself. */
    @Test
    void nothingDependsOnTheTransactionOfTheCaller() {
        assertThatThrownBy(() -> domain.transactions.run(() -> {
                    assertThat(rows("guarded_attempt", address)).isZero();
                    for (int i = 0; i < 20; i++) {
                        guard.succeeded(admitted(address));
                    }
                    for (int i = 0; i < 5; i++) {
                        domain.restarted().get(Guard.class).failed(Attempt.at(AttemptKind.BEARER, address));
                    }
                    assertThat(guard.begin(password(address))).isInstanceOf(Decision.Blocked.class);
                    throw RefusedException.forbidden();
                }))
                .isInstanceOf(RefusedException.class);
        assertThat(guard.blockedFor(address)).isEqualTo(BLOCK);
    }

    /** What the rule comes to: 5 in 5 minutes from an address, 50 from a /48. The first five begin at once, the last five end the hour. */
    @Test
    void guessesOfAnHourAreFew() {
        String site = aSite();
        int one = 0;
        int many = 0;
        for (int second = 0; second < 3_600; second += 5) {
            while (guard.begin(password(address)) instanceof Decision.Admitted admitted) {
                one++;
                guard.failed(admitted.id());
            }
            while (guard.begin(password(site + ":" + Integer.toHexString(many + 1) + "::1"))
                    instanceof Decision.Admitted admitted) {
                many++;
                guard.failed(admitted.id());
            }
            domain.clock.advance(Duration.ofSeconds(5));
        }
        assertThat(one).isEqualTo(60);
        assertThat(many).isEqualTo(600);
    }
}
