package org.bascule.domain.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Snapshots;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Identities;
import org.bascule.domain.identity.SignIn;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is decided here without asking the realm; the rest is tested with a real one (AccountIT). */
class AccountStatesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller anna = sample.user("anna");
    private final Accounts accounts = domain.get(Accounts.class);
    private final AccountStates states = domain.get(AccountStates.class);

    private void expire(Caller by, Caller user, @Nullable Instant expires) throws RefusedException {
        long revision = domain.get(Users.class).user(owner, user.userId()).revision();
        domain.transactions.run(() -> accounts.change(
                by,
                user.userId(),
                revision,
                null,
                null,
                new AccountChange(Optional.empty(), Optional.empty(), Optional.of(Optional.ofNullable(expires)))));
    }

    private AccountState state(Caller user) {
        return states.state(sample.id, user.userId());
    }

    @Test
    void anAccountEndsByItselfAndGoesOnWhenItsEndIsMoved() throws Exception {
        assertThat(state(anna)).isEqualTo(AccountState.ACTIVE);
        expire(owner, anna, domain.clock.instant().plus(Duration.ofDays(1)));
        assertThat(state(anna)).isEqualTo(AccountState.ACTIVE);
        domain.clock.advance(Duration.ofDays(1));
        assertThat(state(anna)).isEqualTo(AccountState.EXPIRED);
        assertThat(domain.get(AccountRules.class)
                        .of(new DomainReference(sample.id, sample.name, sample.name, ""), anna.userId())
                        .expired())
                .isTrue();
        assertThat(domain.get(Users.class).user(owner, anna.userId()).expires()).isNotNull();
        expire(owner, anna, null);
        assertThat(state(anna)).isEqualTo(AccountState.ACTIVE);
        assertThat(sample.audited("user.update")).hasSize(2);
    }

    @Test
    void anotherNodeRefusesWithTheNextRequestAfterItNoticed() throws Exception {
        TestDomain node = domain.restarted();
        AccountStates there = node.get(AccountStates.class);
        assertThat(there.state(sample.id, anna.userId())).isEqualTo(AccountState.ACTIVE);
        expire(owner, anna, domain.clock.instant().plusSeconds(1));
        domain.clock.advance(Duration.ofSeconds(1));
        node.get(Snapshots.class).poll(Set.of());
        assertThat(there.state(sample.id, anna.userId())).isEqualTo(AccountState.EXPIRED);
    }

    @Test
    void anEndIsInTheFuture() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> expire(owner, anna, domain.clock.instant()))
                .matches(e -> e.problem() == Problem.INVALID);
    }

    @Test
    void theLastOwnerHasNoEnd() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> expire(owner, owner, domain.clock.instant().plus(Duration.ofDays(1))))
                .matches(e -> e.problem() == Problem.LAST_OWNER);
    }

    /** Who manages users of a folder manages none outside of it, and nobody who is allowed what he may not give. */
    @Test
    void anAdministratorOfAFolderStaysWithinIt() throws Exception {
        String folder = sample.folder(sample.root, "branch");
        Caller chief = sample.user("chief");
        domain.transactions.run(() -> {
            for (var permission : List.of(Permission.SEE_USERS, Permission.MANAGE_USERS)) {
                sample.delegable(folder, chief.userId(), permission);
            }
        });
        Instant later = domain.clock.instant().plus(Duration.ofDays(1));
        refused(Problem.NOT_FOUND, () -> expire(chief, anna, later));
        refused(Problem.NOT_FOUND, () -> accounts.account(chief, anna.userId()));
        refused(Problem.NOT_FOUND, () -> accounts.resetPassword(chief, anna.userId()));
        refused(Problem.NOT_FOUND, () -> accounts.resetFactors(chief, anna.userId()));
        refused(Problem.NOT_FOUND, () -> accounts.invite(chief, anna.userId()));
        refused(Problem.NOT_FOUND, () -> accounts.create(chief, sample.root, "mallory", null, null, false));
        move(anna, folder);
        expire(chief, anna, later);
        assertThat(state(anna)).isEqualTo(AccountState.ACTIVE);
        move(owner, folder);
        refused(Problem.DELEGATION, () -> accounts.resetPassword(chief, owner.userId()));
        refused(Problem.DELEGATION, () -> accounts.resetFactors(chief, owner.userId()));
        refused(Problem.DELEGATION, () -> accounts.invite(chief, owner.userId()));
        refused(
                Problem.DELEGATION,
                () -> accounts.change(
                        chief,
                        owner.userId(),
                        domain.get(Users.class).user(owner, owner.userId()).revision(),
                        null,
                        null,
                        new AccountChange(Optional.empty(), Optional.of("mallory@example.com"), Optional.empty())));
    }

    private void move(Caller user, String folder) {
        domain.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", user.userId())
                .update();
        domain.get(RightsVersion.class).changed(sample.id);
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private void refused(Problem problem, Attempt attempt) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.run(attempt::run))
                .matches(e -> e.problem() == problem, problem.code());
    }

    @Test
    void nobodyResetsHimself() {
        refused(Problem.CONFLICT, () -> accounts.resetPassword(owner, owner.userId()));
        refused(Problem.CONFLICT, () -> accounts.resetFactors(owner, owner.userId()));
    }

    /** A token of a deleted account is good for minutes; whoever shows it is nobody, for ever. */
    @Test
    void aDeletedUserIsNobodyAndTheAccountIsRemovedFromTheRealmLater() throws Exception {
        Identities identities = domain.get(Identities.class);
        SignIn token =
                new SignIn(domain.settings.issuerOf(sample.name), anna.userId(), "anna", "192.0.2.7", null, null);
        domain.transactions.inNew(() -> identities.signIn(token));
        long revision = domain.get(Users.class).user(owner, anna.userId()).revision();
        domain.transactions.run(() -> domain.get(Users.class).delete(owner, anna.userId(), revision));
        refused(Problem.FORBIDDEN, () -> identities.signIn(token));
        assertThat(sample.audited("user.add")).isEmpty();
        RemovedSubjects removed = domain.get(RemovedSubjects.class);
        RemovedSubjects.Due due = new RemovedSubjects.Due(sample.id, anna.userId());
        assertThat(domain.transactions.inNew(removed::take)).contains(due);
        assertThat(domain.transactions.inNew(removed::take)).doesNotContain(due);
        domain.clock.advance(Duration.ofMinutes(1));
        assertThat(domain.transactions.inNew(removed::take))
                .as("the realm did not answer")
                .contains(due);
        domain.transactions.run(() -> removed.done(due));
        domain.clock.advance(Duration.ofDays(1));
        assertThat(domain.transactions.inNew(removed::take)).doesNotContain(due);
    }
}
