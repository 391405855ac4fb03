package org.bascule.domain.realm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bascule.domain.account.AccountRules;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.DomainReference;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.realm.SignInSettings.FreshFactor;
import org.bascule.domain.realm.SignInSettings.Mode;
import org.bascule.domain.realm.SignInSettings.Password;
import org.bascule.domain.realm.SignInSettings.SecondFactor;
import org.bascule.domain.realm.SignInSettings.Session;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class DomainSignInTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final DomainSignIn rules = domain.get(DomainSignIn.class);
    private final SecondFactorRule factor = domain.get(SecondFactorRule.class);

    private static SignInSettings asking(Mode mode, String... principals) {
        return new SignInSettings(
                SignInSettings.DEFAULT.password(),
                new SecondFactor(mode, Set.of(principals)),
                false,
                SignInSettings.DEFAULT.session(),
                new FreshFactor(Set.of(Permission.TERMINAL), 7));
    }

    private SignInView change(Caller caller, long revision, SignInSettings settings) throws RefusedException {
        return domain.transactions.inNew(() -> rules.change(caller, revision, settings));
    }

    private SignInView read(Caller caller) throws RefusedException {
        return domain.transactions.inNew(() -> rules.read(caller));
    }

    private boolean asked(Caller user) {
        return factor.isRequired(sample.id, user.userId());
    }

    @Test
    void changesAreKeptAuditedAndAwaitTheRealm() throws Exception {
        assertThat(read(owner).settings()).isEqualTo(SignInSettings.DEFAULT);
        SignInSettings decided = new SignInSettings(
                new Password(12, 4, 0, false),
                new SecondFactor(Mode.EVERYBODY, Set.of()),
                false,
                new Session(15, 8),
                new FreshFactor(Set.of(Permission.TERMINAL, Permission.MANAGE_SIGN_IN), 7));
        SignInView changed = change(owner, 0, decided);
        assertThat(changed.settings()).isEqualTo(decided);
        assertThat(changed.revision()).isEqualTo(1);
        assertThat(changed.state()).isEqualTo(new RealmState(false, null));
        assertThat(sample.audited("domain.sign-in"))
                .singleElement()
                .extracting(AuditEntry::changes)
                .asString()
                .contains("\"password.minLength\":{\"before\":\"8\",\"after\":\"12\"}")
                .contains("\"secondFactor.mode\":{\"before\":\"voluntary\",\"after\":\"everybody\"}")
                .contains("\"freshFactor.permissions\":{\"before\":\"\",\"after\":\"manage-sign-in,terminal\"}");
        assertThat(new TestDomain().get(DomainSignIn.class).of(sample.id)).isEqualTo(decided);
    }

    @Test
    void whoeverComesSecondIsToldSo() throws Exception {
        change(owner, 0, asking(Mode.EVERYBODY));
        assertRefused(Problem.PRECONDITION_FAILED, owner, 0, asking(Mode.VOLUNTARY));
        assertThat(read(owner).settings().secondFactor().mode()).isEqualTo(Mode.EVERYBODY);
    }

    /** Somebody else at an administrator's browser would begin with this. */
    @Test
    void whoAsksLessOfPeopleHasJustProvedASecondFactor() throws Exception {
        Instant now = domain.clock.instant();
        Caller stale = owner.by(new Credential("stale", now.minus(Duration.ofHours(2)), null));
        Caller fresh = owner.by(new Credential("fresh", now, null));
        SignInSettings strict = fresh(asking(Mode.EVERYBODY), 5, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL);
        change(stale, 0, strict);
        for (SignInSettings looser : List.of(
                fresh(strict, 5, Permission.MANAGE_PERMISSIONS),
                fresh(strict, 6, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL),
                fresh(asking(Mode.VOLUNTARY), 5, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL),
                fresh(asking(Mode.CHOSEN, owner.userId()), 5, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL))) {
            assertRefused(Problem.FACTOR_NOT_FRESH, stale, 1, looser);
        }
        change(stale, 1, fresh(strict, 4, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL, Permission.VPN));
        assertThat(change(fresh, 2, asking(Mode.CHOSEN, owner.userId()))
                        .settings()
                        .secondFactor()
                        .mode())
                .isEqualTo(Mode.CHOSEN);
        Caller token =
                owner.by(new Credential("token", null, new Limits(Set.of("manage-sign-in"), Set.of(sample.root))));
        assertRefused(Problem.FORBIDDEN, token, 3, strict);
        assertRefused(
                Problem.FACTOR_NOT_FRESH,
                stale,
                3,
                asking(Mode.CHOSEN, sample.user("other").userId()));
    }

    private static SignInSettings fresh(SignInSettings as, int minutes, Permission... permissions) {
        return new SignInSettings(
                as.password(),
                as.secondFactor(),
                as.passwordless(),
                as.session(),
                new FreshFactor(Set.of(permissions), minutes));
    }

    @Test
    void whoDoesNotManageSignInNeitherReadsNorChanges() {
        Caller carl = sample.user("carl");
        assertRefused(Problem.FORBIDDEN, carl, 0, asking(Mode.VOLUNTARY));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> read(carl))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void nothingWeakerThanTheBoundsIsTaken() {
        for (Password password : new Password[] {
            new Password(7, 3, 3, true),
            new Password(65, 3, 3, true),
            new Password(8, 0, 3, true),
            new Password(8, 5, 3, true),
            new Password(8, 3, -1, true),
            new Password(8, 3, 25, true)
        }) {
            assertInvalid(new SignInSettings(
                    password,
                    SignInSettings.DEFAULT.secondFactor(),
                    false,
                    SignInSettings.DEFAULT.session(),
                    SignInSettings.DEFAULT.freshFactor()));
        }
        for (Session session : new Session[] {
            new Session(4, 10), new Session(1_441, 100), new Session(30, 0), new Session(30, 721), new Session(120, 1)
        }) {
            assertInvalid(new SignInSettings(
                    SignInSettings.DEFAULT.password(),
                    SignInSettings.DEFAULT.secondFactor(),
                    false,
                    session,
                    SignInSettings.DEFAULT.freshFactor()));
        }
        assertInvalid(asking(Mode.CHOSEN));
        assertInvalid(asking(Mode.CHOSEN, domain.ids.next()));
        assertInvalid(asking(Mode.CHOSEN, new Sample(domain).user("foreign").userId()));
        assertInvalid(asking(Mode.CHOSEN, sample.folder(sample.root, "no principal")));
    }

    private void assertInvalid(SignInSettings settings) {
        assertRefused(Problem.INVALID, owner, 0, settings);
    }

    private void assertRefused(Problem problem, Caller caller, long revision, SignInSettings settings) {
        assertThatExceptionOfType(RefusedException.class)
                .as(settings.toString())
                .isThrownBy(() -> change(caller, revision, settings))
                .matches(e -> e.problem() == problem);
    }

    @Test
    void aSecondFactorIsAskedOfEverybody() throws Exception {
        Caller anna = sample.user("anna");
        assertThat(asked(anna)).isFalse();
        change(owner, 0, asking(Mode.EVERYBODY));
        assertThat(asked(anna)).isTrue();
        Caller proved = owner.by(new Credential("proved", domain.clock.instant(), null));
        change(proved, 1, asking(Mode.VOLUNTARY));
        assertThat(asked(anna)).isFalse();
    }

    @Test
    void aSecondFactorIsAskedOfChosenUsersAndOfWhoeverIsInAChosenGroupThroughOthers() throws Exception {
        Caller anna = sample.user("anna");
        Caller bob = sample.user("bob");
        Caller carl = sample.user("carl");
        String inner = sample.group(bob.userId());
        String outer = sample.group(inner);
        change(owner, 0, asking(Mode.CHOSEN, anna.userId(), outer));
        assertThat(asked(anna)).isTrue();
        assertThat(asked(bob)).isTrue();
        assertThat(asked(carl)).isFalse();
        domain.transactions.run(() -> sample.member(inner, carl.userId()));
        assertThat(asked(carl)).as("a new member, at the next request").isTrue();
        AccountRules requirements = domain.get(AccountRules.class);
        DomainReference here = new DomainReference(sample.id, sample.name, "r", "");
        assertThat(requirements.of(here, carl.userId()).secondFactor()).isTrue();
        assertThat(requirements.of(here, owner.userId()).secondFactor()).isFalse();
        assertThat(requirements.of(here, domain.ids.next()).secondFactor())
                .as("somebody new")
                .isFalse();
    }

    @Test
    void anotherNodeAsksWithTheNextRequestAfterItNoticed() throws Exception {
        TestDomain node = domain.restarted();
        Caller anna = sample.user("anna");
        SecondFactorRule there = node.get(SecondFactorRule.class);
        assertThat(there.isRequired(sample.id, anna.userId())).isFalse();
        change(owner, 0, asking(Mode.EVERYBODY));
        node.get(org.bascule.domain.acl.Snapshots.class).poll(Set.of());
        assertThat(there.isRequired(sample.id, anna.userId())).isTrue();
        assertThat(there.settings(sample.id).freshFactor()).isEqualTo(new FreshFactor(Set.of(Permission.TERMINAL), 7));
    }
}
