package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.account.AccountChange;
import org.bascule.domain.account.Accounts;
import org.bascule.domain.acl.Delegation;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Membership;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Preset;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.acl.WeeklyWindow;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.people.Groups;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is done to the last owner, he can undo it: nothing takes from all owners what nobody but them could give back. */
class LockOutTest {

    private final TestDomain domain = new TestDomain().started();
    private final AccessEntries entries = domain.get(AccessEntries.class);
    private final Preview preview = domain.get(Preview.class);
    private final Groups groups = domain.get(Groups.class);
    private final Delegation delegation = domain.get(Delegation.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.user("owner");
    private final Caller administrator = sample.user("administrator");
    private final String owners = sample.builtIn(Preset.OWNERS, owner.userId());
    private final String administrators = sample.builtIn(Preset.ADMINISTRATORS, administrator.userId());

    private void refused(ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .matches(e -> e.problem() == Problem.LAST_OWNER, "is refused as the last owner's");
        for (Permission permission : Permission.values()) {
            assertThat(delegation.mayPass(owner, permission, sample.root, Validity.ALWAYS))
                    .as("the owner may still pass on %s", permission.code())
                    .isTrue();
        }
    }

    private static EntryRequest request(
            String resource, String to, Permission permission, Effect effect, Validity validity, boolean delegable) {
        return new EntryRequest(resource, to, Set.of(permission), effect, validity, delegable);
    }

    private EntryRequest denial(String to, Permission permission) {
        return request(sample.root, to, permission, Effect.DENY, Validity.ALWAYS, false);
    }

    private List<EntryView> create(Caller by, EntryRequest request) throws RefusedException {
        return domain.transactions.inNew(() -> entries.create(by, request));
    }

    private boolean ownersLeft(Caller by, EntryRequest request) throws RefusedException {
        return preview.preview(by, new Preview.Request(List.of(request), List.of(), Map.of()))
                .ownersLeft();
    }

    private Entry entry(String principal, Permission permission) throws RefusedException {
        return entries.list(owner, sample.root, false, principal, Cursor.first(200)).items().stream()
                .map(EntryView::entry)
                .filter(entry -> entry.permission() == permission)
                .findFirst()
                .orElseThrow();
    }

    private void change(Entry entry, AccessEntries.EntryChange change) throws RefusedException {
        domain.transactions.inNew(() -> entries.change(owner, entry.id(), entry.version(), change));
    }

    private static AccessEntries.EntryChange delegable(boolean delegable) {
        return new AccessEntries.EntryChange(false, null, false, null, false, null, delegable);
    }

    @ParameterizedTest
    @EnumSource(
            value = Permission.class,
            names = {"SEE_RESOURCES", "MANAGE_PERMISSIONS", "MANAGE_USERS", "TERMINAL"})
    void anOwnerKeepsWhatHeCouldNotGiveHimselfAgain(Permission permission) throws Exception {
        Entry entry = entry(owners, permission);
        refused(() -> change(entry, delegable(false)));
        refused(() -> domain.transactions.run(() -> entries.remove(owner, entry.id(), entry.version())));
        refused(() -> create(owner, denial(owners, permission)));
        refused(() -> create(owner, denial(owner.userId(), permission)));
        refused(() -> create(administrator, denial(owners, permission)));
        refused(() -> create(administrator, denial(owner.userId(), permission)));
        assertThat(ownersLeft(administrator, denial(owners, permission))).isFalse();
        assertThat(ownersLeft(owner, denial(owner.userId(), permission))).isFalse();
        assertThat(ownersLeft(owner, denial(administrators, permission))).isTrue();
        assertThat(sample.audited("permission.add")).hasSize(4).allMatch(row -> row.outcome()
                .equals("denied"));
    }

    @Test
    void refusalNamesWhatWouldBeLost() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> create(administrator, denial(owners, Permission.TERMINAL)))
                .withMessage(
                        "After this no owner who can sign in could pass on 'Terminal' in the whole domain any more.");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> create(administrator, denial(owners, Permission.SEE_USERS)))
                .withMessage(
                        "After this no owner who can sign in could manage users and permissions of the whole domain any more.");
    }

    /** It decides before the group's, and cannot be passed on. */
    @Test
    void anOwnEntryThatIsNotPassedOnIsAsBadAsADenial() throws Exception {
        refused(() -> create(
                owner,
                request(sample.root, owner.userId(), Permission.TERMINAL, Effect.ALLOW, Validity.ALWAYS, false)));
        Validity soon = new Validity(domain.clock.instant().plus(Duration.ofDays(1)), null, null);
        refused(() ->
                create(owner, request(sample.root, owner.userId(), Permission.TERMINAL, Effect.ALLOW, soon, false)));
        create(owner, request(sample.root, owner.userId(), Permission.TERMINAL, Effect.ALLOW, Validity.ALWAYS, true));
        Entry own = entry(owner.userId(), Permission.TERMINAL);
        refused(() -> change(own, delegable(false)));
    }

    /** Hours may be all of a week, and an end may never come; whoever sets a near one may move it again and again. */
    @Test
    void limitsOfTimeMakeItNoBetter() throws Exception {
        Set<DayOfWeek> week = Set.of(DayOfWeek.values());
        for (Validity validity : List.of(
                new Validity(null, null, new WeeklyWindow(week, 0, 1440, ZoneOffset.UTC)),
                new Validity(null, null, new WeeklyWindow(Set.of(DayOfWeek.MONDAY), 60, 120, ZoneOffset.UTC)),
                new Validity(null, in(365_000), null),
                new Validity(null, in(1), null))) {
            for (Permission permission : List.of(Permission.MANAGE_PERMISSIONS, Permission.TERMINAL)) {
                EntryRequest own = request(sample.root, owner.userId(), permission, Effect.ALLOW, validity, false);
                assertThat(ownersLeft(administrator, own)).isFalse();
                refused(() -> create(administrator, own));
                refused(() -> create(owner, own));
            }
        }
    }

    private Instant in(int days) {
        return domain.clock.instant().plus(Duration.ofDays(days)).truncatedTo(ChronoUnit.MILLIS);
    }

    private boolean ownerMayPass(Permission permission) {
        return domain.transactions.inNew(() -> delegation.mayPass(owner, permission, sample.root, Validity.ALWAYS));
    }

    @Test
    void whatWasAskedForEndsAndLocksNobodyOut() throws Exception {
        AccessRequests requests = domain.get(AccessRequests.class);
        String asked = domain.transactions
                .inNew(() -> requests.create(owner, sample.root, Set.of(Permission.TERMINAL), "night shift", in(30)))
                .id();
        domain.transactions.inNew(() -> requests.approve(administrator, asked, null));
        assertThat(ownerMayPass(Permission.TERMINAL)).isFalse();
        EntryRequest other = denial(sample.user("somebody").userId(), Permission.CHAT);
        assertThat(ownersLeft(administrator, other)).isTrue();
        create(administrator, other);
        assertThat(ownersLeft(administrator, denial(owners, Permission.TERMINAL)))
                .isFalse();
        Entry given = entry(owner.userId(), Permission.TERMINAL);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> entries.change(
                        administrator,
                        given.id(),
                        given.version(),
                        new AccessEntries.EntryChange(false, null, true, in(365), false, null, null))))
                .matches(e -> e.problem() == Problem.LAST_OWNER);
        domain.clock.advance(Duration.ofDays(30));
        assertThat(ownerMayPass(Permission.TERMINAL)).isTrue();
    }

    /** As domains may be from a time in which less was demanded of an owner. */
    @Test
    void aDomainThatHasNoOwnerGoesOn() throws Exception {
        Caller stranger = sample.user("stranger");
        Caller leaver = sample.user("leaver");
        String group = sample.group(stranger.userId());
        sample.entry(sample.root, stranger.userId(), Permission.CHAT, Effect.ALLOW);
        domain.sql
                .in(sample.id)
                .statement("update acl_entry set delegable = false"
                        + " where domain_id = :domain and principal_id = :owners and permission = :permission")
                .set("owners", owners)
                .set("permission", Permission.SEE_USERS.code())
                .update();
        domain.get(RightsVersion.class).changed(sample.id);

        Entry entry = entry(stranger.userId(), Permission.CHAT);
        assertThat(ownersLeft(administrator, denial(stranger.userId(), Permission.POWER)))
                .isTrue();
        create(administrator, denial(stranger.userId(), Permission.POWER));
        domain.transactions.run(() -> entries.remove(administrator, entry.id(), entry.version()));
        domain.transactions.run(() -> groups.removeMember(administrator, group, stranger.userId()));
        domain.transactions.run(() -> groups.delete(administrator, group, 0));
        domain.transactions.run(() -> domain.get(Users.class).delete(administrator, leaver.userId(), 0));

        EntryRequest worse = denial(owners, Permission.MANAGE_PERMISSIONS);
        assertThat(ownersLeft(administrator, worse)).isFalse();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> create(administrator, worse))
                .matches(e -> e.problem() == Problem.LAST_OWNER);
        Caller second = sample.user("second");
        domain.transactions.run(() -> groups.addMember(administrator, administrators, second.userId()));
    }

    /** He is deleted only when the other one may pass it on as well. */
    @Test
    void anOwnerIsSwitchedOffWhateverOnlyHeMayPassOn() throws Exception {
        Caller second = sample.user("second");
        domain.transactions.run(() -> groups.addMember(owner, owners, second.userId()));
        create(administrator, denial(owner.userId(), Permission.POWER));
        Accounts accounts = domain.get(Accounts.class);
        Users users = domain.get(Users.class);
        for (AccountChange off : List.of(
                new AccountChange(Optional.empty(), Optional.empty(), Optional.of(Optional.of(in(1)))),
                new AccountChange(Optional.of(false), Optional.empty(), Optional.empty()))) {
            domain.transactions.run(() -> accounts.change(
                    owner, second.userId(), users.user(owner, second.userId()).revision(), null, null, off));
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> domain.transactions.run(() -> users.delete(
                            administrator,
                            second.userId(),
                            users.user(owner, second.userId()).revision())))
                    .matches(e -> e.problem() == Problem.LAST_OWNER);
        }
        Entry denial = entry(owner.userId(), Permission.POWER);
        domain.transactions.run(() -> entries.remove(administrator, denial.id(), denial.version()));
        domain.transactions.run(() -> users.delete(
                administrator,
                second.userId(),
                users.user(owner, second.userId()).revision()));
    }

    @Test
    void aGroupThatIsDeniedSomethingIsNoneForTheLastOwner() throws Exception {
        String closed = domain.transactions
                .inNew(() -> groups.create(owner, sample.root, "closed", null))
                .id();
        create(administrator, denial(closed, Permission.FORWARDING));
        refused(() -> domain.transactions.run(() -> groups.addMember(administrator, closed, owner.userId())));
        refused(() -> domain.transactions.run(() -> groups.addMember(administrator, closed, owners)));
        assertThat(preview.preview(
                                administrator,
                                new Preview.Request(
                                        List.of(),
                                        List.of(),
                                        Map.of(),
                                        Map.of(),
                                        List.of(new Membership(closed, owners)),
                                        List.of(),
                                        List.of(),
                                        PlannedConditions.Change.NONE))
                        .ownersLeft())
                .isFalse();
    }

    @Test
    void aSecondOwnerWhoHoldsLessIsNoneToRelyOn() throws Exception {
        Caller second = sample.user("second");
        create(owner, denial(second.userId(), Permission.POWER));
        domain.transactions.run(() -> groups.addMember(owner, owners, second.userId()));
        refused(() -> domain.transactions.run(() -> groups.removeMember(second, owners, owner.userId())));
        refused(() -> domain.transactions.run(() -> domain.get(Users.class).delete(administrator, owner.userId(), 0)));
        Entry denial = entry(second.userId(), Permission.POWER);
        domain.transactions.run(() -> entries.remove(owner, denial.id(), denial.version()));
        domain.transactions.run(() -> groups.removeMember(second, owners, owner.userId()));
    }

    @Test
    void whatIsBelowTheRootOrNobodyHeldIsNotTheirs() throws Exception {
        String plant = sample.folder(sample.root, "plant");
        create(administrator, request(plant, owners, Permission.TERMINAL, Effect.DENY, Validity.ALWAYS, false));
        create(owner, denial(administrators, Permission.TERMINAL));
        sample.entry(sample.root, owner.userId(), Permission.VPN, Effect.DENY);
        create(owner, denial(administrators, Permission.CHAT));
        assertThat(ownersLeft(owner, denial(administrators, Permission.POWER))).isTrue();
    }
}
