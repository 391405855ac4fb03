package org.bascule.domain.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Explanation;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.identity.Limits;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class AccessEntriesTest {

    private final TestDomain domain = new TestDomain().started();
    private final AccessEntries entries = domain.get(AccessEntries.class);
    private final EffectiveRights rights = domain.get(EffectiveRights.class);
    private final Preview preview = domain.get(Preview.class);
    private final AccessRequests requests = domain.get(AccessRequests.class);
    private final Authorization authorization = domain.get(Authorization.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller user = sample.user("user");
    private final String folder = sample.folder(sample.root, "north");
    private final String device = sample.device(folder, "pump");

    private static void refused(Problem problem, ThrowingCallable call) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(call)
                .matches(e -> e.problem() == problem, problem.code());
    }

    private List<EntryView> grant(Caller by, String resource, String to, Effect effect, Permission... permissions)
            throws RefusedException {
        return grant(by, resource, to, effect, Validity.ALWAYS, permissions);
    }

    private List<EntryView> grant(
            Caller by, String resource, String to, Effect effect, Validity validity, Permission... permissions)
            throws RefusedException {
        return domain.transactions.inNew(
                () -> entries.create(by, new EntryRequest(resource, to, Set.of(permissions), effect, validity, false)));
    }

    /** Somebody who administers one folder: manages permissions there, and may pass on the terminal. */
    private Caller folderAdministrator() {
        Caller administrator = sample.user("folder administrator");
        for (Permission permission : List.of(
                Permission.SEE_RESOURCES, Permission.SEE_USERS, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL)) {
            sample.delegable(folder, administrator.userId(), permission);
        }
        sample.entry(sample.root, administrator.userId(), Permission.SEE_USERS, Effect.ALLOW);
        return administrator;
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    @Test
    void grantsChangesAndTakesAway() throws Exception {
        EntryView made = grant(owner, folder, user.userId(), Effect.ALLOW, Permission.TERMINAL)
                .get(0);
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isTrue();
        assertThat(made.resource().name()).isEqualTo("north");
        assertThat(made.resource().path())
                .extracting(ResourceReference.Step::id)
                .containsExactly(sample.root);
        assertThat(made.principal()).isEqualTo(new PrincipalReference(user.userId(), "user", "user"));
        assertThat(made.editable()).isTrue();
        assertThat(audited("permission.add"))
                .hasSize(1)
                .first()
                .matches(row -> row.changes() != null
                        && row.changes().contains("\"permission\":{\"before\":null,\"after\":\"terminal\"}"));
        assertThat(grant(owner, folder, user.userId(), Effect.ALLOW, Permission.TERMINAL))
                .as("the same again is the same entry")
                .extracting(view -> view.entry().id())
                .containsExactly(made.entry().id());
        assertThat(audited("permission.add")).hasSize(1);

        var until = domain.clock.instant().plus(Duration.ofHours(1));
        EntryView limited = domain.transactions.inNew(() -> entries.change(
                owner,
                made.entry().id(),
                0,
                new AccessEntries.EntryChange(false, null, true, until, false, null, true)));
        assertThat(limited.entry().validity().until()).isEqualTo(until);
        assertThat(limited.entry().delegable()).isTrue();
        assertThat(limited.entry().version()).isEqualTo(1);
        refused(
                Problem.PRECONDITION_FAILED,
                () -> domain.transactions.run(
                        () -> entries.remove(owner, made.entry().id(), 0)));
        domain.transactions.run(() -> entries.remove(owner, made.entry().id(), 1));
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isFalse();
        assertThat(audited("permission.update")).hasSize(1);
        assertThat(audited("permission.remove")).hasSize(1);
        refused(Problem.NOT_FOUND, () -> entries.remove(owner, made.entry().id(), 1));
    }

    @Test
    void administratorOfAFolderGivesOnlyWhatHeHoldsThereAndMayPassOn() throws Exception {
        Caller administrator = folderAdministrator();
        grant(administrator, folder, user.userId(), Effect.ALLOW, Permission.TERMINAL);
        grant(administrator, device, user.userId(), Effect.DENY, Permission.TERMINAL);
        refused(Problem.DELEGATION, () -> grant(administrator, folder, user.userId(), Effect.ALLOW, Permission.VPN));
        sample.entry(folder, administrator.userId(), Permission.VPN, Effect.ALLOW);
        refused(Problem.DELEGATION, () -> grant(administrator, folder, user.userId(), Effect.ALLOW, Permission.VPN));
        refused(
                Problem.NOT_FOUND,
                () -> grant(administrator, sample.root, user.userId(), Effect.ALLOW, Permission.TERMINAL));
        assertThat(audited("permission.add"))
                .filteredOn(row -> row.outcome().equals("denied"))
                .hasSize(2);
    }

    @Test
    void entriesThatAreSetAboveAreOutOfReach() throws Exception {
        Caller administrator = folderAdministrator();
        EntryView above = grant(owner, sample.root, user.userId(), Effect.DENY, Permission.TERMINAL)
                .get(0);
        refused(
                Problem.NOT_FOUND,
                () -> entries.remove(administrator, above.entry().id(), 0));
        sample.entry(sample.root, administrator.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(
                Problem.FORBIDDEN,
                () -> entries.remove(administrator, above.entry().id(), 0));
        assertThat(entries.list(administrator, folder, true, user.userId(), Cursor.first(50))
                        .items())
                .as("seen, but not to be changed")
                .extracting(EntryView::editable)
                .containsExactly(false);
    }

    @Test
    void nobodyUndoesADenialThatIsAboutHimself() throws Exception {
        Caller administrator = folderAdministrator();
        EntryView denial = grant(owner, folder, administrator.userId(), Effect.DENY, Permission.TERMINAL)
                .get(0);
        refused(
                Problem.DELEGATION,
                () -> entries.remove(administrator, denial.entry().id(), 0));
    }

    @Test
    void whatIsLimitedInTimeIsNotPassedOnForLonger() throws Exception {
        Caller administrator = folderAdministrator();
        var soon = domain.clock.instant().plus(Duration.ofHours(1));
        domain.get(org.bascule.domain.acl.Entries.class)
                .add(
                        sample.id,
                        folder,
                        administrator.userId(),
                        Permission.VPN,
                        Effect.ALLOW,
                        new Validity(null, soon, null),
                        true,
                        Entry.Origin.ENTRY);
        refused(Problem.DELEGATION, () -> grant(administrator, folder, user.userId(), Effect.ALLOW, Permission.VPN));
        grant(administrator, folder, user.userId(), Effect.ALLOW, new Validity(null, soon, null), Permission.VPN);
    }

    @Test
    void ownersCannotLockThemselvesOut() throws Exception {
        refused(
                Problem.LAST_OWNER,
                () -> grant(owner, sample.root, owner.userId(), Effect.DENY, Permission.MANAGE_PERMISSIONS));
        Entry own = entries.list(owner, sample.root, false, owner.userId(), Cursor.first(200)).items().stream()
                .map(EntryView::entry)
                .filter(entry -> entry.permission() == Permission.MANAGE_PERMISSIONS)
                .findFirst()
                .orElseThrow();
        refused(Problem.LAST_OWNER, () -> domain.transactions.run(() -> entries.remove(owner, own.id(), 0)));
        var soon = domain.clock.instant().plus(Duration.ofHours(1));
        refused(
                Problem.LAST_OWNER,
                () -> domain.transactions.run(() -> entries.change(
                        owner,
                        own.id(),
                        0,
                        new AccessEntries.EntryChange(false, null, true, soon, false, null, null))));
        assertThat(authorization.allows(owner, Permission.MANAGE_PERMISSIONS, sample.root))
                .isTrue();
        Caller second = sample.user("second");
        sample.everything(second.userId());
        domain.transactions.run(() -> entries.remove(owner, own.id(), 0));
    }

    @Test
    void refusesWhatMakesNoSense() {
        var past = domain.clock.instant().minusSeconds(1);
        refused(Problem.INVALID, () -> grant(owner, folder, domain.ids.next(), Effect.ALLOW, Permission.VPN));
        refused(Problem.INVALID, () -> grant(owner, folder, device, Effect.ALLOW, Permission.VPN));
        refused(Problem.INVALID, () -> grant(owner, folder, user.userId(), Effect.ALLOW));
        refused(
                Problem.INVALID,
                () -> grant(
                        owner, folder, user.userId(), Effect.ALLOW, new Validity(null, past, null), Permission.VPN));
        refused(
                Problem.NOT_FOUND,
                () -> grant(owner, new Sample(domain).root, user.userId(), Effect.ALLOW, Permission.VPN));
        refused(Problem.NOT_FOUND, () -> grant(user, folder, user.userId(), Effect.ALLOW, Permission.VPN));
    }

    @Test
    void inheritanceIsBlockedAndOpenedAgainFromAbove() throws Exception {
        sample.entry(sample.root, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        refused(Problem.CONFLICT, () -> domain.transactions.run(() -> entries.inherit(owner, folder, 0, false)));
        assertThat(sample.audited("permission.inheritance")).singleElement().matches(row -> row.outcome()
                .equals("denied"));
        Caller administrator = folderAdministrator();
        refused(
                Problem.PRECONDITION_FAILED,
                () -> domain.transactions.run(() -> entries.inherit(administrator, folder, 7, false)));
        domain.transactions.run(() -> entries.inherit(administrator, folder, 0, false));
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isFalse();
        assertThat(authorization.allows(owner, Permission.SEE_RESOURCES, device))
                .isFalse();
        domain.transactions.run(() -> entries.inherit(owner, folder, 1, true));
        assertThat(authorization.allows(owner, Permission.SEE_RESOURCES, device))
                .isTrue();
        assertThat(audited("permission.inheritance")).hasSize(3);
        refused(Problem.INVALID, () -> entries.inherit(owner, sample.root, 0, false));
        refused(Problem.INVALID, () -> entries.inherit(owner, user.userId(), 0, false));
        refused(Problem.NOT_FOUND, () -> entries.inherit(owner, "x", 0, false));
    }

    @Test
    void joiningAgainNeedsToPassOnWhatComesIntoForce() throws Exception {
        Caller administrator = folderAdministrator();
        domain.transactions.run(() -> entries.inherit(administrator, folder, 0, false));
        sample.entry(sample.root, user.userId(), Permission.VPN, Effect.ALLOW);
        refused(
                Problem.DELEGATION,
                () -> domain.transactions.run(() -> entries.inherit(administrator, folder, 1, true)));
        assertThat(audited("permission.inheritance"))
                .extracting(AuditEntry::outcome)
                .containsExactlyInAnyOrder("success", "denied");
        Caller above = sample.user("manages permissions above and nothing else");
        sample.entry(sample.root, above.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        refused(Problem.DELEGATION, () -> domain.transactions.run(() -> entries.inherit(above, folder, 1, true)));
        assertThat(authorization.allows(user, Permission.VPN, device)).isFalse();
        assertThat(preview.preview(owner, new Preview.Request(List.of(), List.of(), Map.of(folder, true)))
                        .effects())
                .as("as the change itself, from above")
                .contains(new Preview.EffectView(
                        new PrincipalReference(user.userId(), "user", "user"), Permission.VPN, 0, 1, 0, 1, 1));
        domain.transactions.run(() -> entries.inherit(owner, folder, 1, true));
        assertThat(authorization.allows(user, Permission.VPN, device)).isTrue();
    }

    @Test
    void whoHoldsEverythingBelowToPassOnJoinsAgain() throws Exception {
        Caller administrator = sample.user("administrator");
        for (Permission permission : Permission.values()) {
            sample.delegable(folder, administrator.userId(), permission);
        }
        domain.transactions.run(() -> entries.inherit(administrator, folder, 0, false));
        domain.transactions.run(() -> entries.inherit(administrator, folder, 1, true));
        assertThat(authorization.allows(owner, Permission.SEE_RESOURCES, device))
                .isTrue();
    }

    @Test
    void whomTheCallerDoesNotSeeIsNotNamed() throws Exception {
        Caller administrator = sample.user("administrator");
        for (Permission permission :
                List.of(Permission.SEE_RESOURCES, Permission.MANAGE_PERMISSIONS, Permission.TERMINAL)) {
            sample.delegable(folder, administrator.userId(), permission);
        }
        EntryView made = grant(owner, folder, user.userId(), Effect.ALLOW, Permission.TERMINAL)
                .get(0);
        PrincipalReference unseen = new PrincipalReference(user.userId(), null, "user");
        assertThat(entries.list(administrator, folder, false, user.userId(), Cursor.first(9))
                        .items())
                .extracting(EntryView::principal)
                .containsExactly(unseen);
        Preview.Request remove =
                new Preview.Request(List.of(), List.of(made.entry().id()), Map.of());
        assertThat(preview.preview(administrator, remove).effects())
                .containsExactly(new Preview.EffectView(unseen, Permission.TERMINAL, 1, 0, 1, 0, 1));
        assertThat(preview.preview(owner, remove).effects())
                .extracting(effect -> effect.principal().name())
                .containsExactly("user");
        sample.entry(sample.root, user.userId(), Permission.VPN, Effect.ALLOW);
        assertThat(preview.preview(administrator, new Preview.Request(List.of(), List.of(), Map.of(folder, false)))
                        .effects())
                .as("who stands above, where the caller sees no entries")
                .noneMatch(effect -> effect.principal().name() == null);
        assertThat(entries.list(administrator, folder, false, administrator.userId(), Cursor.first(9))
                        .items())
                .as("oneself")
                .extracting(view -> view.principal().name())
                .containsOnly("administrator");
        domain.transactions.run(() -> entries.remove(administrator, made.entry().id(), 0));
        assertThat(audited("permission.remove"))
                .as("the log names everybody")
                .extracting(AuditEntry::detail)
                .first()
                .asString()
                .contains("user user: allow terminal");
    }

    @Test
    void listsGoOnWithACursorAndShowOnlyWhatIsManaged() throws Exception {
        grant(owner, folder, user.userId(), Effect.ALLOW, Permission.TERMINAL, Permission.VPN, Permission.POWER);
        var first = entries.list(owner, null, false, user.userId(), Cursor.first(2));
        assertThat(first.items()).hasSize(2);
        var rest = entries.list(owner, null, false, user.userId(), Cursor.checked(first.next(), 1, 2));
        assertThat(rest.items()).hasSize(1);
        assertThat(rest.next()).isNull();
        assertThat(entries.list(user, null, false, null, Cursor.first(50)).items())
                .isEmpty();
        assertThat(entries.list(folderAdministrator(), null, false, owner.userId(), Cursor.first(50))
                        .items())
                .isEmpty();
        refused(Problem.NOT_FOUND, () -> entries.list(user, folder, true, null, Cursor.first(50)));
    }

    @Test
    void saysWhoDecidedAndWhyTheOthersLost() throws Exception {
        String group = sample.group(user.userId());
        sample.entry(sample.root, group, Permission.TERMINAL, Effect.DENY);
        sample.entry(folder, group, Permission.TERMINAL, Effect.DENY);
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        EffectiveRights.Item terminal = rights.effective(owner, user.userId(), device).items().stream()
                .filter(item -> item.permission() == Permission.TERMINAL)
                .findFirst()
                .orElseThrow();
        assertThat(terminal.granted()).isTrue();
        assertThat(terminal.deciding())
                .isNotNull()
                .matches(view -> view.principal().id().equals(user.userId()));
        assertThat(terminal.reason()).isEqualTo(Explanation.Reason.NEARER);
        assertThat(terminal.lost())
                .extracting(EffectiveRights.LostView::why)
                .containsExactly(Explanation.Why.GROUP_BEHIND_USER, Explanation.Why.FARTHER);
        sample.inherit(folder, false);
        sample.delegable(folder, owner.userId(), Permission.MANAGE_PERMISSIONS);
        sample.delegable(folder, owner.userId(), Permission.SEE_RESOURCES);
        assertThat(rights.effective(owner, user.userId(), device).items())
                .filteredOn(item -> item.permission() == Permission.TERMINAL)
                .flatExtracting(EffectiveRights.Item::lost)
                .extracting(EffectiveRights.LostView::why)
                .containsExactly(Explanation.Why.GROUP_BEHIND_USER, Explanation.Why.BLOCKED);
        refused(Problem.NOT_FOUND, () -> rights.effective(user, owner.userId(), device));
        refused(Problem.NOT_FOUND, () -> rights.effective(owner, device, device));
    }

    @Test
    void everybodyOnAResourceAndAPersonEverywhere() throws Exception {
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(device, user.userId(), Permission.VPN, Effect.ALLOW);
        sample.device(folder, "second");
        assertThat(rights.everybody(owner, device, Cursor.first(50)).items())
                .extracting(EffectiveRights.Holder::userName)
                .containsExactly("owner", "user");
        assertThat(rights.everybody(owner, device, Cursor.first(50))
                        .items()
                        .get(1)
                        .permissions())
                .containsExactlyInAnyOrder(Permission.TERMINAL, Permission.VPN);
        assertThat(rights.everybody(owner, sample.root, Cursor.first(50)).items())
                .hasSize(1);
        assertThat(rights.person(owner, user.userId(), Cursor.first(50)).items())
                .containsExactly(
                        new EffectiveRights.PlaceView(
                                new ResourceReference(
                                        folder,
                                        "north",
                                        "folder",
                                        List.of(new ResourceReference.Step(sample.root, sample.name))),
                                Set.of(Permission.TERMINAL),
                                1),
                        new EffectiveRights.PlaceView(
                                new ResourceReference(
                                        device,
                                        "pump",
                                        "device",
                                        List.of(
                                                new ResourceReference.Step(sample.root, sample.name),
                                                new ResourceReference.Step(folder, "north"))),
                                Set.of(Permission.TERMINAL, Permission.VPN),
                                1));
        assertThat(rights.person(user, user.userId(), Cursor.first(50)).items())
                .as("sees nothing of it")
                .isEmpty();
        refused(Problem.NOT_FOUND, () -> rights.person(user, owner.userId(), Cursor.first(50)));
    }

    @Test
    void devicesThatTheCallerDoesNotSeeAreNotCounted() throws Exception {
        String apart = sample.folder(folder, "apart");
        sample.device(apart, "hidden");
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        Caller admin = sample.user("admin");
        for (Permission permission : Permission.values()) {
            sample.delegable(folder, admin.userId(), permission);
        }
        sample.entry(sample.root, admin.userId(), Permission.SEE_USERS, Effect.ALLOW);
        sample.entry(apart, admin.userId(), Permission.SEE_RESOURCES, Effect.DENY);
        assertThat(rights.person(admin, user.userId(), Cursor.first(50)).items())
                .extracting(place -> place.resource().id() + " " + place.devices())
                .containsExactly(folder + " 1");
    }

    @Test
    void previewCountsDevicesUsersAndOwners() throws Exception {
        Caller other = sample.user("other");
        String group = sample.group(user.userId(), other.userId());
        String second = sample.device(folder, "second");
        String south = sample.folder(sample.root, "south");
        sample.device(south, "third");
        EntryView made = grant(owner, sample.root, group, Effect.ALLOW, Permission.TERMINAL)
                .get(0);
        sample.entry(second, other.userId(), Permission.TERMINAL, Effect.ALLOW);

        Preview.Result gone = preview.preview(
                owner, new Preview.Request(List.of(), List.of(made.entry().id()), Map.of()));
        assertThat(gone.effects())
                .containsExactly(new Preview.EffectView(
                        new PrincipalReference(group, group, "group"), Permission.TERMINAL, 3, 0, 3, 0, 2));
        assertThat(gone.ownersLeft()).isTrue();

        Preview.Result cut = preview.preview(owner, new Preview.Request(List.of(), List.of(), Map.of(folder, false)));
        assertThat(cut.effects())
                .contains(new Preview.EffectView(
                        new PrincipalReference(group, group, "group"), Permission.TERMINAL, 2, 0, 1, 0, 2));

        Preview.Result more = preview.preview(
                owner,
                new Preview.Request(
                        List.of(new EntryRequest(
                                south, user.userId(), Set.of(Permission.VPN), Effect.ALLOW, Validity.ALWAYS, false)),
                        List.of(),
                        Map.of()));
        assertThat(more.effects())
                .containsExactly(new Preview.EffectView(
                        new PrincipalReference(user.userId(), "user", "user"), Permission.VPN, 0, 1, 0, 1, 1));

        Preview.Result locked = preview.preview(
                owner,
                new Preview.Request(
                        List.of(new EntryRequest(
                                sample.root,
                                owner.userId(),
                                Set.of(Permission.MANAGE_PERMISSIONS),
                                Effect.DENY,
                                Validity.ALWAYS,
                                false)),
                        List.of(),
                        Map.of()));
        assertThat(locked.ownersLeft()).isFalse();
        assertThat(authorization.allows(user, Permission.TERMINAL, device))
                .as("nothing was changed")
                .isTrue();
        refused(
                Problem.NOT_FOUND,
                () -> preview.preview(
                        user,
                        new Preview.Request(List.of(), List.of(made.entry().id()), Map.of())));
    }

    private RequestView ask(Caller who, Permission... permissions) throws RefusedException {
        return domain.transactions.inNew(() -> requests.create(
                who,
                device,
                Set.of(permissions),
                "replace the pump",
                domain.clock.instant().plus(Duration.ofHours(2))));
    }

    @Test
    void requestIsApprovedByASecondPersonForALimitedTime() throws Exception {
        refused(Problem.NOT_FOUND, () -> ask(user, Permission.TERMINAL));
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        RequestView open = ask(user, Permission.TERMINAL);
        assertThat(open.state()).isEqualTo("open");
        assertThat(domain.live)
                .contains(new LiveEvent.AccessRequested(sample.id, open.id(), "open", device, user.userId()));
        assertThat(requests.list(owner, true, false, Cursor.first(50)).items()).containsExactly(open);
        assertThat(requests.list(sample.user("stranger"), null, false, Cursor.first(50))
                        .items())
                .isEmpty();
        refused(Problem.FORBIDDEN, () -> requests.approve(user, open.id(), null));
        sample.entry(device, user.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> requests.approve(user, open.id(), null));
        refused(
                Problem.INVALID,
                () -> requests.approve(owner, open.id(), open.until().plusSeconds(1)));
        var end = domain.clock.instant().plus(Duration.ofHours(1));
        RequestView approved = domain.transactions.inNew(() -> requests.approve(owner, open.id(), end));
        assertThat(approved.state()).isEqualTo("approved");
        assertThat(approved.until()).isEqualTo(end);
        assertThat(approved.decidedBy()).isEqualTo("owner");
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isTrue();
        assertThat(entries.list(owner, device, false, user.userId(), Cursor.first(50))
                        .items())
                .filteredOn(view -> view.entry().origin() == Entry.Origin.REQUEST)
                .hasSize(1);
        refused(Problem.CONFLICT, () -> requests.reject(owner, open.id(), "too late"));
        domain.clock.advance(Duration.ofHours(1));
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isFalse();
        assertThat(audited("access-request.create")).hasSize(1);
        assertThat(audited("access-request.approve"))
                .extracting(AuditEntry::outcome)
                .containsExactlyInAnyOrder("success", "denied");
    }

    @Test
    void requestIsRejectedWithdrawnOrExpires() throws Exception {
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        RequestView first = ask(user, Permission.TERMINAL);
        RequestView rejected = domain.transactions.inNew(() -> requests.reject(owner, first.id(), "not today"));
        assertThat(rejected.state()).isEqualTo("rejected");
        assertThat(rejected.decision()).isEqualTo("not today");
        RequestView second = ask(user, Permission.TERMINAL);
        refused(Problem.NOT_FOUND, () -> requests.withdraw(owner, second.id()));
        assertThat(domain.transactions
                        .inNew(() -> requests.withdraw(user, second.id()))
                        .state())
                .isEqualTo("withdrawn");
        RequestView third = ask(user, Permission.TERMINAL);
        domain.clock.advance(Duration.ofHours(3));
        refused(Problem.CONFLICT, () -> requests.approve(owner, third.id(), null));
        domain.transactions.run(requests::expire);
        assertThat(requests.list(user, false, true, Cursor.first(50)).items())
                .extracting(RequestView::state)
                .containsExactly("expired", "withdrawn", "rejected");
        assertThat(authorization.allows(user, Permission.TERMINAL, device)).isFalse();
        assertThat(audited("access-request.expire")).hasSize(1);
    }

    @Test
    void anApiTokenHasNoPartInWhatItsUserAskedForBesidesItsLimits() throws Exception {
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        RequestView open = ask(user, Permission.TERMINAL);
        Caller token = user.by(new Credential("t", null, new Limits(Set.of("see-resources"), Set.of(sample.root))));
        for (boolean mine : List.of(true, false)) {
            assertThat(requests.list(token, null, mine, Cursor.first(50)).items())
                    .isEmpty();
            assertThat(requests.list(user, null, mine, Cursor.first(50)).items())
                    .containsExactly(open);
        }
        assertThat(requests.sees(token, device, user.userId())).isFalse();
        assertThat(requests.sees(user, device, user.userId())).isTrue();
        refused(Problem.FORBIDDEN, () -> domain.transactions.run(() -> requests.withdraw(token, open.id())));
        sample.entry(sample.root, user.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        Caller deciding = user.by(
                new Credential("t", null, new Limits(Set.of("see-resources", "approve-access"), Set.of(sample.root))));
        assertThat(requests.list(deciding, null, true, Cursor.first(50)).items())
                .containsExactly(open);
    }

    @Test
    void whoApprovesAdministrationMustBeAbleToPassItOn() throws Exception {
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        Caller approver = sample.user("approver");
        sample.entry(sample.root, approver.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        sample.entry(sample.root, approver.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        RequestView wanted = ask(user, Permission.MANAGE_PERMISSIONS);
        refused(Problem.DELEGATION, () -> domain.transactions.run(() -> requests.approve(approver, wanted.id(), null)));
        RequestView modest = ask(user, Permission.TERMINAL);
        assertThat(domain.transactions
                        .inNew(() -> requests.approve(approver, modest.id(), null))
                        .state())
                .isEqualTo("approved");
    }

    @Test
    void requestsAreBounded() {
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        var now = domain.clock.instant();
        Set<Permission> terminal = Set.of(Permission.TERMINAL);
        refused(Problem.INVALID, () -> requests.create(user, device, terminal, "why", now));
        refused(Problem.INVALID, () -> requests.create(user, device, terminal, "why", now.plus(Duration.ofDays(31))));
        refused(Problem.INVALID, () -> requests.create(user, device, terminal, " \u202E ", now.plusSeconds(60)));
        refused(Problem.INVALID, () -> requests.create(user, device, terminal, "x".repeat(501), now.plusSeconds(60)));
        refused(Problem.INVALID, () -> requests.create(user, device, Set.of(), "why", now.plusSeconds(60)));
    }

    /** The database refuses to compare identifiers with it. */
    @Test
    void cursorThatIsNoIdentifierIsRefused() {
        Cursor tampered = new Cursor(List.of("\u00fc"), 50);
        for (boolean on : new boolean[] {true, false}) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> entries.list(owner, on ? sample.root : null, false, null, tampered))
                    .matches(e -> e.problem() == Problem.INVALID);
        }
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> requests.list(owner, null, false, tampered))
                .matches(e -> e.problem() == Problem.INVALID);
    }
}
