package org.bascule.domain.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BlockedAddressesTest {

    private static final String ADDRESS = "203.0.113.9";
    private static final String ONLY_OTHERS = "203.0.113.10";

    private final TestDomain first = new TestDomain().started();
    private final Sample operators = new Sample(first);
    private final TestDomain domain = first.operatedBy(operators.name).started();
    private final Sample one = new Sample(domain);
    private final Sample two = new Sample(domain);
    private final Caller operator = operators.owner();
    private final Caller owner = one.owner();
    private final BlockedAddresses addresses = domain.get(BlockedAddresses.class);
    private final Guard guard = domain.get(Guard.class);

    private void fail(String address, @Nullable Sample where, String user) {
        guard.failed(new Attempt(AttemptKind.PASSWORD, address, where == null ? null : where.id, user));
        domain.clock.advance(Duration.ofMillis(10));
    }

    private void block() {
        fail(ADDRESS, one, "anna");
        fail(ADDRESS, one, "<b>bert</b>");
        fail(ADDRESS, two, "secret-of-two");
        fail(ADDRESS, null, "nowhere");
        fail(ADDRESS, two, "secret-of-two");
        for (int i = 0; i < 5; i++) {
            fail(ONLY_OTHERS, two, "secret-of-two");
        }
    }

    private List<BlockedAddress> list(Caller caller) throws RefusedException {
        return addresses.list(caller, Cursor.first(50)).items();
    }

    @Test
    void theOperatorSeesEverything() throws Exception {
        block();
        assertThat(list(operator)).extracting(BlockedAddress::address).containsExactly(ONLY_OTHERS, ADDRESS);
        BlockedAddress blocked = list(operator).get(1);
        assertThat(blocked.bits()).isEqualTo(32);
        assertThat(blocked.failures()).isEqualTo(5);
        assertThat(blocked.until()).isEqualTo(blocked.since().plus(Duration.ofMinutes(5)));
        assertThat(blocked.attempts())
                .extracting(BlockedAddress.Failure::domainName, BlockedAddress.Failure::userName)
                .containsExactly(
                        tuple(two.name, "secret-of-two"),
                        tuple(null, "nowhere"),
                        tuple(two.name, "secret-of-two"),
                        tuple(one.name, "<b>bert</b>"),
                        tuple(one.name, "anna"));
    }

    @Test
    void anAdministratorSeesWhatWasTriedInTheOwnDomainAlone() throws Exception {
        block();
        assertThat(list(owner)).singleElement().satisfies(blocked -> {
            assertThat(blocked.address()).isEqualTo(ADDRESS);
            assertThat(blocked.failures()).isEqualTo(2);
            assertThat(blocked.attempts())
                    .extracting(BlockedAddress.Failure::userName)
                    .containsExactly("<b>bert</b>", "anna");
            assertThat(blocked.attempts()).allMatch(failure -> one.id.equals(failure.domainId()));
        });
        assertThat(list(new Sample(domain).owner())).isEmpty();
    }

    @Test
    void theListNeedsAPermissionAndTheOperatorsMeansNothingElsewhere() {
        Caller nobody = one.user("nobody");
        refused(Problem.FORBIDDEN, () -> list(nobody));
        one.entry(one.root, nobody.userId(), Permission.OPERATE_INSTALLATION, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> list(nobody));
        refused(Problem.NOT_FOUND, () -> addresses.lift(nobody, ADDRESS));
    }

    @Test
    void theOperatorEndsABlockAndWhatWasBeforeCountsNoMore() throws Exception {
        block();
        Caller ofTheirs = operators.user("colleague");
        for (Caller caller : List.of(owner, ofTheirs)) {
            refused(Problem.NOT_FOUND, () -> addresses.lift(caller, ADDRESS));
        }
        assertThat(guard.blockedFor(ADDRESS)).isPositive();
        domain.transactions.run(() -> domain.get(Entries.class)
                .add(operators.id, operators.root, ofTheirs.userId(), Permission.OPERATE_INSTALLATION, Effect.ALLOW));
        domain.transactions.run(() -> addresses.lift(ofTheirs, ADDRESS));
        assertThat(guard.blockedFor(ADDRESS)).isZero();
        for (int i = 0; i < 4; i++) {
            fail(ADDRESS, one, "anna");
        }
        assertThat(guard.blockedFor(ADDRESS)).isZero();
        refused(Problem.NOT_FOUND, () -> addresses.lift(operator, ADDRESS));
        domain.clock.advance(Duration.ofMinutes(10));
        domain.get(GuardSweep.class).run();
        assertThat(operators.audited("address.unblock"))
                .filteredOn(row -> String.valueOf(row.detail()).startsWith(ADDRESS))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.userId()).isEqualTo(ofTheirs.userId());
                    assertThat(row.detail()).isEqualTo(ADDRESS + "/32, 5 failed attempts, lifted by the operator");
                });
        assertThat(one.audited("address.unblock")).singleElement().satisfies(row -> {
            assertThat(row.userId()).isNull();
            assertThat(row.detail()).isEqualTo(ADDRESS + "/32, 2 failed attempts, lifted by the operator");
        });
    }

    @Test
    void whereTheDomainAsksForAFreshFactorTheOperatorProvesOne() throws Exception {
        block();
        domain.transactions.run(() -> {
            domain.sql
                    .in(operators.id)
                    .statement("insert into sign_in_setting (domain_id, fresh_permissions) values (:domain, :codes)")
                    .set("codes", "operate-installation")
                    .update();
            domain.get(RightsVersion.class).changed(operators.id);
        });
        assertThat(list(operator)).isNotEmpty();
        refused(Problem.FACTOR_NOT_FRESH, () -> domain.transactions.run(() -> addresses.lift(operator, ADDRESS)));
        assertThat(guard.blockedFor(ADDRESS)).isPositive();
        Caller proved = operator.by(new Credential("c", domain.clock.instant(), null));
        domain.transactions.run(() -> addresses.lift(proved, ADDRESS));
        assertThat(guard.blockedFor(ADDRESS)).isZero();
    }

    @Test
    void anyAddressOfABlockedNetworkNamesIt() throws Exception {
        for (int i = 0; i < 5; i++) {
            fail("2001:db8:7:1::" + i, one, "anna");
        }
        assertThat(list(owner)).singleElement().satisfies(blocked -> {
            assertThat(blocked.address()).isEqualTo("2001:db8:7:1::");
            assertThat(blocked.bits()).isEqualTo(64);
        });
        domain.transactions.run(() -> addresses.lift(operator, "2001:db8:7:1:ffff::1"));
        assertThat(list(owner)).isEmpty();
    }

    @Test
    void theListIsReadInPages() throws Exception {
        for (int i = 1; i <= 5; i++) {
            for (int j = 0; j < 5; j++) {
                guard.failed(Attempt.at(AttemptKind.BEARER, "203.0.113." + i));
            }
        }
        Slice<BlockedAddress> page = addresses.list(operator, Cursor.first(2));
        Slice<BlockedAddress> next = addresses.list(operator, Cursor.checked(page.next(), 2, 3));
        assertThat(page.items()).extracting(BlockedAddress::address).containsExactly("203.0.113.1", "203.0.113.2");
        assertThat(next.items())
                .extracting(BlockedAddress::address)
                .containsExactly("203.0.113.3", "203.0.113.4", "203.0.113.5");
        assertThat(next.next()).isNull();
    }

    private interface Action {
        void run() throws RefusedException;
    }

    private static void refused(Problem problem, Action action) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(RefusedException.class, refusal -> assertThat(refusal.problem())
                        .isEqualTo(problem));
    }
}
